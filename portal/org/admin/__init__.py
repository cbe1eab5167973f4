from portal.org.admin import committees, memberships, people, units

__all__ = ["committees", "memberships", "people", "units"]

from portal.org.admin import committees, library_words, memberships, people, units

__all__ = ["committees", "library_words", "memberships", "people", "units"]

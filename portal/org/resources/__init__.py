from portal.org.resources.people import PersonResource
from portal.org.resources.schools import SchoolResource

__all__ = ["PersonResource", "SchoolResource"]

from portal.org.models.committees import Committee, CommitteeMember
from portal.org.models.people import Acting, Membership, Position
from portal.org.models.phones import PhoneLine
from portal.org.models.units import Network, Office, OfficeClosure, School, Unit

__all__ = [
    "Acting",
    "Committee",
    "CommitteeMember",
    "Membership",
    "Network",
    "Office",
    "OfficeClosure",
    "PhoneLine",
    "Position",
    "School",
    "Unit",
]

"""Objects for tests: each factory makes the least that the database accepts.

``OfficeFactory()`` brings its central registry and its executives with it, as every real office
has them. ``person(role=…)`` is the short way to somebody who holds a role today.
"""

from tests.factories.org import (
    ActingFactory,
    CommitteeFactory,
    CommitteeMemberFactory,
    ExecutiveUnitFactory,
    GroupFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeFactory,
    PhoneLineFactory,
    PositionFactory,
    RegistryUnitFactory,
    SchoolFactory,
    SectionFactory,
    UnitFactory,
)
from tests.factories.people import UNIT_KIND_OF_ROLE, acting, person, role_holders, unit_for
from tests.factories.users import PASSWORD, UserFactory

__all__ = [
    "PASSWORD",
    "UNIT_KIND_OF_ROLE",
    "ActingFactory",
    "CommitteeFactory",
    "CommitteeMemberFactory",
    "ExecutiveUnitFactory",
    "GroupFactory",
    "MembershipFactory",
    "NetworkFactory",
    "OfficeFactory",
    "PhoneLineFactory",
    "PositionFactory",
    "RegistryUnitFactory",
    "SchoolFactory",
    "SectionFactory",
    "UnitFactory",
    "UserFactory",
    "acting",
    "person",
    "role_holders",
    "unit_for",
]

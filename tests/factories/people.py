"""Short ways to people who hold a role today."""

from django.utils import timezone

from portal.org.enums import ActingKind, Role, UnitKind
from portal.org.models import Acting, Membership, Office, Unit
from portal.users.models import User
from tests.factories.org import (
    ActingFactory,
    ExecutiveUnitFactory,
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    RegistryUnitFactory,
    SchoolFactory,
)
from tests.factories.users import UserFactory

UNIT_KIND_OF_ROLE = {
    Role.DIRECTOR: UnitKind.EXECUTIVE,
    Role.DEPUTY: UnitKind.EXECUTIVE,
    Role.REGISTRY: UnitKind.OFFICE,
    Role.SYSADMIN: UnitKind.OFFICE,
    Role.PRINCIPAL: UnitKind.SCHOOL,
    Role.SCHOOL_CLERK: UnitKind.SCHOOL,
    Role.TEACHER: UnitKind.SCHOOL,
}
"""Where a role is held; every role that is not named here is held in a group."""


def person(
    role: Role | str | None = Role.OFFICER,
    unit: Unit | None = None,
    *,
    office: Office | None = None,
    position: str = "",
    **fields: object,
) -> User:
    """A user who holds ``role`` today in ``unit``, or in a fitting unit of ``office``.

    ``position`` is the title printed in letters; further fields go to the user. With
    ``role=None`` the user belongs to the office and holds nothing.
    """
    office = unit.office if unit is not None else office or OfficeFactory()
    user = UserFactory(office=office, **fields)
    if role is None:
        return user
    held_in = unit if unit is not None else unit_for(Role(role), office)
    given = {"position__title": position} if position else {}
    MembershipFactory(person=user, unit=held_in, role=role, **given)
    return user


def unit_for(role: Role, office: Office) -> Unit:
    """Where ``role`` is held: the one executive or registry unit, else a new group or school."""
    kind = UNIT_KIND_OF_ROLE.get(role, UnitKind.GROUP)
    if kind == UnitKind.EXECUTIVE:
        return ExecutiveUnitFactory(office=office)
    if kind == UnitKind.OFFICE:
        return RegistryUnitFactory(office=office)
    if kind == UnitKind.SCHOOL:
        return SchoolFactory(office=office).unit
    return GroupFactory(office=office)


def role_holders(office: Office) -> dict[Role, User]:
    """One person for each role, all in ``office``: for tests of who may see what."""
    return {role: person(role, office=office) for role in Role}


def acting(
    user: User, membership: Membership, kind: ActingKind = ActingKind.IN_PLACE, **fields: object
) -> Acting:
    """``user`` acts in ``membership``'s role, today included."""
    today = timezone.localdate()
    dates = {"starts_on": today, "ends_on": today} | fields
    return ActingFactory(person=user, membership=membership, kind=kind, **dates)

"""Who may invite whom, and who may look after accounts."""

from typing import TYPE_CHECKING

from portal.org.enums import Role, may_be_held
from portal.org.permissions import has_role, manages_office, unit_ids

if TYPE_CHECKING:
    from portal.org.models import Unit
    from portal.users.models import User

# Those who watch over others are named by the system administrator alone.
CONTROL_ROLES = frozenset({Role.SYSADMIN, Role.AUDITOR, Role.IDENTITY_CUSTODIAN})
# Whom a principal may invite into the own school.
PRINCIPAL_INVITES = frozenset({Role.SCHOOL_CLERK, Role.TEACHER})


def keeps_installation(user: "User") -> bool:
    """The administrator of the installation, who belongs to no office and so to all."""
    return user.is_superuser and user.is_active and user.office_id is None


def invites_for_office(user: "User", office_id: int | None) -> bool:
    """Invites into any unit of the office: system administrators and the central registry."""
    if keeps_installation(user):
        return True
    return user.office_id == office_id and has_role(user, Role.SYSADMIN, Role.REGISTRY)


def may_invite(user: "User") -> bool:
    """Whether ``user`` may invite anybody at all."""
    return invites_for_office(user, user.office_id) or has_role(user, Role.PRINCIPAL)


def own_school_ids(user: "User") -> frozenset[int]:
    """The schools that ``user`` heads."""
    return unit_ids(user, [Role.PRINCIPAL])


def invitable_roles(user: "User", unit: "Unit") -> frozenset[str]:
    """The roles that ``user`` may give in ``unit``; empty when none."""
    if not unit.is_open:
        return frozenset()
    fitting = frozenset(role for role in Role if may_be_held(role, unit.kind))
    if manages_office(user, unit.office_id):
        return fitting
    if invites_for_office(user, unit.office_id):
        return fitting - CONTROL_ROLES
    if has_role(user, Role.PRINCIPAL, unit_id=unit.pk):
        return fitting & PRINCIPAL_INVITES
    return frozenset()


def may_invite_as(user: "User", unit: "Unit", role: str) -> bool:
    """Whether ``user`` may invite somebody to hold ``role`` in ``unit``."""
    return role in invitable_roles(user, unit)


def may_reset_factors(user: "User") -> bool:
    """Whether ``user`` looks after lost second factors at all."""
    return keeps_installation(user) or has_role(user, Role.SYSADMIN)


def may_reset_second_factor(user: "User", owner: "User") -> bool:
    """Whether ``user`` may take a lost second factor off the account of ``owner``."""
    if keeps_installation(user):
        return True
    return owner.office_id is not None and manages_office(user, owner.office_id)


def may_read_history(user: "User") -> bool:
    """Sees the sign-ins of the whole office: auditors and system administrators."""
    return keeps_installation(user) or has_role(user, Role.AUDITOR, Role.SYSADMIN)

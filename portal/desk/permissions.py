"""Who may do what with the report of a month."""

from typing import TYPE_CHECKING

from portal.core.predicates import predicate
from portal.org.enums import Role
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from portal.desk.models import MonthReport
    from portal.users.models import User


@predicate
def is_own(user: "User", report: "MonthReport") -> bool:
    return report.person_id == user.pk


@predicate
def is_superior(user: "User", report: "MonthReport") -> bool:
    """Holds, or acts in, the post to which it was submitted; nobody approves their own."""
    return (
        report.person_id != user.pk
        and report.to_unit_id is not None
        and has_role(user, *report.to_roles, unit_id=report.to_unit_id)
    )


def exports_evidence(user: "User") -> bool:
    """May take evidence of the whole office out: its heads, the registry, the auditors."""
    return user.office_id is not None and has_role(
        user, Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY, Role.AUDITOR
    )

"""Who may do what in the archive."""

from typing import TYPE_CHECKING

from circulars.enums_archive import EXECUTIVES, KEEPERS, UNIT_HEADS
from circulars.inboxes import inbox_units
from portal.core.predicates import predicate
from portal.org.enums import Role, UnitKind
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from circulars.models import ArchiveList, Destruction, KeptLetter, Loan
    from portal.org.models import Unit
    from portal.users.models import User

HOUSE_KEEPERS = (Role.REGISTRY, Role.SCHOOL_CLERK)


def keeps_unit(user: "User", unit: "Unit") -> bool:
    """Puts letters of ``unit`` away: its registry clerk, for office units the central one too."""
    if unit.pk in inbox_units(user, KEEPERS):
        return True
    return _is_of_office(user, unit) and has_role(user, Role.REGISTRY)


def heads_unit(user: "User", unit: "Unit") -> bool:
    """Head at the level that clause 62 asks for: of the group or school, or an executive."""
    if unit.pk in inbox_units(user, UNIT_HEADS):
        return True
    return _is_of_office(user, unit) and has_role(user, *EXECUTIVES)


def _is_of_office(user: "User", unit: "Unit") -> bool:
    inside = unit.kind not in (UnitKind.SCHOOL, UnitKind.OUTSIDE)
    return inside and unit.office_id == user.office_id


@predicate
def keeps_letter(user: "User", kept: "KeptLetter") -> bool:
    return keeps_unit(user, kept.unit)


@predicate
def heads_letter(user: "User", kept: "KeptLetter") -> bool:
    return heads_unit(user, kept.unit)


# Loans.


@predicate
def borrows(user: "User", loan: "Loan") -> bool:
    return loan.borrower_id == user.pk


@predicate
def heads_borrower(user: "User", loan: "Loan") -> bool:
    return loan.unit is not None and heads_unit(user, loan.unit)


@predicate
def lends(user: "User", loan: "Loan") -> bool:
    """Head of the unit that keeps the letter."""
    return heads_unit(user, loan.kept.unit)


@predicate
def hands_out(user: "User", loan: "Loan") -> bool:
    return keeps_unit(user, loan.kept.unit)


@predicate
def is_agency_loan(user: "User", loan: "Loan") -> bool:
    """An agency's head asked by a letter, which the registry has before it (clause 62.3)."""
    return bool(loan.agency)


@predicate
def is_paper_loan(user: "User", loan: "Loan") -> bool:
    return loan.is_paper


# Lists of a house and its destructions.


@predicate
def keeps_house(user: "User", obj: "ArchiveList | Destruction") -> bool:
    return obj.house_id in inbox_units(user, HOUSE_KEEPERS)


@predicate
def heads_house(user: "User", obj: "ArchiveList | Destruction") -> bool:
    """หัวหน้าส่วนราชการ: the director of the area office, or the school's principal."""
    if obj.house.kind == UnitKind.SCHOOL:
        return obj.house_id in inbox_units(user, (Role.PRINCIPAL,))
    return obj.house.office_id == user.office_id and has_role(user, Role.DIRECTOR)


@predicate
def is_deposit(user: "User", archive_list: "ArchiveList") -> bool:
    return archive_list.kind == "deposit"


@predicate
def chairs(user: "User", destruction: "Destruction") -> bool:
    return destruction.seats.filter(person=user, is_chair=True).exists()


@predicate
def sits(user: "User", destruction: "Destruction") -> bool:
    return destruction.seats.filter(person=user).exists()

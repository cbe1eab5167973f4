"""Whose letters a person sees counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from circulars.enums import HEAD_ROLES, OFFICE_READERS, SECRET
from portal.org.enums import OFFICE_KINDS, Role, UnitKind
from portal.org.models import Unit
from portal.org.permissions import has_role, unit_ids

if TYPE_CHECKING:
    from portal.users.models import User

UNIT_HEADS = (Role.GROUP_DIRECTOR, Role.PRINCIPAL)
DIRECTORS = (Role.DIRECTOR, Role.DEPUTY)


@dataclass(frozen=True)
class Scope:
    """The units whose letters are counted for somebody; none means only their own work.

    ``secret_ids`` are the units whose secret letters are counted as well; nowhere are they
    listed. Of schools the office sees what it sent them, not what they write or get elsewhere.
    """

    units: tuple[Unit, ...]
    secret_ids: frozenset[int]
    is_office: bool = False
    is_schools: bool = False

    @property
    def unit_ids(self) -> list[int]:
        return [unit.pk for unit in self.units]

    def letters(self, letter: str, unit: str) -> Q:
        """The rows that count: ``letter`` and ``unit`` are the paths from the row to them."""
        prefix = f"{letter}__" if letter else ""
        seen = ~Q(**{f"{prefix}secrecy__in": SECRET})
        if self.secret_ids:
            seen |= Q(**{f"{unit}__in": self.secret_ids})
        seen &= Q(**{f"{unit}__in": self.unit_ids})
        if self.is_schools:
            seen &= Q(**{f"{prefix}unit__kind__in": OFFICE_KINDS})
        return seen


def sees_office(user: "User") -> bool:
    """Director, deputies and central registry see all units of the office counted."""
    return user.office_id is not None and has_role(user, *OFFICE_READERS)


def decides_for_office(user: "User") -> bool:
    """Director and deputies have a page of their own."""
    return user.office_id is not None and has_role(user, *DIRECTORS)


def scope_of(user: "User", *, schools: bool = False) -> Scope:
    """What ``user`` sees counted; ``schools`` asks for the schools instead of the office."""
    if sees_office(user):
        return _office_scope(user, schools=schools)
    own = unit_ids(user, UNIT_HEADS)
    if not own:
        return Scope((), frozenset())
    units = Unit.objects.filter(Q(pk__in=own) | Q(parent__in=own, kind=UnitKind.SECTION))
    return Scope(tuple(units), own)


def _office_scope(user: "User", *, schools: bool) -> Scope:
    kinds = (UnitKind.SCHOOL,) if schools else tuple(OFFICE_KINDS)
    units = Unit.objects.open().filter(office_id=user.office_id, kind__in=kinds)
    secret = unit_ids(user, HEAD_ROLES)
    if has_role(user, Role.DIRECTOR):
        secret = frozenset(unit.pk for unit in units)
    return Scope(
        tuple(units),
        frozenset() if schools else secret,
        is_office=True,
        is_schools=schools,
    )

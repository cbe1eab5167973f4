"""Lists of the archive; each begins with what this person may see."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from circulars.enums import DRAFTING_ROLES, HEAD_ROLES, OFFICE_READERS, Secrecy
from circulars.enums_archive import (
    ACTIVE_LISTS,
    ELECTRONIC_YEARS,
    EXECUTIVES,
    HANDOVER_YEARS,
    KEEPERS,
    OUT,
    RUNNING,
    UNIT_HEADS,
    KeptState,
    ListState,
    LoanState,
    Medium,
)
from circulars.inboxes import inbox_units
from portal.core.thai.dates import be_year
from portal.org.enums import Role, UnitKind
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from portal.org.models import Unit
    from portal.users.models import User

NOT_OF_OFFICE = (UnitKind.SCHOOL, UnitKind.OUTSIDE)


def places(user: "User", unit_roles: Any, office_roles: Any, path: str = "unit") -> Q:
    """Rows of the units where ``user`` has one of ``unit_roles``; of all units of the office,
    schools not among them, for ``office_roles``."""
    found = Q(**{f"{path}__in": inbox_units(user, unit_roles)})
    if has_role(user, *office_roles):
        found |= ~Q(**{f"{path}__kind__in": NOT_OF_OFFICE})
    return found & Q(**{f"{path}__office_id": user.office_id})


def of_house(house: "Unit", path: str = "unit") -> Q:
    """Rows of a school, or of all units of the office that are no schools."""
    if house.kind == UnitKind.SCHOOL:
        return Q(**{path: house})
    office = Q(**{f"{path}__office": house.office_id})
    return office & ~Q(**{f"{path}__kind__in": NOT_OF_OFFICE})


class FolderQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "FolderQuerySet":
        return self.filter(places(user, DRAFTING_ROLES, OFFICE_READERS))

    def kept_by(self, user: "User") -> "FolderQuerySet":
        """Folders into which ``user`` may put letters: of the unit's registry."""
        return self.filter(places(user, KEEPERS, (Role.REGISTRY,)))


class KeptQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "KeptQuerySet":
        """The register of one's units, and for executives and the central registry the
        office's; secret ones only by the heads; and whatever is lent to ``user`` now."""
        open_ones = Q(secrecy=Secrecy.OPEN) & places(user, DRAFTING_ROLES, OFFICE_READERS)
        headed = places(user, HEAD_ROLES, (Role.DIRECTOR,))
        lent = _rows("Loan", kept=OuterRef("pk")).readable_by(user)
        return self.filter(open_ones | headed | Exists(lent))

    def kept_by(self, user: "User") -> "KeptQuerySet":
        return self.visible_to(user).filter(places(user, KEEPERS, (Role.REGISTRY,)))

    def due(self, year: int) -> "KeptQuerySet":
        """Paper whose period ended with a BE year, wherever it lies (clause 66)."""
        return self._destroyable().filter(medium=Medium.PAPER, keep_until__lte=year)

    def old_electronic(self, before: date) -> "KeptQuerySet":
        """Electronic letters kept for more than 10 years and finished before a day."""
        limit = years_before(timezone.localdate(), ELECTRONIC_YEARS)
        rows = self._destroyable().filter(medium=Medium.ELECTRONIC, finished_on__lt=limit)
        return rows.filter(finished_on__lt=before)

    def twenty_years(self, year: int) -> "KeptQuerySet":
        """Letters that are 20 years old by the end of a BE year and in no list (clause 58)."""
        last = date(year - 543 - HANDOVER_YEARS, 12, 31)
        listed = _rows("ArchiveListLine", kept=OuterRef("pk")).filter(
            archive_list__state__in=ACTIVE_LISTS, archive_list__kind__in=("handover", "own")
        )
        rows = self.filter(
            state=KeptState.KEPT, secrecy=Secrecy.OPEN, dated__lte=last, legal_hold=False
        )
        return (
            rows.exclude(Exists(listed))
            .exclude(Exists(_in_destruction()))
            .exclude(Exists(_lent()))
        )

    def free_to_deposit(self) -> "KeptQuerySet":
        """Open letters that are not due, lent or listed (clause 60)."""
        listed = _rows("ArchiveListLine", kept=OuterRef("pk")).filter(
            archive_list__state__in=(
                ListState.DRAFT, ListState.PROPOSED, ListState.APPROVED, ListState.SENT,
            )
        )  # fmt: skip
        rows = self.filter(state=KeptState.KEPT, secrecy=Secrecy.OPEN, medium=Medium.PAPER)
        rows = rows.filter(Q(keep_until=None) | Q(keep_until__gte=be_year(timezone.localdate())))
        return (
            rows.exclude(Exists(listed))
            .exclude(Exists(_in_destruction()))
            .exclude(Exists(_lent()))
        )

    def _destroyable(self) -> "KeptQuerySet":
        rows = self.filter(
            state__in=(KeptState.KEPT, KeptState.DEPOSITED),
            secrecy=Secrecy.OPEN,
            is_archival=False,
            legal_hold=False,
        )
        listed = _rows("ArchiveListLine", kept=OuterRef("pk")).filter(
            archive_list__state__in=ACTIVE_LISTS[:4]
        )
        return rows.exclude(Exists(_in_destruction())).exclude(Exists(listed))


class LoanQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "LoanQuerySet":
        """One's own, those of one's unit as its head, and those of letters one may see."""
        kept = self.model._meta.apps.get_model("circulars", "KeptLetter")
        seen = kept._default_manager.filter(pk=OuterRef("kept")).visible_to(user)
        heads = places(user, UNIT_HEADS, EXECUTIVES)
        return self.filter(Q(borrower=user) | heads | Exists(seen))

    def readable_by(self, user: "User", on: date | None = None) -> "LoanQuerySet":
        """Electronic letters lent to ``user`` today."""
        return self.filter(
            borrower=user,
            state=LoanState.LENT,
            is_paper=False,
            due_on__gte=on or timezone.localdate(),
        )

    def overdue(self, on: date | None = None) -> "LoanQuerySet":
        return self.filter(state=LoanState.LENT, due_on__lt=on or timezone.localdate())


class HouseQuerySet(models.QuerySet):
    """Lists of a house: of the office or of a school."""

    def visible_to(self, user: "User") -> "HouseQuerySet":
        """The registry and heads of the house; the committee sees its own destruction."""
        own = Q(house__in=inbox_units(user, (Role.REGISTRY, Role.SCHOOL_CLERK, Role.PRINCIPAL)))
        if has_role(user, *EXECUTIVES):
            own |= Q(house__kind=UnitKind.OFFICE)
        seen = own & Q(house__office_id=user.office_id)
        if any(field.name == "seats" for field in self.model._meta.related_objects):
            seats = _rows("DestructionMember", destruction=OuterRef("pk"), person=user)
            return self.filter(seen | Q(Exists(seats)))
        return self.filter(seen)


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; 29 February gives 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _in_destruction() -> Any:
    return (
        _rows("DestructionLine", kept=OuterRef("pk"))
        .filter(destruction__state__in=RUNNING)
        .exclude(outcome="keep")
    )


def _lent() -> Any:
    return _rows("Loan", kept=OuterRef("pk"), state__in=OUT, is_paper=True)


def _rows(model: str, **where: Any) -> Any:
    return apps.get_model("circulars", model)._default_manager.filter(**where)

"""Lists for the National Archives: forms 21, 22 and 23 (clauses 58–60)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums_archive import ListKind, ListState
from circulars.inboxes import inbox_units
from circulars.models import ArchiveList, ArchiveListLine, KeptLetter
from circulars.permissions_archive import HOUSE_KEEPERS, keeps_house
from circulars.querysets_archive import of_house
from circulars.workflow_archive import ARCHIVE_LIST
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai.dates import be_year
from portal.org.models import Unit
from portal.users.models import User
from portal.workflow.service import apply_move


def houses(user: User) -> "QuerySet[Unit]":
    """The office or schools whose lists ``user`` makes."""
    if user.office_id is None:
        return Unit.objects.none()
    units = Unit.objects.filter(pk__in=inbox_units(user, HOUSE_KEEPERS), office_id=user.office_id)
    return units.order_by("position", "sort_key", "pk")


def last_year() -> int:
    """The BE year that lists made today are about: the one that has ended."""
    return be_year(timezone.localdate()) - 1


def deadline(archive_list: ArchiveList) -> date:
    """31 January of the following year (clause 58)."""
    return date(archive_list.year + 1 - 543, 1, 31)


def begin(*, house: Unit, kind: str, year: int, actor: User) -> ArchiveList:
    """A new list; one of 20-year letters is filled with all that are due."""
    made = ArchiveList(house=house, kind=kind, year=year, made_by=actor)
    if not keeps_house(actor, made):
        raise NotAllowed(action="archive_list.begin", about=house)
    if not 2400 < year <= be_year(timezone.localdate()):
        raise InvalidInput(_("This is no past year of the Buddhist era."), field="year")
    with transaction.atomic():
        made.made_on = timezone.localdate()
        made.save()
        if kind == ListKind.HANDOVER:
            add(archive_list=made, kept=list(candidates(made)), actor=actor)
        record(action="archive_list.begin", actor=actor, about=made)
    return made


def candidates(archive_list: ArchiveList) -> "QuerySet[KeptLetter]":
    """What may still be put on the list."""
    rows = KeptLetter.objects.filter(of_house(archive_list.house))
    if archive_list.kind == ListKind.DEPOSIT:
        return rows.free_to_deposit().order_by("dated", "pk")
    return rows.twenty_years(archive_list.year).order_by("dated", "pk")


def add(*, archive_list: ArchiveList, kept: Sequence[KeptLetter], actor: User) -> int:
    """Put letters on the list; how many."""
    with transaction.atomic():
        archive_list = _locked(archive_list, actor)
        wanted = candidates(archive_list).filter(pk__in=[row.pk for row in kept])
        last = archive_list.lines.aggregate(last=Max("position"))["last"] or 0
        lines = ArchiveListLine.objects.bulk_create(
            ArchiveListLine(archive_list=archive_list, kept=row, position=last + offset)
            for offset, row in enumerate(wanted, 1)
        )
        record(
            action="archive_list.add", actor=actor, about=archive_list,
            data={"letters": len(lines)},
        )  # fmt: skip
    return len(lines)


def take_off(*, line: ArchiveListLine, actor: User) -> None:
    with transaction.atomic():
        archive_list = _locked(line.archive_list, actor)
        line.delete()
        record(action="archive_list.take_off", actor=actor, about=archive_list)


def keep_here(*, line: ArchiveListLine, actor: User) -> ArchiveList:
    """Off form 21 and on to form 22 of the same year: the office needs it (clause 58.3)."""
    handover = line.archive_list
    if handover.kind != ListKind.HANDOVER:
        raise InvalidInput(_("Only a letter of form 21 is kept here instead."))
    kept = line.kept
    with transaction.atomic():
        take_off(line=line, actor=actor)
        own = ArchiveList.objects.filter(
            house=handover.house, kind=ListKind.OWN, year=handover.year, state=ListState.DRAFT
        ).first() or begin(
            house=handover.house, kind=ListKind.OWN, year=handover.year, actor=actor
        )
        add(archive_list=own, kept=[kept], actor=actor)
    return own


def move(
    *,
    archive_list: ArchiveList,
    name: str,
    actor: User,
    expected: str | None = None,
    **inputs: Any,
) -> ArchiveList:
    return apply_move(
        ARCHIVE_LIST, name, pk=archive_list.pk, actor=actor, expected=expected, **inputs
    )


def _locked(archive_list: ArchiveList, actor: User) -> ArchiveList:
    """The list under its lock, while its keeper may still change it."""
    locked = (
        ArchiveList.objects.select_for_update(of=("self",))
        .select_related("house")
        .get(pk=archive_list.pk)
    )
    if not keeps_house(actor, locked):
        raise NotAllowed(action="archive_list.change", about=locked)
    if locked.state != ListState.DRAFT:
        raise StaleAction(_("The list is not being made any more."), about=locked)
    return locked

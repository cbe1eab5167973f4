"""The daily record: what the system counted and what people write themselves."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, NotReady
from portal.core.periods import Period
from portal.core.registry import DoneItem, Figure, person_statistics
from portal.desk.enums import CLOSED, ReportState, WorkCategory
from portal.desk.models import DayEntry, MonthReport
from portal.desk.models.reports import DAY_MINUTES
from portal.users.models import User

ITEMS_A_DAY = 50


@dataclass(frozen=True)
class DayRecord:
    """A person's day; ``figures`` leave out what was not done at all."""

    day: date
    entries: list[DayEntry]
    figures: list[Figure]
    items: list[DoneItem]
    is_open: bool

    @property
    def minutes(self) -> int:
        return sum(entry.minutes for entry in self.entries)

    @property
    def done(self) -> int:
        return sum(figure.value for figure in self.figures)


@dataclass(frozen=True)
class DayLine:
    """A day of the month in one line."""

    day: date
    entries: list[DayEntry]
    done: int
    is_open: bool

    @property
    def minutes(self) -> int:
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True)
class CategoryLine:
    label: str
    entries: int
    minutes: int


@dataclass(frozen=True)
class MonthRecord:
    """A person's month, day by day and by category; ``figures`` are [name, number, unit]."""

    period: Period
    report: MonthReport
    days: list[DayLine]
    categories: list[CategoryLine]
    figures: list[list[Any]]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.categories)

    @property
    def entries(self) -> int:
        return sum(line.entries for line in self.categories)

    @property
    def done(self) -> int:
        return sum(int(number) for _name, number, _unit in self.figures)

    @property
    def worked_days(self) -> list[DayLine]:
        return [line for line in self.days if line.entries or line.done]


def first_of(day: date) -> date:
    return day.replace(day=1)


def report_of(person: User, day: date) -> MonthReport:
    """The report of the month of ``day``; one that is not saved where there is none yet."""
    month = first_of(day)
    found = MonthReport.objects.filter(person=person, month=month)
    row = found.select_related("unit", "to_unit", "decided_by").first()
    return row or MonthReport(person=person, month=month)


def is_open(report: MonthReport, day: date) -> bool:
    """Whether what was done on ``day`` can still be written down or changed.

    That is so for the day and ``REPORT_EDIT_DAYS`` days back, and for all of a month that the
    superior gave back; never for a month that was handed in, nor for days to come.
    """
    today = timezone.localdate()
    if report.state in CLOSED or day > today:
        return False
    back = timedelta(days=settings.REPORT_EDIT_DAYS)
    return report.state == ReportState.RETURNED or day >= today - back


def day_record(person: User, day: date) -> DayRecord:
    """``person``'s own view of a day."""
    figures: list[Figure] = []
    items: list[DoneItem] = []
    for source in person_statistics:
        figures += [f for f in source.figures(person, day, day, viewer=person) if f.value]
        items += source.items(person, day, day, viewer=person, limit=ITEMS_A_DAY)
    return DayRecord(
        day=day,
        entries=list(DayEntry.objects.filter(person=person, day=day)),
        figures=figures,
        items=sorted(items, key=lambda item: item.at, reverse=True)[:ITEMS_A_DAY],
        is_open=is_open(report_of(person, day), day),
    )


def month_record(person: User, day: date, *, viewer: User | None) -> MonthRecord:
    """The month of ``day``; figures that were handed in stay as they were that day."""
    report = report_of(person, day)
    return record_of(report, viewer=viewer)


def record_of(report: MonthReport, *, viewer: User | None) -> MonthRecord:
    person, period = report.person, report.period
    by_day: dict[date, list[DayEntry]] = {}
    for entry in DayEntry.objects.filter(person=person, day__range=(period.start, period.end)):
        by_day.setdefault(entry.day, []).append(entry)
    done: Counter[date] = Counter()
    for source in person_statistics:
        done.update(source.by_day(person, period.start, period.end, viewer=viewer))
    return MonthRecord(
        period=period,
        report=report,
        days=[
            DayLine(day, by_day.get(day, []), done[day], is_open(report, day))
            for day in period.days
        ],
        categories=_categories([entry for entries in by_day.values() for entry in entries]),
        figures=report.figures if report.state in CLOSED else month_figures(report, viewer),
    )


def month_figures(report: MonthReport, viewer: User | None) -> list[list[Any]]:
    """What the system counted in the month: [name, number, unit], without zeros."""
    period = report.period
    return [
        [str(figure.label), figure.value, str(figure.unit)]
        for source in person_statistics
        for figure in source.figures(report.person, period.start, period.end, viewer=viewer)
        if figure.value
    ]


def save_entry(
    *,
    actor: User,
    day: date,
    category: WorkCategory,
    text: str,
    minutes: int,
    entry: DayEntry | None = None,
) -> DayEntry:
    """Write an entry of the own record, or change it.

    Raises NotReady when the day is closed, InvalidInput when the day would get longer than 24
    hours, NotAllowed for anybody else's entry.
    """
    with transaction.atomic():
        _lock_open_day(actor, day)
        if entry is not None:
            entry = _own_entry(actor, entry)
        others = DayEntry.objects.filter(person=actor, day=day)
        others = others.exclude(pk=entry.pk) if entry else others
        total = others.aggregate(total=Sum("minutes"))["total"] or 0
        if minutes < 1 or total + minutes > DAY_MINUTES:
            raise InvalidInput(_("A day has 24 hours."), field="hours")
        action = "desk.entry_change" if entry else "desk.entry_add"
        entry = entry or DayEntry(person=actor)
        entry.day, entry.category, entry.text, entry.minutes = day, category, text, minutes
        entry.save()
        record(action=action, actor=actor, about=entry, data={"day": day.isoformat()})
    return entry


def delete_entry(*, actor: User, entry: DayEntry) -> None:
    """Take an entry out of the own record while its day is open; raises as `save_entry`."""
    with transaction.atomic():
        _lock_open_day(actor, entry.day)
        entry = _own_entry(actor, entry)
        data = {"day": entry.day.isoformat()}
        record(action="desk.entry_delete", actor=actor, about=entry, data=data)
        entry.delete()


def _own_entry(actor: User, entry: DayEntry) -> DayEntry:
    """The row as it is now; the day on which it stands has to be open as well."""
    row = DayEntry.objects.filter(pk=entry.pk, person=actor).first()
    if row is None:
        raise NotAllowed(action="desk.entry_change", about=entry)
    _check_open(actor, row.day)
    return row


def lock_record(person: User) -> None:
    """One change at a time: an entry never slips into a month that is being handed in."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _lock_open_day(actor: User, day: date) -> None:
    lock_record(actor)
    _check_open(actor, day)


def _check_open(actor: User, day: date) -> None:
    if not is_open(report_of(actor, day), day):
        raise NotReady(_("This day is closed. Nothing can be changed any more."))


def _categories(entries: list[DayEntry]) -> list[CategoryLine]:
    lines = []
    for category in WorkCategory:
        of_it = [entry for entry in entries if entry.category == category]
        if of_it:
            minutes = sum(entry.minutes for entry in of_it)
            lines.append(CategoryLine(str(category.label), len(of_it), minutes))
    return lines

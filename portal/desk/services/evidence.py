"""Evidence for the points of the office standard, gathered from what apps register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.periods import Period, PeriodKind
from portal.core.registry import EvidenceItem, EvidenceSource, evidence
from portal.core.thai import dates
from portal.desk.enums import ReportState
from portal.desk.models import DayEntry, MonthReport
from portal.desk.permissions import exports_evidence
from portal.org.models import Office
from portal.users.models import User

PREFIX = "standard."
MOST_DAYS = 2 * 366


@dataclass(frozen=True)
class Section:
    """What one app shows for the point."""

    label: str
    counts: list[EvidenceItem]
    samples: list[EvidenceItem]


@dataclass(frozen=True)
class Evidence:
    """A point of the standard in an office, from a day to a day."""

    office: Office
    point: str
    start: date
    end: date

    @property
    def number(self) -> str:
        return self.point.removeprefix(PREFIX)

    @property
    def span(self) -> str:
        return f"{dates.long(self.start)} – {dates.long(self.end)}"

    def sections(self) -> list[Section]:
        """In the language that is active now."""
        return [
            _section(source, source.items(self.office, self.start, self.end))
            for source in evidence
            if self.point in source.points
        ]


class RecordEvidence(EvidenceSource):
    """That people account for their days: entries and approved months."""

    code = "desk.records"
    order = 20
    label = _("Work of each person recorded and approved")
    points = frozenset({"standard.6"})

    def items(self, office: Office, start: date, end: date) -> Iterable[EvidenceItem]:
        entries = DayEntry.objects.filter(person__office=office, day__range=(start, end))
        months = MonthReport.objects.filter(person__office=office, month__range=(start, end))
        people = entries.order_by().values("person").distinct().count()
        return [
            EvidenceItem(_("People who kept a daily record"), end, people),
            EvidenceItem(_("Entries of daily records"), end, entries.count()),
            EvidenceItem(
                _("Reports of months submitted"),
                end,
                months.exclude(state=ReportState.DRAFT).count(),
            ),
            EvidenceItem(
                _("Reports of months approved"),
                end,
                months.filter(state=ReportState.APPROVED).count(),
            ),
        ]


def points() -> list[tuple[str, str]]:
    """(code, words) of each point of the standard for which an app has evidence."""
    labels: dict[str, list[str]] = {}
    for source in evidence:
        for point in source.points:
            if point.startswith(PREFIX):
                labels.setdefault(point, []).append(str(source.label))
    return [
        (point, f"{point.removeprefix(PREFIX)}. {', '.join(words)}")
        for point, words in sorted(labels.items())
    ]


def usual_span(today: date) -> tuple[date, date]:
    """The fiscal year so far, by which offices are scored."""
    return Period.of(PeriodKind.FISCAL, today).start, today


def gather(*, actor: User, point: str, start: date, end: date) -> Evidence:
    """The evidence for a point; each time is audited.

    Raises NotAllowed for those who may not take evidence out, InvalidInput for a span that
    ends before it starts or is longer than two years.
    """
    if not exports_evidence(actor) or actor.office is None:
        raise NotAllowed(action="desk.evidence")
    if end < start:
        raise InvalidInput(_("The last day is before the first."), field="end")
    if end - start > timedelta(days=MOST_DAYS):
        raise InvalidInput(_("Choose two years at the most."), field="end")
    data = {"point": point, "from": start.isoformat(), "to": end.isoformat()}
    record(action="desk.evidence", actor=actor, data=data)
    return Evidence(actor.office, point, start, end)


def _section(source: EvidenceSource, items: Iterable[EvidenceItem]) -> Section:
    found = list(items)
    return Section(
        str(source.label),
        [item for item in found if not item.is_sample],
        [item for item in found if item.is_sample],
    )

"""Evidence of the work with letters, for the points of the office standard.

Counted are open letters of the office's own units; samples name neither secret letters nor any
that names a person.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from circulars.enums import Secrecy, StepState
from circulars.enums_handling import AssignmentState
from circulars.models import (
    Assignment,
    Delivery,
    HandlingStep,
    Letter,
    RegisterEntry,
    RouteStep,
)
from portal.core.periods import Period, PeriodKind
from portal.core.registry import EvidenceItem, EvidenceSource
from portal.org.enums import OFFICE_KINDS
from portal.org.models import Office

SAMPLES = 10


class LetterEvidence(EvidenceSource):
    """One point; counts and samples of the days asked for."""

    def __init__(self, number: int, code: str, label: Promise) -> None:
        self.code = f"circulars.{code}"
        self.order = 10 + number
        self.label = label
        self.points = frozenset({f"standard.{number}"})

    def items(self, office: Office, start: date, end: date) -> Iterable[EvidenceItem]:
        days = Period(PeriodKind.DAY, start, end)
        return list(_ITEMS[self.code](office, days.starts_at, days.ends_at, end))


def sources() -> list[LetterEvidence]:
    labels = (
        ("evidence_received", _("Letters received and registered")),
        ("evidence_sent", _("Letters sent, with receipts")),
        ("evidence_steps", _("Each step of a letter with person and time")),
        ("evidence_registers", _("Registers without gaps")),
        ("evidence_work", _("What was ordered was done and reported")),
    )
    return [
        LetterEvidence(number, code, label) for number, (code, label) in enumerate(labels, start=1)
    ]


def _received(office: Office, start: datetime, end: datetime, on: date) -> Iterator[EvidenceItem]:
    rows = Delivery.objects.filter(
        _open("letter__"), **_inside(office), entry__registered_at__gte=start,
        entry__registered_at__lt=end,
    )  # fmt: skip
    same_day = rows.filter(entry__registered_at__date=F("delivered_at__date"))
    yield EvidenceItem(_("Letters received and registered"), on, rows.count())
    yield EvidenceItem(_("Registered on the day they came"), on, same_day.count())
    for row in _samples(rows, "letter__").select_related("letter", "entry")[:SAMPLES]:
        title = _title(row.letter)
        yield _sample(title, row.entry.registered_at, row.get_absolute_url())


def _sent(office: Office, start: datetime, end: datetime, on: date) -> Iterator[EvidenceItem]:
    rows = Letter.objects.filter(
        _open(), **_inside(office), dispatched_at__gte=start, dispatched_at__lt=end
    )
    receipts = Delivery.objects.filter(letter__in=rows.values("pk"))
    taken = Q(opened_at__isnull=False) | Q(confirmed_at__isnull=False)
    numbers = receipts.aggregate(
        sent=Count("pk"), opened=Count("pk", filter=taken), kept=Count("entry")
    )
    yield EvidenceItem(_("Letters sent"), on, rows.count())
    yield EvidenceItem(_("Recipients of these letters"), on, numbers["sent"])
    yield EvidenceItem(_("Recipients who opened or confirmed"), on, numbers["opened"])
    yield EvidenceItem(_("Recipients who registered"), on, numbers["kept"])
    for letter in _samples(rows)[:SAMPLES]:
        yield _sample(_title(letter), letter.dispatched_at, letter.get_board_url())


def _steps(office: Office, start: datetime, end: datetime, on: date) -> Iterator[EvidenceItem]:
    decided = {"decided_at__gte": start, "decided_at__lt": end, "state": StepState.DONE}
    up = RouteStep.objects.filter(_open("letter__"), **_inside(office), **decided)
    down = HandlingStep.objects.filter(
        _open("handling__delivery__letter__"), **_inside(office), **decided
    )
    signed = Letter.objects.filter(
        _open(), **_inside(office), signed_at__gte=start, signed_at__lt=end
    )
    yield EvidenceItem(_("Endorsements and signatures on letters out"), on, up.count())
    yield EvidenceItem(_("Remarks and orders on letters in"), on, down.count())
    yield EvidenceItem(_("Letters signed"), on, signed.count())
    for letter in _samples(signed)[:SAMPLES]:
        yield _sample(_title(letter), letter.signed_at, letter.get_absolute_url())


def _registers(office: Office, start: datetime, end: datetime, on: date) -> Iterator[EvidenceItem]:
    rows = RegisterEntry.objects.filter(
        register__unit__office=office, register__unit__kind__in=OFFICE_KINDS,
        registered_at__gte=start, registered_at__lt=end,
    )  # fmt: skip
    books = rows.order_by().values("register").distinct().count()
    voided = rows.filter(voided_at__isnull=False).count()
    yield EvidenceItem(_("Register books in use"), on, books)
    yield EvidenceItem(_("Numbers given"), on, rows.count())
    yield EvidenceItem(_("Numbers void, kept with their reason"), on, voided)


def _work(office: Office, start: datetime, end: datetime, on: date) -> Iterator[EvidenceItem]:
    rows = Assignment.objects.filter(
        _open("handling__delivery__letter__"), **_inside(office), reported_at__gte=start,
        reported_at__lt=end,
    )  # fmt: skip
    in_time = rows.filter(Q(due_on=None) | Q(reported_at__date__lte=F("due_on")))
    yield EvidenceItem(_("Assignments reported"), on, rows.count())
    yield EvidenceItem(_("Reported in time"), on, in_time.count())
    done = rows.filter(state=AssignmentState.DONE)
    yield EvidenceItem(_("Accepted by who had given them"), on, done.count())
    prefix = "handling__delivery__letter__"
    shown = _samples(rows, prefix).select_related("handling__delivery__letter")[:SAMPLES]
    for row in shown:
        title = _title(row.handling.delivery.letter)
        yield _sample(title, row.reported_at, row.handling.get_absolute_url())


_ITEMS = {
    "circulars.evidence_received": _received,
    "circulars.evidence_sent": _sent,
    "circulars.evidence_steps": _steps,
    "circulars.evidence_registers": _registers,
    "circulars.evidence_work": _work,
}


def _inside(office: Office) -> dict[str, Any]:
    return {"unit__office": office, "unit__kind__in": OFFICE_KINDS}


def _open(prefix: str = "") -> Q:
    return Q(**{f"{prefix}secrecy": Secrecy.OPEN})


def _samples(rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
    """The newest rows whose letter may be named to outsiders."""
    return rows.filter(**{f"{prefix}names_person": False}).order_by("-pk")


def _title(letter: Letter) -> str:
    return " ".join(filter(None, [letter.number_text, letter.subject]))


def _sample(title: str, at: datetime | None, url: str) -> EvidenceItem:
    on = timezone.localdate(at) if at else timezone.localdate()
    return EvidenceItem(title, on, url=url, is_sample=True)

"""What people did with letters, counted from the rows themselves; secret letters stay unnamed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from circulars.enums import SECRET, LetterState, StepKind, StepState
from circulars.enums_handling import HandlingStepKind
from circulars.enums_statistics import RECEIVED_SIDE, Done
from circulars.models import (
    Answer,
    Assignment,
    Delivery,
    Handling,
    HandlingStep,
    Letter,
    RouteStep,
)
from portal.core.periods import Period
from portal.core.registry import DoneItem
from portal.users.models import User


@dataclass(frozen=True)
class Trace:
    """Where the rows say that somebody did something: who, when, and to which letter."""

    done: Done
    model: type[Model]
    who: str
    at: str
    letter: str = "letter"
    where: Q = field(default_factory=Q)

    def rows(self, people: Iterable[int], start: datetime, end: datetime) -> QuerySet[Any]:
        given = {f"{self.who}__in": people, f"{self.at}__gte": start, f"{self.at}__lt": end}
        return self.model._default_manager.filter(self.where, **given).order_by()

    @property
    def is_open(self) -> Q:
        prefix = f"{self.letter}__" if self.letter else ""
        return ~Q(**{f"{prefix}secrecy__in": SECRET})

    @property
    def letter_id(self) -> str:
        return f"{self.letter}_id" if self.letter else "pk"


def _step(done: Done, **where: object) -> Trace:
    return Trace(done, RouteStep, "decided_by", "decided_at", where=Q(**where))


def _handled(done: Done, *kinds: HandlingStepKind) -> Trace:
    return Trace(
        done,
        HandlingStep,
        "decided_by",
        "decided_at",
        "handling__delivery__letter",
        Q(kind__in=kinds, state=StepState.DONE),
    )


TRACES = (
    Trace(
        Done.DRAFTED, Letter, "drafter", "created_at", "",
        ~Q(state__in=(LetterState.DISCARDED, LetterState.OUTSIDE)),
    ),
    Trace(Done.ENTERED, Letter, "drafter", "created_at", "", Q(state=LetterState.OUTSIDE)),
    _step(Done.ENDORSED, kind=StepKind.ENDORSE, state=StepState.DONE),
    _step(Done.ADVISED, kind=StepKind.CONSULT, state=StepState.DONE),
    _step(Done.SIGNED, kind=StepKind.SIGN, state=StepState.DONE),
    _step(Done.RETURNED, state=StepState.RETURNED),
    Trace(Done.SENT, Letter, "dispatched_by", "dispatched_at", ""),
    Trace(Done.REGISTERED, Delivery, "entry__registered_by", "entry__registered_at"),
    Trace(Done.ACKNOWLEDGED, Delivery, "acknowledged_by", "acknowledged_at"),
    Trace(Done.ANSWERED, Answer, "answered_by", "answered_at", "delivery__letter"),
    _handled(Done.REMARKED, HandlingStepKind.PROPOSE, HandlingStepKind.REMARK,
             HandlingStepKind.CONSULT),
    _handled(Done.ORDERED, HandlingStepKind.ORDER),
    Trace(Done.REPORTED, Assignment, "reported_by", "reported_at", "handling__delivery__letter"),
    Trace(Done.CLOSED, Handling, "closed_by", "closed_at", "delivery__letter"),
)  # fmt: skip

Counts = Mapping[tuple[int, Done, date], int]


def counts(people: Sequence[int], period: Period, *, with_secret: bool) -> Counts:
    """How often each person did what on which day; one query for any number of people."""
    parts = []
    for trace in TRACES:
        rows = trace.rows(people, period.starts_at, period.ends_at)
        if not with_secret:
            rows = rows.filter(trace.is_open)
        named = {"_what": Value(trace.done.value), "_who": F(trace.who)}
        parts.append(
            rows.annotate(**named, _day=TruncDate(trace.at))
            .values("_what", "_who", "_day")
            .annotate(_n=Count("pk"))
            .values_list("_what", "_who", "_day", "_n")
        )
    together = parts[0].union(*parts[1:], all=True)
    return {(who, Done(what), day): number for what, who, day, number in together}


def by_kind(counted: Counts) -> dict[Done, int]:
    """The numbers of all people and days, in the order of a letter's way, without zeros."""
    totals: Counter[Done] = Counter()
    for (_who, done, _day), number in counted.items():
        totals[done] += number
    return {done: totals[done] for done in Done if totals[done]}


def items(person: User, period: Period, *, viewer: User | None, limit: int) -> list[DoneItem]:
    """The newest things ``person`` did to letters that ``viewer`` may see and that are not secret.

    Two queries besides those of the viewer's rights.
    """
    if viewer is None:
        return []
    parts = []
    for trace in TRACES:
        rows = trace.rows([person.pk], period.starts_at, period.ends_at).filter(trace.is_open)
        parts.append(
            rows.annotate(
                _what=Value(trace.done.value), _at=F(trace.at), _letter=F(trace.letter_id)
            ).values_list("_what", "_at", "_letter")
        )
    newest = list(parts[0].union(*parts[1:], all=True).order_by("-_at")[:limit])
    wanted = {letter for _what, _at, letter in newest}
    seen = Letter.objects.known_to(viewer).filter(pk__in=wanted).exclude(secrecy__in=SECRET)
    letters = {letter.pk: letter for letter in seen}
    return [
        _item(Done(what), at, letters[letter]) for what, at, letter in newest if letter in letters
    ]


def _item(done: Done, at: datetime, letter: Letter) -> DoneItem:
    is_received = done in RECEIVED_SIDE or letter.state == LetterState.OUTSIDE
    url = letter.get_received_url() if is_received else letter.get_absolute_url()
    title = " ".join(filter(None, [letter.number_text, letter.subject]))
    return DoneItem(done.label, title, at, url)

"""Statistics of letters by unit and person: counted in the database, the same queries always."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from circulars.enums import SIGNED, DeliveryState, LetterState, StepKind
from circulars.enums_handling import HandlingStepKind
from circulars.enums_statistics import Done, Measure
from circulars.models import Assignment, Delivery, HandlingStep, Letter, RouteStep
from circulars.permissions_statistics import Scope
from circulars.services import work_done
from portal.core.periods import Period
from portal.org.models import Membership, Unit
from portal.users.models import User

NUMBERS = ("received", "sent", "pending", "overdue")


class Median(Aggregate):
    """The middle value; of an even number of them the mean of the two in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Numbers:
    """What was counted of a unit, or of all units together, in a period.

    ``pending`` and ``overdue`` are as of the period's end, or of now within it.
    """

    received: int = 0
    sent: int = 0
    pending: int = 0
    overdue: int = 0
    times: Mapping[Measure, timedelta | None] = field(default_factory=dict)

    def time(self, measure: Measure) -> timedelta | None:
        return self.times.get(measure)


@dataclass(frozen=True)
class UnitLine:
    unit: Unit | None
    now: Numbers
    before: Numbers

    @property
    def changes(self) -> dict[str, int]:
        """How much more or less than in the period before."""
        return {name: getattr(self.now, name) - getattr(self.before, name) for name in NUMBERS}


@dataclass(frozen=True)
class PersonLine:
    person: User
    unit: Unit
    done: Mapping[Done, int]
    open: int
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.done.values())

    @property
    def is_active(self) -> bool:
        """Did something in the period, or has work to do."""
        return bool(self.total or self.open)


@dataclass(frozen=True)
class Statistics:
    period: Period
    total: UnitLine
    units: list[UnitLine]


def statistics(scope: Scope, period: Period) -> Statistics:
    """The units of ``scope`` in ``period``, with the period before; twenty queries."""
    total = UnitLine(None, _together(scope, period), _together(scope, period.before))
    return Statistics(period, total, unit_lines(scope, period))


def unit_lines(scope: Scope, period: Period) -> list[UnitLine]:
    """Each unit of ``scope`` by itself, with the period before; half of those queries."""
    now, before = _by_unit(scope, period), _by_unit(scope, period.before)
    return [
        UnitLine(unit, now.get(unit.pk, Numbers()), before.get(unit.pk, Numbers()))
        for unit in scope.units
    ]


def trend(scope: Scope, period: Period) -> list[tuple[Period, int, int]]:
    """(step, received, signed) for each day of a month or month of a year; two queries."""
    received = _received(scope).filter(
        delivered_at__gte=period.starts_at, delivered_at__lt=period.ends_at
    )
    sent = _sent(scope, period.starts_at, period.ends_at)
    came, went = _by_day(received, "delivered_at"), _by_day(sent, "signed_at")
    return [
        (step, sum(came[day] for day in step.days), sum(went[day] for day in step.days))
        for step in period.steps
    ]


def people(scope: Scope, period: Period, *, only: User | None = None) -> list[PersonLine]:
    """What the people of the units did with open letters; three queries.

    ``only`` leaves one person, whose own secret letters count as well.
    """
    posts = Membership.objects.on().filter(person__is_active=True).select_related("person", "unit")
    posts = posts.filter(person=only) if only else posts.filter(unit__in=scope.unit_ids)
    first: dict[int, Membership] = {}
    for post in posts.order_by("unit__position", "unit__sort_key", "position__rank", "pk"):
        first.setdefault(post.person_id, post)
    done: dict[int, Counter[Done]] = defaultdict(Counter)
    for (who, what, _day), number in work_done.counts(
        list(first), period, with_secret=only is not None
    ).items():
        done[who][what] += number
    work = _open_work(list(first))
    return [
        PersonLine(post.person, post.unit, done[pk], *work.get(pk, (0, 0)))
        for pk, post in first.items()
    ]


def _by_day(rows: QuerySet[Any], at: str) -> Counter[date]:
    days = rows.order_by().annotate(_day=TruncDate(at)).values("_day").annotate(_n=Count("pk"))
    return Counter(dict(days.values_list("_day", "_n")))


def _by_unit(scope: Scope, period: Period) -> dict[int, Numbers]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for unit, rows, wanted in _measured(scope, period):
        # The group is named like no field, so that all five queries give the same columns.
        for row in rows.order_by().annotate(_unit=F(unit)).values("_unit").annotate(**wanted):
            found[row.pop("_unit")].update(row)
    return {pk: _numbers(values) for pk, values in found.items()}


def _together(scope: Scope, period: Period) -> Numbers:
    values: dict[str, Any] = {}
    for _unit, rows, wanted in _measured(scope, period):
        values |= rows.order_by().aggregate(**wanted)
    return _numbers(values)


def _numbers(values: dict[str, Any]) -> Numbers:
    counted = {name: values.get(f"n_{name}") or 0 for name in NUMBERS}
    times = {measure: values.get(f"t_{measure.value}") for measure in Measure}
    return Numbers(times=times, **counted)


def _measured(
    scope: Scope, period: Period
) -> list[tuple[str, QuerySet[Any], dict[str, Aggregate]]]:
    """(path to the unit, rows, what is asked of them) of deliveries, letters and steps."""
    start, end = period.starts_at, min(period.ends_at, timezone.now())
    measured: list[tuple[str, QuerySet[Any], dict[str, Aggregate]]] = [
        ("unit_id", _of_interest(_received(scope), start, end), _of_deliveries(start, end))
    ]
    if scope.is_schools:
        return measured
    steps = _within(RouteStep.objects.all(), "decided_at", start, end)
    handled = _within(HandlingStep.objects.all(), "decided_at", start, end)
    work = _within(Assignment.objects.all(), "reported_at", start, end)
    return [
        *measured,
        ("unit_id", _sent(scope, start, end), {"n_sent": Count("pk")}),
        (
            "unit_id",
            steps.filter(scope.letters("letter", "unit")),
            {
                "t_endorse": _median("arrived_at", "decided_at", Q(kind=StepKind.ENDORSE)),
                "t_sign": _median("arrived_at", "decided_at", Q(kind=StepKind.SIGN)),
            },
        ),
        (
            "unit_id",
            handled.filter(scope.letters("handling__delivery__letter", "unit")),
            {"t_order": _median("arrived_at", "decided_at", Q(kind=HandlingStepKind.ORDER))},
        ),
        (
            "unit_id",
            work.filter(scope.letters("handling__delivery__letter", "unit")),
            {"t_work": _median("arrived_at", "reported_at", Q())},
        ),
    ]


def _received(scope: Scope) -> QuerySet[Delivery]:
    rows = Delivery.objects.exclude(state=DeliveryState.UNDELIVERABLE)
    return rows.filter(scope.letters("letter", "unit"))


def _of_interest(rows: QuerySet[Delivery], start: datetime, end: datetime) -> QuerySet[Delivery]:
    """Deliveries up to ``end`` without those that were over and done with before ``start``.

    Whoever acknowledges has registered, so that what was acknowledged before counts nowhere,
    unless its answer is owed; most of a full office's deliveries are such.
    """
    lively = Q(delivered_at__gte=start) | _not_yet("acknowledged_at", start)
    owing = Q(letter__answer_wanted=True) & _not_yet("answered_at", start)
    return rows.filter(lively | owing, delivered_at__lt=end)


def _sent(scope: Scope, start: datetime, end: datetime) -> QuerySet[Letter]:
    rows = Letter.objects.filter(scope.letters("", "unit"), state__in=SIGNED)
    if scope.is_schools:
        return rows.none()
    return rows.exclude(state=LetterState.VOID).filter(signed_at__gte=start, signed_at__lt=end)


def _of_deliveries(start: datetime, end: datetime) -> dict[str, Aggregate]:
    """What is asked of deliveries up to ``end``; "not yet" is meant as of then."""
    unclosed = _not_yet("handling__closed_at", end)
    unacknowledged = _not_yet("acknowledged_at", end) & unclosed
    owing = (Q(letter__answer_wanted=True) & _not_yet("answered_at", end)) | (
        Q(letter__answer_wanted=False) & unacknowledged
    )
    registered = Q(entry__registered_at__gte=start, entry__registered_at__lt=end)
    acknowledged = Q(acknowledged_at__gte=start, acknowledged_at__lt=end)
    last_day = timezone.localdate(end - timedelta(microseconds=1))
    return {
        "n_received": Count("pk", filter=Q(delivered_at__gte=start)),
        "n_pending": Count("pk", filter=unacknowledged),
        "n_overdue": Count("pk", filter=owing & Q(letter__due_on__lt=last_day)),
        "t_register": _median("delivered_at", "entry__registered_at", registered),
        "t_acknowledge": _median("delivered_at", "acknowledged_at", acknowledged),
    }


def _not_yet(at: str, end: datetime) -> Q:
    return Q(**{f"{at}__isnull": True}) | Q(**{f"{at}__gte": end})


def _within(rows: QuerySet[Any], at: str, start: datetime, end: datetime) -> QuerySet[Any]:
    return rows.filter(**{f"{at}__gte": start, f"{at}__lt": end, "arrived_at__isnull": False})


def _median(start: str, end: str, where: Q) -> Median:
    taken = ExpressionWrapper(F(end) - F(start), DurationField())
    return Median(taken, filter=where) if where else Median(taken)


def _open_work(people_ids: list[int]) -> dict[int, tuple[int, int]]:
    """(open, overdue) assignments that each person accepted."""
    late = Q(due_on__lt=timezone.localdate())
    rows = Assignment.objects.open().filter(accepted_by__in=people_ids).order_by()
    rows = rows.values("accepted_by").annotate(_open=Count("pk"), _late=Count("pk", filter=late))
    return {row["accepted_by"]: (row["_open"], row["_late"]) for row in rows}

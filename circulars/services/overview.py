"""The director's page: what to decide, how letters come and go, where it takes longest."""

from dataclasses import dataclass
from datetime import timedelta

from circulars.enums_statistics import Measure
from circulars.permissions_statistics import scope_of
from circulars.services.statistics import Statistics, UnitLine, statistics, trend, unit_lines
from portal.core.periods import Period
from portal.core.registry import WorkItem, work_tiles
from portal.org.models import Unit
from portal.users.models import User

DECISIONS = ("circulars.waiting", "circulars.to_order", "desk.reports", "circulars.overdue")
"""The tiles of "my work" that ask for a decision, in the order of the page."""

MOST_ITEMS = 3
MOST_ROWS = 8


@dataclass(frozen=True)
class Decision:
    title: str
    icon: str
    url: str
    count: int
    items: list[WorkItem]


@dataclass(frozen=True)
class SlowStep:
    unit: Unit
    measure: Measure
    time: timedelta
    before: timedelta | None


@dataclass(frozen=True)
class Overview:
    decisions: list[Decision]
    statistics: Statistics
    trend: list[tuple[Period, int, int]]
    slowest: list[SlowStep]
    behind: list[UnitLine]
    schools_behind: list[UnitLine]


def overview(user: User, period: Period) -> Overview:
    """All of the page for director or deputy; the queries do not grow with the letters."""
    scope = scope_of(user)
    inside = statistics(scope, period)
    schools = unit_lines(scope_of(user, schools=True), period)
    return Overview(
        decisions=decisions(user),
        statistics=inside,
        trend=trend(scope, period),
        slowest=slowest(inside.units),
        behind=behind(inside.units),
        schools_behind=behind(schools),
    )


def decisions(user: User) -> list[Decision]:
    """What waits for ``user`` to decide; kinds of work with nothing waiting are left out."""
    found = []
    for code in DECISIONS:
        tile = work_tiles.get(code) if code in work_tiles else None
        if tile is not None and (count := tile.count(user)):
            items = tile.items(user, MOST_ITEMS)
            found.append(Decision(str(tile.title), tile.icon, tile.url(user), count, items))
    return found


def slowest(lines: list[UnitLine]) -> list[SlowStep]:
    """The steps with the longest median, the slowest first."""
    steps = [
        SlowStep(line.unit, measure, time, line.before.time(measure))
        for line in lines
        if line.unit is not None
        for measure in Measure
        if (time := line.now.time(measure)) is not None
    ]
    return sorted(steps, key=lambda step: step.time, reverse=True)[:MOST_ROWS]


def behind(lines: list[UnitLine]) -> list[UnitLine]:
    """The units with most overdue, then most pending letters; those with none are left out."""
    late = [line for line in lines if line.now.overdue or line.now.pending]
    return sorted(late, key=lambda line: (-line.now.overdue, -line.now.pending))[:MOST_ROWS]

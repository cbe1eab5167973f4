"""What has happened to a received letter: who held it, how long, with which words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from circulars.enums import StepState
from circulars.enums_handling import AssignmentState, HandlingStepKind, Share
from circulars.models import Assignment, Handling, HandlingStep
from circulars.workflow_handling import ASSIGNMENT, DESK
from portal.workflow.service import Move, available

if TYPE_CHECKING:
    from portal.users.models import User

LOOK = {
    StepState.WAITING: "waiting",
    StepState.CURRENT: "current",
    StepState.DONE: "done",
    StepState.RETURNED: "returned",
    StepState.CANCELLED: "skipped",
}
SHARE_ORDER = [Share.LEAD, Share.SECONDARY, Share.JOINT]


@dataclass
class Stop:
    """A desk as the page shows it."""

    step: HandlingStep
    state: str
    held: str
    is_vacant: bool
    moves: list[Move]
    told: list[Any]

    @property
    def who(self) -> str:
        step = self.step
        if step.decided_by is None:
            return step.post
        return " · ".join([str(step.decided_by), *step.decided_as])


@dataclass
class Part:
    """A part of the ordered work with the parts that its owner shared out."""

    work: Assignment
    is_vacant: bool
    moves: list[Move]
    reports: list[Any]
    told: list[Any]
    parts: "list[Part]" = field(default_factory=list)


def stops(handling: Handling, user: "User") -> list[Stop]:
    """All desks in their order, those beside the way after the desk that they stand beside."""
    rows = list(
        handling.steps.select_related(
            "unit", "membership__person", "membership__unit", "decided_by", "asked_by"
        ).prefetch_related("escalations__unit")
    )
    vacant = _vacant(rows, handling.steps.at_desks())
    for row in rows:
        row.handling = handling
    return [
        Stop(
            step=row,
            state=LOOK[StepState(row.state)],
            held=held_for(row.arrived_at, row.decided_at or timezone.now())
            if row.arrived_at and row.state != StepState.CANCELLED
            else "",
            is_vacant=row.pk in vacant,
            moves=available(DESK, row, user) if row.state == StepState.CURRENT else [],
            told=list(row.escalations.all()),
        )
        for row in rows
        if row.kind != HandlingStepKind.INFORM
    ]


def copies(handling: Handling) -> list[HandlingStep]:
    """Who got it for information, and whether they have looked."""
    rows = handling.steps.filter(kind=HandlingStepKind.INFORM)
    return list(rows.select_related("unit", "membership__person", "decided_by"))


def parts(handling: Handling, user: "User") -> list[Part]:
    """The ordered work, the lead first, with what was shared out below each owner."""
    rows = list(
        handling.assignments.exclude(state=AssignmentState.DROPPED)
        .select_related("unit__office", "membership__person", "membership__unit", "given_by")
        .prefetch_related("reports__reported_by", "reports__files__blob", "escalations__unit")
    )
    vacant = _vacant(rows, handling.assignments.open())
    found = {}
    for row in rows:
        row.handling = handling
        found[row.pk] = Part(
            work=row,
            is_vacant=row.pk in vacant,
            moves=available(ASSIGNMENT, row, user),
            reports=list(row.reports.all()),
            told=list(row.escalations.all()),
        )
    for part in found.values():
        if part.work.parent_id in found:
            found[part.work.parent_id].parts.append(part)
    top = [part for part in found.values() if part.work.parent_id is None]
    return sorted(top, key=lambda part: SHARE_ORDER.index(Share(part.work.share)))


def held_for(start: datetime, end: datetime) -> str:
    """A span in days and hours, or in minutes when it is short."""
    span = max(end - start, timedelta())
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    if days:
        words = [ngettext("%(n)s day", "%(n)s days", days) % {"n": days}]
        if hours:
            words.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
        return " ".join(words)
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return _("less than a minute")


def _vacant(rows: list[Any], waiting: Any) -> frozenset[int]:
    return frozenset(waiting.vacant().values_list("pk", flat=True)) if rows else frozenset()

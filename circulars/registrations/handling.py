"""What the work on received letters adds to the pages of the portal."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from circulars import tasks_handling
from circulars.demo_handling import HandlingDemo
from circulars.enums_handling import AssignmentState, HandlingStepKind
from circulars.held import waiting_at
from circulars.inboxes import inherited_posts
from circulars.models import Assignment, HandlingStep
from circulars.querysets_handling import in_headed_units
from circulars.services.desks import may_hand_over
from circulars.services.escalation import tell_vacant_work
from circulars.workflow_handling import ASSIGNMENT, DESK, HANDLING
from portal.core import registry
from portal.core.registry import MenuEntry, NotificationKind, WorkItem, WorkTile
from portal.org.permissions import roles_of
from portal.workflow.service import register_table

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = (
    ("to_remark", gettext_lazy("A received letter waits for my remark or order"), False),
    ("sent_back", gettext_lazy("A received letter came back to me"), False),
    ("handling_withdrawn", gettext_lazy("A received letter was taken back from me"), False),
    ("opinion_given", gettext_lazy("My question about a received letter was answered"), False),
    ("for_information", gettext_lazy("I got a copy of a letter for information"), False),
    ("assigned", gettext_lazy("Work on a letter is assigned to me"), True),
    ("work_withdrawn", gettext_lazy("Work was taken back from me"), False),
    ("work_reported", gettext_lazy("Work that I gave was reported"), False),
    ("report_returned", gettext_lazy("More is asked about my report"), False),
    ("work_given_back", gettext_lazy("Work that I gave came back"), False),
    ("handling_closed", gettext_lazy("A letter on which I worked was closed"), False),
    ("overdue_below", gettext_lazy("A letter is overdue at a desk below mine"), True),
    ("desk_handed", gettext_lazy("Somebody's open work was handed over to me"), True),
)
ROWS = (
    "unit", "membership__person", "handling__delivery__letter__unit", "handling__delivery__entry",
)  # fmt: skip


class HeldTile(WorkTile):
    """Rows at somebody's post, each shown as the letter it is about."""

    def rows(self, user: "User") -> "QuerySet[Any]":
        raise NotImplementedError

    def url(self, user: "User") -> str:
        return reverse("circulars:work", args=[self.code.rpartition(".")[2]])

    def count(self, user: "User") -> int:
        return self.rows(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        return [self._item(row) for row in self.rows(user).select_related(*ROWS)[:limit]]

    def _item(self, row: Any) -> WorkItem:
        letter = row.handling.delivery.letter
        return WorkItem(
            title=letter.subject,
            url=row.handling.get_absolute_url(),
            meta=self.meta(row),
            due_on=_due_on(row),
            tone="danger" if letter.speed != "ordinary" else "",
        )

    def meta(self, row: Any) -> str:
        letter = row.handling.delivery.letter
        return f"{letter.number_text} · {letter.unit}"


class HandoverEntry(MenuEntry):
    code = "circulars.desk_handovers"
    order = 62
    label = gettext_lazy("Hand a desk over")
    url_name = "circulars:desk_handovers"
    icon = "person-gear"

    def visible_to(self, user: "User") -> bool:
        return may_hand_over(user)


class ToOrderTile(HeldTile):
    code = "circulars.to_order"
    order = 9
    title = gettext_lazy("To remark or order")
    icon = "chat-left-quote"

    def rows(self, user: "User") -> "QuerySet[HandlingStep]":
        steps = HandlingStep.objects.at_desks().held_by(user)
        return steps.order_by("due_at", "pk")


class CopiesTile(HeldTile):
    code = "circulars.copies"
    order = 19
    title = gettext_lazy("For information")
    icon = "eye"

    def rows(self, user: "User") -> "QuerySet[HandlingStep]":
        steps = HandlingStep.objects.current().filter(kind=HandlingStepKind.INFORM)
        return steps.held_by(user).order_by("arrived_at", "pk")


class AssignedTile(HeldTile):
    code = "circulars.assigned"
    order = 8
    title = gettext_lazy("Assigned to me")
    icon = "person-workspace"

    def rows(self, user: "User") -> "QuerySet[Assignment]":
        return Assignment.objects.open().held_by(user).order_by("due_on", "pk")


class ReportedTile(HeldTile):
    """Reports that who gave the work has not accepted yet."""

    code = "circulars.reported"
    order = 17
    title = gettext_lazy("Reported to me")
    icon = "file-earmark-check"

    def rows(self, user: "User") -> "QuerySet[Assignment]":
        rows = Assignment.objects.filter(state=AssignmentState.REPORTED).given_by(user)
        return rows.order_by("reported_at", "pk")

    def meta(self, row: Assignment) -> str:
        return row.post


class LateBelowTile(HeldTile):
    """Work that I gave and that is late."""

    code = "circulars.late_below"
    order = 18
    title = gettext_lazy("Late work that I gave")
    icon = "hourglass-split"

    def rows(self, user: "User") -> "QuerySet[Assignment]":
        return Assignment.objects.late().given_by(user).order_by("due_on", "pk")

    def meta(self, row: Assignment) -> str:
        return row.post


class NoHolderTile(HeldTile):
    """Open work at posts of my unit that nobody holds."""

    code = "circulars.no_holder"
    order = 15
    title = gettext_lazy("Work that nobody has")
    icon = "person-gear"

    def rows(self, user: "User") -> "QuerySet[Assignment]":
        rows = Assignment.objects.open().vacant().filter(in_headed_units(user))
        return rows.order_by("due_on", "pk")

    def meta(self, row: Assignment) -> str:
        return row.post


class WorkWatch:
    """Somebody's post changed: work may wait where nobody is any more."""

    code = "circulars.vacant_work"

    def __call__(self, user: "User", what: str, on: date) -> None:
        tell_vacant_work(office_id=user.office_id)


TILES = (AssignedTile, ToOrderTile, NoHolderTile, ReportedTile, LateBelowTile, CopiesTile)


BY_THE_CLOCK = (
    tasks_handling.escalate_overdue,
    tasks_handling.hand_over_desks,
    tasks_handling.tell_vacant_work,
)
"""Named here so that every process knows these tasks."""


def register() -> None:
    """Called once when the app is ready."""
    for table in (HANDLING, DESK, ASSIGNMENT):
        register_table(table, readme="circulars/README.md")
    for position, (code, label, urgent) in enumerate(KINDS):
        registry.notification_kinds.register(_kind(code, label, urgent, position))
    for tile in TILES:
        registry.work_tiles.register(tile())
    registry.menu_entries.register(HandoverEntry())
    registry.person_changed.register(WorkWatch())
    registry.demo_loaders.register(HandlingDemo())


def waiting_count(user: "User") -> int:
    """How many letters wait for ``user`` on their way up or received, and how much work."""
    return waiting_at(user, roles_of(user) | inherited_posts(user))


def _due_on(row: HandlingStep | Assignment) -> date | None:
    if isinstance(row, Assignment):
        return row.due_on
    return timezone.localdate(row.due_at) if row.due_at else None


def _kind(code: str, label: Promise, urgent: bool, position: int) -> NotificationKind:
    return NotificationKind(
        code=f"circulars.{code}", label=label, urgent=urgent, order=40 + position
    )

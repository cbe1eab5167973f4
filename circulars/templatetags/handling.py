"""How the work on received letters looks: states with tone and icon, buttons in their order."""

from collections.abc import Sequence

from django import template
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from circulars.enums_handling import AssignmentState, HandlingState
from circulars.models import Assignment, Delivery, Escalation, Handling
from portal.core.templatetags.portal_tags import status_tag
from portal.core.templatetags.thai import thai_datetime
from portal.org.enums import Role
from portal.workflow.service import Move

register = template.Library()

WITHIN_REACH = 3
"""So many moves have a button within thumb's reach; the others stand on the page."""

HANDLING_LOOK = {
    HandlingState.NEW: ("neutral", "envelope-open"),
    HandlingState.PROPOSED: ("info", "arrow-up-circle"),
    HandlingState.ASSIGNED: ("brand", "person-check"),
    HandlingState.IN_WORK: ("brand", "hourglass-split"),
    HandlingState.REPORTED: ("success", "file-earmark-check"),
    HandlingState.CLOSED: ("neutral", "archive"),
}
WORK_LOOK = {
    AssignmentState.SUGGESTED: ("neutral", "lightbulb"),
    AssignmentState.GIVEN: ("warning", "envelope"),
    AssignmentState.ACCEPTED: ("info", "hourglass-split"),
    AssignmentState.REPORTED: ("brand", "file-earmark-check"),
    AssignmentState.DONE: ("success", "check2-all"),
    AssignmentState.RETURNED: ("danger", "arrow-return-left"),
    AssignmentState.PULLED_BACK: ("neutral", "arrow-counterclockwise"),
    AssignmentState.DROPPED: ("neutral", "dash"),
}


@register.simple_tag
def handling_state(handling: Handling) -> SafeString:
    state = HandlingState(handling.state)
    return status_tag(str(state.label), *HANDLING_LOOK[state])


@register.simple_tag
def work_state(assignment: Assignment) -> SafeString:
    state = AssignmentState(assignment.state)
    return status_tag(str(state.label), *WORK_LOOK[state])


@register.simple_tag
def told_late(escalation: Escalation) -> str:
    """Who was told that something is late, and when."""
    words = {
        "post": f"{Role(escalation.role).label} · {escalation.unit}",
        "when": thai_datetime(escalation.told_at),
    }
    return _("Overdue told to %(post)s, %(when)s") % words


@register.simple_tag
def suggested_work(delivery: Delivery) -> "QuerySet[Assignment]":
    rows = Assignment.objects.filter(handling__delivery=delivery, state=AssignmentState.SUGGESTED)
    return rows.select_related("unit", "membership__person")


@register.filter
def foremost(moves: Sequence[Move]) -> list[Move]:
    """The moves within thumb's reach: what is done every day, nothing to be regretted."""
    return [move for move in moves if move.tone != "warning"][:WITHIN_REACH]


@register.filter
def behind(moves: Sequence[Move]) -> list[Move]:
    """The other moves."""
    near = foremost(moves)
    return [move for move in moves if move not in near]

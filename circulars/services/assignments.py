"""What owners and superiors do with ordered work."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from circulars.effects.assignments import Owner
from circulars.effects.desks import Post
from circulars.enums_handling import AssignmentState
from circulars.models import Assignment
from circulars.services.handling import follow_lead, locked
from circulars.workflow_handling import ASSIGNMENT
from portal.files.models import StoredFile
from portal.users.models import User
from portal.workflow.service import apply_move


def accept(*, assignment: Assignment, actor: User) -> Assignment:
    return _do("accept", assignment, actor)


def report(
    *, assignment: Assignment, actor: User, text: str, files: Sequence[StoredFile] = ()
) -> Assignment:
    """รายงานผล; the lead's report brings the whole letter to "result reported"."""
    return _do("report", assignment, actor, text=text, files=list(files))


def share_out(
    *,
    assignment: Assignment,
    actor: User,
    owners: Sequence[Owner],
    note: str = "",
    due_on: date | None = None,
) -> Assignment:
    """Give parts of a group's work to its people, due when the whole is at the latest."""
    with locked(assignment.handling_id) as handling:
        row = apply_move(
            ASSIGNMENT, "share_out", pk=assignment.pk, actor=actor, owners=list(owners),
            note=note, due_on=due_on,
        )  # fmt: skip
        for part in row.parts.filter(state=AssignmentState.SUGGESTED):
            apply_move(ASSIGNMENT, "give", pk=part.pk, actor=None)
        follow_lead(handling)
    return row


def close(*, assignment: Assignment, actor: User, remark: str = "") -> Assignment:
    """Whoever gave it, or leads, is content with the report."""
    return _do("close", assignment, actor, remark=remark)


def ask_more(*, assignment: Assignment, actor: User, remark: str) -> Assignment:
    return _do("ask_more", assignment, actor, remark=remark)


def give_back(*, assignment: Assignment, actor: User, remark: str) -> Assignment:
    """The owner says why it is not theirs."""
    return _do("give_back", assignment, actor, remark=remark)


def pull_back(*, assignment: Assignment, actor: User) -> Assignment:
    return _do("pull_back", assignment, actor)


def reassign(*, assignment: Assignment, actor: User, to: Post) -> Assignment:
    return _do("reassign", assignment, actor, to=to)


def _do(name: str, assignment: Assignment, actor: User, **inputs: Any) -> Assignment:
    with locked(assignment.handling_id) as handling:
        row = apply_move(ASSIGNMENT, name, pk=assignment.pk, actor=actor, **inputs)
        follow_lead(handling)
    return row

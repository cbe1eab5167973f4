"""Ordered work: given, accepted, shared out, reported, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.deadlines import work_deadline
from circulars.effects.desks import (
    Post,
    people_at,
    reads_anyway,
    signature_at,
    tell_desk,
    tell_people,
    waiting_url,
)
from circulars.effects.handling import check_names
from circulars.effects.notices import tell
from circulars.effects.uploads import take_uploads
from circulars.enums import StepState
from circulars.enums_handling import AssignmentState, HandlingStepKind, Share
from circulars.models import Assignment, Handling, WorkReport
from portal.core.errors import InvalidInput
from portal.files.models import StoredFile
from portal.files.service import seal_files
from portal.users.models import User


@dataclass(frozen=True)
class Owner:
    """Who gets a part of the work, and which."""

    post: Post
    share: Share


def suggest(
    *,
    handling: Handling,
    actor: User,
    owners: Sequence[Owner],
    note: str = "",
    due_on: date | None = None,
    parent: Assignment | None = None,
) -> list[Assignment]:
    """Write down who should do it, before it is ordered. Raises ``InvalidInput`` for two leads,
    no lead, one owner twice, or a day that is over.
    """
    check_owners(handling, owners, parent)
    if due_on is not None and due_on < timezone.localdate():
        raise InvalidInput(_("This day is over."), field="due_on")
    if parent is not None and parent.due_on and (due_on is None or due_on > parent.due_on):
        due_on = parent.due_on
    rows = [
        Assignment(
            handling=handling,
            parent=parent,
            share=owner.share,
            unit_id=owner.post.unit_id,
            role=owner.post.role,
            membership_id=owner.post.membership_id,
            opens=not reads_anyway(handling.delivery, owner.post),
            note=note,
            due_on=due_on,
            given_by=actor,
        )
        for owner in owners
    ]
    return Assignment.objects.bulk_create(rows)


def check_owners(
    handling: Handling, owners: Sequence[Owner], parent: Assignment | None = None
) -> None:
    """One lead on each level, nobody twice."""
    level = handling.assignments.live().filter(parent=parent)
    present = {Post.of(row) for row in level}
    leads = sum(owner.share == Share.LEAD for owner in owners)
    leads += sum(row.share == Share.LEAD for row in level)
    posts = [owner.post for owner in owners]
    if not owners:
        raise InvalidInput(_("Choose who does it."), field="lead")
    if leads != 1:
        message = _("There is a lead already.") if leads else _("Choose who leads.")
        raise InvalidInput(message, field="lead")
    if len(set(posts)) < len(posts) or present & set(posts):
        raise InvalidInput(_("This owner has a part in it already."), field="joint")
    check_names(handling, posts, "lead")


def give(*, obj: Assignment, actor: None) -> None:
    """The order is given: the owner is told, and the days count."""
    handling = obj.handling
    orders = handling.steps.filter(kind=HandlingStepKind.ORDER, state=StepState.DONE)
    if obj.parent_id is None:
        obj.order_step = orders.last()
    obj.arrived_at = timezone.now()
    if obj.due_on is None:
        unit = handling.delivery.unit
        obj.due_on = work_deadline(
            unit.office, handling.delivery.letter.speed, timezone.localdate()
        )
    tell_desk("assigned", obj, handling, obj.given_by)


def accept(*, obj: Assignment, actor: User) -> None:
    obj.accepted_at = timezone.now()
    obj.accepted_by = actor


def accept_if_new(obj: Assignment, actor: User) -> None:
    if obj.accepted_at is None:
        accept(obj=obj, actor=actor)


def share_out(
    *,
    obj: Assignment,
    actor: User,
    owners: Sequence[Owner],
    note: str = "",
    due_on: date | None = None,
) -> None:
    """Give parts of the own work to people of the unit; the service gives them out."""
    accept_if_new(obj, actor)
    suggest(
        handling=obj.handling, actor=actor, owners=owners, note=note, due_on=due_on, parent=obj
    )


def report(
    *, obj: Assignment, actor: User, text: str, files: list[StoredFile] | None = None
) -> None:
    """รายงานผล, in words and files. Raises ``InvalidInput`` while parts of it are open."""
    still = obj.parts.open().count()
    if still:
        message = _("%(count)s part(s) of the work are not reported yet.") % {"count": still}
        raise InvalidInput(message, field="text")
    accept_if_new(obj, actor)
    take_uploads(files or [], actor)
    obj.reported_at = timezone.now()
    obj.reported_by = actor
    given = WorkReport.objects.create(
        assignment=obj,
        text=text,
        reported_by=actor,
        reported_at=obj.reported_at,
        reported_as=signature_at(obj, actor).lines,
    )
    given.files.set(files or [])
    if obj.handling.delivery.letter.is_secret:
        seal_files(files or [])
    tell_people("work_reported", [*givers(obj), *_leaders(obj)], obj.handling, actor)


def close(*, obj: Assignment, actor: User, remark: str = "") -> None:
    obj.done_at = timezone.now()
    obj.done_by = actor
    obj.reason = remark


def ask_more(*, obj: Assignment, actor: User, remark: str) -> None:
    """The report is not enough yet; the owner goes on."""
    obj.reason = remark
    tell_people("report_returned", people_at(obj), obj.handling, actor)


def give_back(*, obj: Assignment, actor: User, remark: str) -> None:
    """The owner returns the work with the reason: it is not theirs. Parts given out end too."""
    obj.reason = remark
    _end_parts(obj, actor)
    tell_people("work_given_back", givers(obj), obj.handling, actor)


def pull_back(*, obj: Assignment, actor: User) -> None:
    people = set(people_at(obj)) - {actor}
    tell("work_withdrawn", people, obj.handling.delivery.letter, actor, waiting_url())


def reassign(*, obj: Assignment, actor: User, to: Post) -> None:
    """Give the work to somebody else; it begins anew there, the due date stays."""
    check_names(obj.handling, [to], "to")
    level = obj.handling.assignments.live().filter(parent=obj.parent_id).exclude(pk=obj.pk)
    if to in {Post.of(row) for row in level}:
        raise InvalidInput(_("This owner has a part in it already."), field="to")
    obj.unit_id, obj.role, obj.membership_id = to.unit_id, to.role, to.membership_id
    obj.opens = not reads_anyway(obj.handling.delivery, to)
    obj.accepted_at = obj.accepted_by = obj.seen_at = obj.vacancy_told_at = None
    obj.arrived_at = timezone.now()
    obj.save()
    tell_desk("assigned", Assignment.objects.get(pk=obj.pk), obj.handling, actor)


def givers(obj: Assignment) -> list[User]:
    """Who waits for the result: the post that ordered it, or who shared it out."""
    source = obj.parent or obj.order_step
    return people_at(source) if source else [obj.given_by]


def _leaders(obj: Assignment) -> list[User]:
    """Who leads the work that this is a part of beside the lead."""
    if obj.share == Share.LEAD:
        return []
    leads = obj.handling.assignments.leads().filter(parent=obj.parent_id)
    return [user for row in leads.select_related("unit", "membership") for user in people_at(row)]


def _end_parts(obj: Assignment, actor: User) -> None:
    for part in obj.parts.open().select_related("unit", "membership"):
        _end_parts(part, actor)
        pull_back(obj=part, actor=actor)
    obj.parts.open().update(state=AssignmentState.PULLED_BACK)


def end(*, obj: Assignment, actor: None, by: User) -> None:
    """The whole letter was closed by ``by``."""
    obj.done_at = timezone.now()
    obj.done_by = by


def resume(*, obj: Assignment, actor: None) -> None:
    """The letter was taken up again, so its lead goes on."""
    obj.done_at = obj.done_by = None
    obj.accepted_at = obj.accepted_at or timezone.now()
    tell_desk("assigned", obj, obj.handling, None)

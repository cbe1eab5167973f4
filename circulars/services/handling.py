"""What people do with a received letter on its way: submit, remark, order, ask, close."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects import assignments as work
from circulars.effects import handling as way
from circulars.effects.assignments import Owner
from circulars.effects.desks import Post, people_at, tell_people
from circulars.effects.handling import Stops
from circulars.enums import StepState
from circulars.enums_handling import (
    WORKING,
    AssignmentState,
    HandlingState,
    HandlingStepKind,
    Share,
)
from circulars.models import Assignment, Delivery, Handling, HandlingStep, Letter, LetterLook
from circulars.permissions import may_read_delivery
from circulars.permissions_handling import keeps_it, reads, superior, takes_part
from circulars.workflow_handling import ASSIGNMENT, DESK, HANDLING
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.users.models import User
from portal.workflow.service import apply_move

IN_HOUSE = ("delivery__unit__office", "delivery__letter__unit__office")
"""What the rules about a received letter look at."""


def handling_of(delivery: Delivery) -> Handling:
    """The work on a received letter; a new one, not stored yet, before anybody submits it."""
    found = Handling.objects.select_related(*IN_HOUSE).filter(delivery=delivery).first()
    return found or Handling(delivery=delivery)


@contextmanager
def locked(handling_id: int) -> Iterator[Handling]:
    """One thing at a time happens to a letter: its row is locked first, parts of it after."""
    with transaction.atomic():
        rows = Handling.objects.select_related(*IN_HOUSE).select_for_update(of=("self",))
        yield rows.get(pk=handling_id)


def propose(
    *,
    delivery: Delivery,
    actor: User,
    to: Stops,
    remark: str = "",
    owners: Sequence[Owner] = (),
    due_on: date | None = None,
) -> Handling:
    """เสนอ: bring a registered letter to the first desk, with who should do it if that is clear.

    ``to`` are stops one after the other. Raises ``NotAllowed`` unless the actor keeps the inbox.
    """
    with transaction.atomic():
        if not (may_read_delivery(actor, delivery) and delivery.entry_id):
            raise NotAllowed(action="circulars.handling.propose", about=delivery)
        handling, _is_new = Handling.objects.get_or_create(delivery=delivery)
        handling = apply_move(
            HANDLING, "propose", pk=handling.pk, actor=actor, to=to, remark=remark
        )
        if owners:
            _suggest_anew(handling, actor, owners, due_on)
    return handling


def pass_on(
    *,
    handling: Handling,
    actor: User,
    remark: str = "",
    to: Stops = (),
    owners: Sequence[Owner] = (),
    due_on: date | None = None,
) -> Handling:
    """เกษียน: remark and pass on; ``owners`` takes the place of what was suggested before."""
    with transaction.atomic():
        handling = apply_move(
            HANDLING, "pass_on", pk=handling.pk, actor=actor, to=to, remark=remark
        )
        if owners:
            _suggest_anew(handling, actor, owners, due_on)
    return handling


def order(
    *,
    handling: Handling,
    actor: User,
    owners: Sequence[Owner],
    remark: str = "",
    due_on: date | None = None,
    inform: Sequence[Post] = (),
) -> Handling:
    """สั่งการ and มอบหมาย: several owners at once, copies for information to others."""
    with transaction.atomic():
        handling = apply_move(HANDLING, "order", pk=handling.pk, actor=actor, remark=remark)
        _drop_suggestions(handling)
        work.suggest(handling=handling, actor=actor, owners=owners, note=remark, due_on=due_on)
        _give_suggestions(handling)
        way.inform(handling=handling, actor=actor, to=inform)
    return handling


def approve(*, handling: Handling, actor: User, remark: str = "") -> Handling:
    """ดำเนินการตามเสนอ: order what was suggested, with one tap."""
    with transaction.atomic():
        handling = apply_move(HANDLING, "approve", pk=handling.pk, actor=actor, remark=remark)
        for suggested in handling.assignments.filter(state=AssignmentState.SUGGESTED):
            suggested.given_by, suggested.note = actor, remark
            suggested.save(update_fields=["given_by", "note"])
        _give_suggestions(handling)
    return handling


def note(
    *, handling: Handling, actor: User, remark: str = "", inform: Sequence[Post] = ()
) -> Handling:
    """ทราบ: nothing has to be done; others may get copies."""
    with transaction.atomic():
        handling = apply_move(HANDLING, "note", pk=handling.pk, actor=actor, remark=remark)
        _drop_suggestions(handling)
        way.inform(handling=handling, actor=actor, to=inform)
    return handling


def send_back(*, handling: Handling, actor: User, remark: str, step: HandlingStep) -> Handling:
    """Return to any earlier desk, with the reason."""
    return apply_move(HANDLING, "send_back", pk=handling.pk, actor=actor, remark=remark, step=step)


def pull_back(*, handling: Handling, actor: User) -> Handling:
    """Take it back while nobody at the next desk has looked."""
    return apply_move(HANDLING, "pull_back", pk=handling.pk, actor=actor)


def close(*, handling: Handling, actor: User, remark: str = "") -> Handling:
    """ปิดเรื่อง, by the lead or the superior, when everything is reported."""
    with transaction.atomic():
        handling = apply_move(HANDLING, "close", pk=handling.pk, actor=actor, remark=remark)
        _end_work(handling, actor)
    return handling


def close_unfinished(*, handling: Handling, actor: User, remark: str) -> Handling:
    """The superior waits no longer."""
    with transaction.atomic():
        handling = apply_move(
            HANDLING, "close_unfinished", pk=handling.pk, actor=actor, remark=remark
        )
        _end_work(handling, actor)
    return handling


def reopen(*, handling: Handling, actor: User, remark: str) -> Handling:
    """Take up a closed letter again: its lead goes on, or it waits for another order."""
    with transaction.atomic():
        handling = apply_move(HANDLING, "reopen", pk=handling.pk, actor=actor, remark=remark)
        lead = handling.assignments.leads().top().filter(state=AssignmentState.DONE).first()
        if lead is not None:
            apply_move(ASSIGNMENT, "resume", pk=lead.pk, actor=None)
    return handling


def give_more(
    *,
    handling: Handling,
    actor: User,
    owners: Sequence[Owner],
    note: str = "",
    due_on: date | None = None,
) -> Handling:
    """Give more owners a part of work that was ordered already."""
    with locked(handling.pk) as fresh:
        if not superior(actor, fresh):
            raise NotAllowed(action="handling.give_more", about=fresh)
        _check_state(fresh, WORKING)
        work.suggest(handling=fresh, actor=actor, owners=owners, note=note, due_on=due_on)
        _give_suggestions(fresh)
        record(action="handling.give_more", actor=actor, about=fresh)
        if any(owner.share == Share.LEAD for owner in owners):
            follow_lead(fresh)
    return fresh


def ask(*, handling: Handling, actor: User, to: Sequence[Post], question: str) -> Handling:
    """Ask others for an opinion; the letter stays where it is meanwhile."""
    if not question.strip():
        raise InvalidInput(_("Write what you ask."), field="question")
    with locked(handling.pk) as fresh:
        _check_may_involve(fresh, actor, "handling.ask")
        way.ask(handling=fresh, actor=actor, to=to, question=question)
        record(action="handling.ask", actor=actor, about=fresh)
    return fresh


def inform(*, handling: Handling, actor: User, to: Sequence[Post]) -> Handling:
    """Give others a copy for information."""
    with locked(handling.pk) as fresh:
        if not may_involve(actor, fresh):
            raise NotAllowed(action="handling.inform", about=fresh)
        way.inform(handling=fresh, actor=actor, to=to)
        record(action="handling.inform", actor=actor, about=fresh)
    return fresh


def may_involve(user: User, handling: Handling) -> bool:
    """Whoever has the letter, keeps it or decides about it may ask others and show it them."""
    has_it = takes_part(user, handling) or keeps_it(user, handling) or superior(user, handling)
    return handling.pk is not None and has_it and reads(user, handling)


def give_opinion(*, step: HandlingStep, actor: User, remark: str) -> HandlingStep:
    return _at_desk("give_opinion", step, actor, remark=remark)


def take_back_question(*, step: HandlingStep, actor: User) -> HandlingStep:
    return _at_desk("take_back", step, actor)


def reassign_desk(*, step: HandlingStep, actor: User, to: Post) -> HandlingStep:
    """Give a desk at which nobody sits to somebody else."""
    return _at_desk("reassign", step, actor, to=to)


def note_look(*, delivery: Delivery, actor: User) -> None:
    """Note when whoever is waited for first looked; a copy for information is done by that."""
    moment = timezone.now()
    steps = HandlingStep.objects.filter(handling__delivery=delivery).current().held_by(actor)
    steps.filter(seen_at=None).update(seen_at=moment)
    tasks = Assignment.objects.filter(
        handling__delivery=delivery, state=AssignmentState.GIVEN, seen_at=None
    )
    tasks.held_by(actor).update(seen_at=moment)
    for copy in steps.filter(kind=HandlingStepKind.INFORM):
        try:
            apply_move(DESK, "see", pk=copy.pk, actor=actor)
        except StaleAction:  # another of the post's people looked in the same moment
            continue


def note_letter_look(*, letter: Letter, actor: User) -> None:
    """Note that who should decide about a letter has opened it as it is now."""
    if letter.steps.current().held_by(actor).exists():
        LetterLook.objects.update_or_create(
            letter=letter,
            person=actor,
            defaults={"revision": letter.revision, "seen_at": timezone.now()},
        )


def follow_lead(handling: Handling) -> None:
    """Let the letter's state follow the lead of its work."""
    lead = handling.assignments.leads().top().first()
    has_begun = (
        handling.assignments.live()
        .exclude(state__in=(AssignmentState.SUGGESTED, AssignmentState.GIVEN))
        .exists()
    )
    is_reported = lead is not None and lead.state in (
        AssignmentState.REPORTED, AssignmentState.DONE,
    )  # fmt: skip
    state = Handling.objects.values_list("state", flat=True).get(pk=handling.pk)
    if is_reported and state in (HandlingState.ASSIGNED, HandlingState.IN_WORK):
        apply_move(HANDLING, "report", pk=handling.pk, actor=None)
    elif not is_reported and state == HandlingState.REPORTED:
        apply_move(HANDLING, "resume", pk=handling.pk, actor=None)
    elif has_begun and state == HandlingState.ASSIGNED:
        apply_move(HANDLING, "begin", pk=handling.pk, actor=None)


def _suggest_anew(
    handling: Handling, actor: User, owners: Sequence[Owner], due_on: date | None
) -> None:
    _drop_suggestions(handling)
    work.suggest(handling=handling, actor=actor, owners=owners, due_on=due_on)


def _drop_suggestions(handling: Handling) -> None:
    for row in handling.assignments.filter(state=AssignmentState.SUGGESTED):
        apply_move(ASSIGNMENT, "drop", pk=row.pk, actor=None)


def _give_suggestions(handling: Handling) -> None:
    for row in handling.assignments.filter(state=AssignmentState.SUGGESTED):
        apply_move(ASSIGNMENT, "give", pk=row.pk, actor=None)


def _end_work(handling: Handling, actor: User) -> None:
    """Close what is open or reported, and tell its owners that the letter is closed."""
    rows = handling.assignments.filter(
        state__in=(AssignmentState.GIVEN, AssignmentState.ACCEPTED, AssignmentState.REPORTED)
    )
    people = [user for row in rows.select_related("unit") for user in people_at(row)]
    for row in rows:
        apply_move(ASSIGNMENT, "end", pk=row.pk, actor=None, by=actor)
    tell_people("handling_closed", people, handling, actor)


def _at_desk(name: str, step: HandlingStep, actor: User, **inputs: Any) -> HandlingStep:
    with locked(step.handling_id):
        return apply_move(DESK, name, pk=step.pk, actor=actor, **inputs)


def _check_may_involve(handling: Handling, actor: User, action: str) -> None:
    if not may_involve(actor, handling):
        raise NotAllowed(action=action, about=handling)
    if handling.state == HandlingState.CLOSED:
        raise StaleAction(_("The letter is closed already."), about=handling)


def _check_state(handling: Handling, states: Sequence[HandlingState]) -> None:
    if handling.state not in states:
        raise StaleAction(state=handling.state, about=handling)


def earlier_desks(handling: Handling) -> "Any":
    """The desks that a letter can be returned to."""
    return (
        handling.steps.main()
        .filter(state=StepState.DONE)
        .select_related("unit", "decided_by")
        .order_by("position", "pk")
    )

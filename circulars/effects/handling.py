"""The way of a received letter through its house: desks are rows with time, person and remark."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.deadlines import desk_deadline
from circulars.effects.desks import (
    Post,
    orders_here,
    people_at,
    reads_anyway,
    signature_at,
    tell_desk,
    tell_people,
    waiting_url,
)
from circulars.effects.notices import tell
from circulars.enums import INBOX_ROLES, StepState
from circulars.enums_handling import HandlingState, HandlingStepKind
from circulars.inboxes import heir_of
from circulars.models import Handling, HandlingStep
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.permissions import posts_of
from portal.users.models import User

Stops = Sequence[Sequence[Post]]
"""Desks one after the other; those of one stop stand side by side."""


def propose(*, obj: Handling, actor: User, to: Stops, remark: str = "") -> None:
    """เสนอ: submit a registered letter to the first desk of its way."""
    desk = _own_post(obj, actor)
    step = HandlingStep(
        handling=obj,
        position=_last_position(obj) + 1,
        kind=HandlingStepKind.PROPOSE,
        unit_id=desk.unit_id,
        role=desk.role,
        membership_id=desk.membership_id,
        opens=False,
        arrived_at=timezone.now(),
    )
    _decide(step, actor, remark, StepState.DONE)
    add_stops(obj, to, after=step.position)
    open_next(obj, actor)


def pass_on(*, obj: Handling, actor: User, remark: str = "", to: Stops = ()) -> None:
    """เกษียน: write a remark and pass the letter on, to the planned desk or to ``to``.

    While others at the same stop still have it, it stays with them.
    """
    step = own_desk(obj, actor)
    _decide(step, actor, remark, StepState.DONE)
    add_stops(obj, to, after=step.position)
    if not obj.steps.main().current().exists():
        open_next(obj, actor)


def decide_order(*, obj: Handling, actor: User, remark: str = "") -> None:
    """สั่งการ: the order ends the way up; what was planned after it and questions fall away."""
    _decide(own_desk(obj, actor), actor, remark, StepState.DONE)
    _cancel(obj.steps.main().filter(state=StepState.WAITING))
    withdraw_questions(obj, actor)


def note(*, obj: Handling, actor: User, remark: str = "") -> None:
    """ทราบ: nothing is to be done; the letter is closed."""
    decide_order(obj=obj, actor=actor, remark=remark)
    _close(obj, actor, "")


def send_back(*, obj: Handling, actor: User, remark: str, step: HandlingStep) -> None:
    """Return the letter to an earlier desk, with the reason; what was planned falls away."""
    earlier = obj.steps.main().filter(state=StepState.DONE, pk=step.pk).first()
    if earlier is None:
        raise InvalidInput(_("The letter has not been at this desk."), field="step")
    own = own_desk(obj, actor)
    _decide(own, actor, remark, StepState.RETURNED)
    _cancel(obj.steps.main().filter(state__in=(StepState.WAITING, StepState.CURRENT)))
    withdraw_questions(obj, actor)
    kind = HandlingStepKind.REMARK
    if earlier.kind == HandlingStepKind.ORDER:
        kind = HandlingStepKind.ORDER
    back = _new_step(obj, Post.of(earlier), kind, _last_position(obj) + 1)
    back.save()
    _open(obj, back)
    tell_desk("sent_back", back, obj, actor)


def pull_back(*, obj: Handling, actor: User) -> None:
    """Take the letter back from desks that have not looked at it; the own one is open again.

    Raises ``StaleAction`` when somebody looked in the very moment.
    """
    way = obj.steps.main()
    waiting = list(way.current().select_related("unit", "membership"))
    taken = way.current().filter(seen_at=None).update(state=StepState.CANCELLED)
    if taken != len(waiting):
        raise StaleAction(_("The letter has been opened already."), about=obj)
    last = way.filter(state=StepState.DONE).order_by("-decided_at", "-pk")[0]
    if last.kind == HandlingStepKind.PROPOSE:
        _cancel(way.filter(state=StepState.WAITING))
        last.state = StepState.CANCELLED
    else:
        last.state = StepState.CURRENT
        last.due_at = _deadline(obj)
    last.decided_at = None
    last.decided_by = None
    last.decided_as = []
    last.acting_kind = ""
    last.save()
    people = {user for step in waiting for user in people_at(step)} - {actor}
    tell("handling_withdrawn", people, obj.delivery.letter, actor, waiting_url())


def after_pull_back(obj: Handling, inputs: Any) -> str:
    has_desk = obj.steps.main().current().exists()
    return HandlingState.PROPOSED if has_desk else HandlingState.NEW


def close(*, obj: Handling, actor: User, remark: str = "") -> None:
    """ปิดเรื่อง: everything that was ordered is reported."""
    still = obj.assignments.open().count()
    if still:
        message = _("%(count)s part(s) of the work are not reported yet.") % {"count": still}
        raise InvalidInput(message)
    withdraw_questions(obj, actor)
    _close(obj, actor, remark)


def close_unfinished(*, obj: Handling, actor: User, remark: str) -> None:
    """The superior closes the letter, whatever has been reported."""
    withdraw_questions(obj, actor)
    _close(obj, actor, remark)


def reopen(*, obj: Handling, actor: User, remark: str) -> None:
    """Take up a closed letter again, with the reason among the remarks."""
    obj.closed_at = None
    obj.closed_by = None
    obj.closing_remark = ""
    last = obj.steps.filter(kind=HandlingStepKind.ORDER, state=StepState.DONE).last()
    desk = Post.of(last) if last else _own_post(obj, actor)
    note_of_reason = _new_step(obj, desk, HandlingStepKind.REMARK, _last_position(obj) + 1)
    note_of_reason.arrived_at = timezone.now()
    _decide(note_of_reason, actor, remark, StepState.DONE)
    if not obj.assignments.leads().top().exists():
        again = _new_step(obj, desk, HandlingStepKind.ORDER, note_of_reason.position + 1)
        again.save()
        _open(obj, again)
        tell_desk("to_remark", again, obj, actor)


def after_reopen(obj: Handling, inputs: Any) -> str:
    has_lead = obj.assignments.leads().top().exists()
    return HandlingState.IN_WORK if has_lead else HandlingState.PROPOSED


def ask(*, handling: Handling, actor: User, to: Sequence[Post], question: str) -> None:
    """Ask others beside the way; the letter stays where it is."""
    _add_beside(handling, actor, to, HandlingStepKind.CONSULT, "consulted", question=question)


def inform(*, handling: Handling, actor: User | None, to: Sequence[Post]) -> None:
    """Let others read the letter, each their own copy; nobody waits for them."""
    _add_beside(handling, actor, to, HandlingStepKind.INFORM, "for_information")


def give_opinion(*, obj: HandlingStep, actor: User, remark: str) -> None:
    """Answer a question; who asked it is told."""
    _sign(obj, actor, remark)
    if obj.asked_by:
        tell_people("opinion_given", [obj.asked_by], obj.handling, actor)


def take_back_question(*, obj: HandlingStep, actor: User) -> None:
    people = set(people_at(obj)) - {actor}
    tell("question_withdrawn", people, obj.handling.delivery.letter, actor, waiting_url())


def see(*, obj: HandlingStep, actor: User) -> None:
    """A copy for information has been read."""
    obj.seen_at = obj.seen_at or timezone.now()
    _sign(obj, actor, "")


def reassign(*, obj: HandlingStep, actor: User, to: Post) -> None:
    """Give a desk that nobody sits at to somebody else.

    Raises ``InvalidInput`` when an order would come to a post without the authority.
    """
    delivery = obj.handling.delivery
    if obj.kind == HandlingStepKind.ORDER and not orders_here(delivery, to):
        raise InvalidInput(
            _("This post cannot order here. Have somebody act for the post instead."), field="to"
        )
    check_names(obj.handling, [to], "to")
    obj.unit_id, obj.role, obj.membership_id = to.unit_id, to.role, to.membership_id
    obj.opens = not reads_anyway(delivery, to)
    obj.seen_at = None
    obj.vacancy_told_at = None
    obj.arrived_at = timezone.now()
    obj.due_at = _deadline(obj.handling)
    obj.save()
    fresh = _with_post(obj)
    tell_desk("to_remark", fresh, obj.handling, actor)
    obj.vacancy_told_at = fresh.vacancy_told_at


def own_desk(handling: Handling, actor: User) -> HandlingStep:
    """The desk of the way that ``actor`` sits at. Raises ``NotAllowed`` without one."""
    desks = handling.steps.main().current().held_by(actor).select_related("unit", "membership")
    step = desks.first()
    if step is None:
        raise NotAllowed(about=handling)
    return step


def add_stops(handling: Handling, stops: Stops, *, after: int) -> None:
    """Put desks into the way behind a position, before what is planned there already."""
    wanted = [list(dict.fromkeys(stop)) for stop in stops if stop]
    handling.steps.filter(state=StepState.WAITING, position__gt=after).update(
        position=F("position") + len(wanted)
    )
    for number, posts in enumerate(wanted, 1):
        check_names(handling, posts, "to")
        HandlingStep.objects.bulk_create(
            _new_step(handling, post, _kind(handling, posts), after + number) for post in posts
        )


def open_next(handling: Handling, actor: User | None) -> None:
    """Open the next planned stop. Raises ``InvalidInput`` when there is none."""
    planned = handling.steps.main().filter(state=StepState.WAITING)
    first = planned.order_by("position").first()
    if first is None:
        raise InvalidInput(_("Choose who gets the letter next."), field="to")
    for step in planned.filter(position=first.position).select_related("unit", "membership"):
        _open(handling, step)
        tell_desk("to_remark", step, handling, actor)


def withdraw_questions(handling: Handling, actor: User) -> None:
    """Nobody waits for opinions any more; who was asked is told."""
    asked = handling.steps.current().filter(kind=HandlingStepKind.CONSULT)
    for step in asked.select_related("unit", "membership"):
        take_back_question(obj=step, actor=actor)
    _cancel(asked)


def check_names(handling: Handling, posts: Sequence[Post], field: str) -> None:
    """Raise ``InvalidInput`` when a secret letter would come to a post instead of a person."""
    if not handling.delivery.letter.is_secret:
        return
    if any(p.membership_id is None for p in posts if not reads_anyway(handling.delivery, p)):
        raise InvalidInput(_("A secret letter is brought to people by name."), field=field)


def _own_post(handling: Handling, actor: User) -> Post:
    """The post at which ``actor`` keeps the inbox of this letter, or heads its house."""
    delivery = handling.delivery
    houses = {delivery.unit_id, heir_of(delivery.unit).pk}
    own = sorted(posts_of(actor), key=lambda post: (post[1] not in houses, post[2]))
    keeping = [post for post in own if post[1] in houses and post[0] in INBOX_ROLES]
    for role, unit_id, membership_id in keeping or own:
        named = membership_id if delivery.letter.is_secret else None
        return Post(unit_id, role, named)
    raise NotAllowed(about=handling)


def _kind(handling: Handling, posts: Sequence[Post]) -> HandlingStepKind:
    """The last word is with one post that has the authority; all others write remarks."""
    orders = len(posts) == 1 and orders_here(handling.delivery, posts[0])
    return HandlingStepKind.ORDER if orders else HandlingStepKind.REMARK


def _new_step(
    handling: Handling, post: Post, kind: HandlingStepKind, position: int, **fields: Any
) -> HandlingStep:
    return HandlingStep(
        handling=handling,
        position=position,
        kind=kind,
        unit_id=post.unit_id,
        role=post.role,
        membership_id=post.membership_id,
        opens=not reads_anyway(handling.delivery, post),
        **fields,
    )


def _add_beside(
    handling: Handling,
    actor: User | None,
    to: Sequence[Post],
    kind: HandlingStepKind,
    notice: str,
    **fields: Any,
) -> None:
    check_names(handling, to, "to")
    position = max(_last_position(handling), 1)
    for post in dict.fromkeys(to):
        step = _new_step(handling, post, kind, position, asked_by=actor, **fields)
        step.state = StepState.CURRENT
        step.arrived_at = timezone.now()
        if kind == HandlingStepKind.CONSULT:
            step.due_at = _deadline(handling)
        step.save()
        tell_desk(notice, _with_post(step), handling, actor)


def _with_post(step: HandlingStep) -> HandlingStep:
    """The step as stored, with the unit and person of its present post."""
    return HandlingStep.objects.select_related("unit", "membership").get(pk=step.pk)


def _open(handling: Handling, step: HandlingStep) -> None:
    step.state = StepState.CURRENT
    step.arrived_at = timezone.now()
    step.due_at = _deadline(handling)
    step.save(update_fields=["state", "arrived_at", "due_at"])


def _decide(step: HandlingStep, actor: User, remark: str, state: StepState) -> None:
    _sign(step, actor, remark)
    step.state = state
    step.save()


def _sign(step: HandlingStep, actor: User, remark: str) -> None:
    """Write who decided, when, and in which position that day."""
    signature = signature_at(step, actor)
    step.decided_at = timezone.now()
    step.decided_by = actor
    step.decided_as = signature.lines
    step.acting_kind = signature.acting_kind
    step.remark = remark


def _cancel(steps: "QuerySet[HandlingStep]") -> None:
    steps.update(state=StepState.CANCELLED)


def _close(handling: Handling, actor: User, remark: str) -> None:
    handling.closed_at = timezone.now()
    handling.closed_by = actor
    handling.closing_remark = remark


def _deadline(handling: Handling) -> Any:
    delivery = handling.delivery
    return desk_deadline(delivery.unit.office, delivery.letter.speed, timezone.now())


def _last_position(handling: Handling) -> int:
    return handling.steps.aggregate(last=Max("position"))["last"] or 0

"""The letter's way up: steps are rows with holder, time, decision and remark."""

from dataclasses import dataclass

from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.completeness import check_complete
from circulars.effects.notices import step_holders, tell, tell_step_holders
from circulars.enums import StepKind, StepState
from circulars.kinds import kind_of
from circulars.models import Letter, RouteStep
from portal.core.errors import InvalidInput, NotReady, StaleAction
from portal.org.models import Acting, Membership
from portal.org.service import signature_block
from portal.users.models import User


@dataclass(frozen=True)
class Stop:
    """A planned step: a post, and the one post-holder when it is not everybody's there."""

    kind: StepKind
    unit_id: int
    role: str
    membership_id: int | None = None


def start_chain(*, obj: Letter, actor: User, stops: list[Stop]) -> None:
    """Write the steps of a new way up and open the first one.

    Raises ``Incomplete`` when parts of the letter are missing: looked at here, under the lock,
    so that no change slips in between; ``NotReady`` when the way has nobody to sign at its end.
    """
    check_complete(obj)
    if not can_be_signed(obj, stops):
        raise NotReady(no_signer(obj), about=obj)
    last = obj.steps.aggregate(last=Max("position"))["last"] or 0
    RouteStep.objects.bulk_create(
        RouteStep(
            letter=obj,
            position=last + index,
            kind=stop.kind,
            unit_id=stop.unit_id,
            role=stop.role,
            membership_id=stop.membership_id,
        )
        for index, stop in enumerate(stops, 1)
    )
    open_next_step(letter=obj, actor=actor)


def can_be_signed(letter: Letter, stops: list[Stop]) -> bool:
    """Whether the way ends at a post with authority to sign a letter of this kind."""
    if not stops or stops[-1].kind != StepKind.SIGN:
        return False
    return stops[-1].role in kind_of(letter).signers


def no_signer(letter: Letter) -> str:
    """Why a letter cannot go up, and what the administrator has to set."""
    return _(
        "Nobody can sign the letters of %(office)s yet. The administrator has to add the unit of "
        "the executives in the back-office and appoint the director there."
    ) % {"office": letter.unit.office}


def open_next_step(*, letter: Letter, actor: User | None) -> None:
    step = _next_step(letter)
    _open(step)
    tell_step_holders(step, actor)


def decide_step(
    *, letter: Letter, actor: User, remark: str = "", state: StepState = StepState.DONE
) -> RouteStep:
    """Close the current step with ``actor``'s decision, and keep the position it was made in."""
    step = letter.steps.current().select_related("unit", "membership").get()
    block = signature_block(actor, unit=step.unit, roles=[step.role])
    acting = _acting(step, actor)
    step.state = state
    step.decided_at = timezone.now()
    step.decided_by = actor
    step.decided_as = block.lines if block else []
    step.acting_kind = acting.kind if acting else ""
    step.remark = remark
    step.revision = letter.revision
    step.save()
    return step


def check_revision(letter: Letter, revision: int) -> None:
    """Refuse a decision about something else than what the person had before them.

    Raises ``StaleAction`` when text or recipients changed after the page was opened.
    """
    if letter.revision != revision:
        raise StaleAction(
            _("The letter was changed after you opened it. Please read it again."), about=letter
        )


def endorse(*, obj: Letter, actor: User, revision: int, remark: str = "") -> None:
    """Pass the letter on, with a remark (เกษียน) or the opinion that was asked for."""
    check_revision(obj, revision)
    decide_step(letter=obj, actor=actor, remark=remark)
    open_next_step(letter=obj, actor=actor)


def send_back(*, obj: Letter, actor: User, remark: str) -> None:
    """Return the letter to its drafter; the steps still ahead fall away."""
    decide_step(letter=obj, actor=actor, remark=remark, state=StepState.RETURNED)
    obj.steps.filter(state=StepState.WAITING).update(state=StepState.CANCELLED)
    tell("returned", [obj.drafter], obj, actor, obj.get_absolute_url())


def pull_back(*, obj: Letter, actor: User) -> None:
    """Take the letter back before anybody has decided."""
    obj.steps.filter(state__in=(StepState.CURRENT, StepState.WAITING)).update(
        state=StepState.CANCELLED
    )


def consult(*, obj: Letter, actor: User, membership: Membership, question: str) -> None:
    """Ask somebody before deciding; the letter comes back to the asking step afterwards."""
    if membership.person_id == actor.pk:
        raise InvalidInput(_("Choose somebody else than yourself."), field="membership")
    step = obj.steps.current().get()
    step.state = StepState.WAITING
    step.save(update_fields=["state"])
    obj.steps.filter(position__gte=step.position).update(position=F("position") + 1)
    RouteStep.objects.create(
        letter=obj,
        position=step.position,
        kind=StepKind.CONSULT,
        unit_id=membership.unit_id,
        role=membership.role,
        membership=membership,
        asked_by=actor,
        question=question,
    )
    open_next_step(letter=obj, actor=actor)


def take_back_question(*, obj: Letter, actor: User) -> None:
    """Wait no longer for an answer: the letter is back at the step that asked.

    Its holders are not told, as it is one of them who does this.
    """
    question = obj.steps.current().select_related("membership").get()
    question.state = StepState.CANCELLED
    question.save(update_fields=["state"])
    tell("question_withdrawn", step_holders(question), obj, actor, reverse("circulars:waiting"))
    _open(_next_step(obj))


def reassign(*, obj: Letter, actor: User, membership: Membership) -> None:
    """Give a step that nobody holds to another post-holder, to sign only to one who may."""
    step = obj.steps.current().get()
    if step.kind == StepKind.SIGN and membership.role not in kind_of(obj).signers:
        raise InvalidInput(
            _(
                "Only an executive or a principal can sign. Have somebody act for the post "
                "instead."
            ),
            field="membership",
        )
    step.unit_id = membership.unit_id
    step.role = membership.role
    step.membership = membership
    step.asked_by = actor
    step.arrived_at = timezone.now()
    step.vacancy_told_at = None
    step.save()
    tell_step_holders(step, actor)


def _next_step(letter: Letter) -> RouteStep:
    waiting = letter.steps.filter(state=StepState.WAITING)
    step = waiting.select_related("unit", "membership").first()
    if step is None:
        raise NotReady(_("The letter needs somebody who signs it."))
    step.letter = letter
    return step


def _open(step: RouteStep) -> None:
    step.state = StepState.CURRENT
    step.arrived_at = timezone.now()
    step.save(update_fields=["state", "arrived_at"])


def _acting(step: RouteStep, actor: User) -> Acting | None:
    """The acting row by which ``actor`` holds a step, unless the post is their own."""
    own = Membership.objects.on().filter(person=actor, unit=step.unit, role=step.role)
    if own.exists():
        return None
    actings = Acting.objects.on().filter(
        person=actor, membership__unit=step.unit, membership__role=step.role
    )
    return actings.first()

"""Deciding many letters with one look at a list: each was opened first, each on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from circulars.enums import LetterState, StepKind
from circulars.enums_handling import BATCH_LIMIT, AssignmentState, HandlingState, HandlingStepKind
from circulars.models import Assignment, Handling, HandlingStep, Letter, LetterLook, RouteStep
from circulars.services import handling, letters
from portal.audit.service import record
from portal.core.errors import InvalidInput, PortalError, StaleAction
from portal.users.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

LIMIT = BATCH_LIMIT
SIGN, APPROVE, NOTE = "sign", "approve", "note"


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for a signature or an order: ``what`` would be done, and if it may.

    ``revision`` is what was read of a letter that is signed.
    """

    key: str
    what: str
    letter: Letter
    url: str
    is_opened: bool
    revision: int = 0
    handling: Handling | None = None
    suggested: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        words = {SIGN: _("Sign"), APPROVE: _("Approve as suggested"), NOTE: _("Take note")}
        return words[self.what]


@dataclass(frozen=True)
class Outcome:
    """What became of one letter of the batch."""

    subject: str
    url: str
    is_done: bool
    message: str


def waiting_for(user: User) -> list[Waiting]:
    """What ``user`` can decide in this way, the longest waiting first; a page of it."""
    return [*_to_sign(user), *_to_order(user)][: 5 * LIMIT]


def decide(*, actor: User, keys: Sequence[str], remark: str = "") -> list[Outcome]:
    """Sign or approve each letter; one that fails leaves the others as they are.

    ``keys`` are those of the list that the actor saw; what is not as it was then is told and
    left alone. The caller has confirmed the actor's identity once for all. Raises
    ``InvalidInput`` for none, for more than ``LIMIT``, and for letters that were not opened.
    """
    check_keys(keys, waiting := {item.key: item for item in waiting_for(actor)})
    outcomes = [
        _decide(waiting[key], actor, remark) if key in waiting else _gone(key, actor)
        for key in dict.fromkeys(keys)
    ]
    done = sum(outcome.is_done for outcome in outcomes)
    record(action="handling.batch", actor=actor, data={"chosen": len(keys), "decided": done})
    return outcomes


def check_keys(keys: Sequence[str], waiting: Mapping[str, Waiting]) -> None:
    """Raise ``InvalidInput`` unless these can be decided together."""
    if not keys:
        raise InvalidInput(_("Choose at least one letter."), field="letters")
    if len(keys) > LIMIT:
        message = _("At most %(limit)s letters at once.") % {"limit": LIMIT}
        raise InvalidInput(message, field="letters")
    unread = [waiting[k].letter.subject for k in keys if k in waiting and not waiting[k].is_opened]
    if unread:
        words = {"letters": ", ".join(unread)}
        raise InvalidInput(_("Open these letters first: %(letters)s") % words, field="letters")


def _decide(item: Waiting, actor: User, remark: str) -> Outcome:
    try:
        said, is_done = _do(item, actor, remark), True
    except PortalError as refusal:
        said, is_done = str(refusal), False
    return Outcome(item.letter.subject, item.url, is_done, said)


def _gone(key: str, actor: User) -> Outcome:
    """A letter that was decided, changed or brought elsewhere since the list was shown."""
    kind, _sep, rest = key.partition("-")
    pk = rest.partition("-")[0]
    found: Letter | Handling | None = None
    if pk.isdecimal():
        model: Any = Letter if kind == "letter" else Handling
        found = model.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        return Outcome(_("A letter"), "", is_done=False, message=str(StaleAction()))
    letter = found if isinstance(found, Letter) else found.delivery.letter
    if found.state in (LetterState.IN_CHAIN, HandlingState.PROPOSED):
        message = _("The letter was changed after you opened it. Please read it again.")
    else:
        message = _("Someone was faster: this is now “%(state)s”.") % {
            "state": found.get_state_display()
        }
    return Outcome(letter.subject, found.get_absolute_url(), is_done=False, message=message)


def _do(item: Waiting, actor: User, remark: str) -> str:
    if item.handling is None:
        signed = letters.sign(
            letter=item.letter, actor=actor, revision=item.revision, remark=remark
        )
        return _("Signed. The number is %(number)s.") % {"number": signed.number_text}
    if item.what == APPROVE:
        handling.approve(handling=item.handling, actor=actor, remark=remark)
        return _("Approved and assigned.")
    handling.note(handling=item.handling, actor=actor, remark=remark)
    return _("Noted. The letter is closed.")


def _to_sign(user: User) -> list[Waiting]:
    looks = LetterLook.objects.filter(
        letter=OuterRef("letter"), person=user, revision=OuterRef("letter__revision")
    )
    steps: QuerySet[Any] = (
        RouteStep.objects.current()
        .filter(kind=StepKind.SIGN)
        .held_by(user)
        .annotate(is_opened=Exists(looks))
        .select_related("letter__unit")
        .order_by("arrived_at", "pk")[:LIMIT]
    )
    return [
        Waiting(
            key=f"letter-{step.letter_id}-{step.letter.revision}",
            what=SIGN,
            letter=step.letter,
            url=step.letter.get_absolute_url(),
            is_opened=step.is_opened,
            revision=step.letter.revision,
        )
        for step in steps
    ]


def _to_order(user: User) -> list[Waiting]:
    others = HandlingStep.objects.filter(handling=OuterRef("handling")).main().current()
    steps: list[Any] = list(
        HandlingStep.objects.current()
        .filter(kind=HandlingStepKind.ORDER)
        .held_by(user)
        .exclude(Exists(others.exclude(pk=OuterRef("pk"))))
        .select_related("handling__delivery__letter__unit", "handling__delivery__unit__office")
        .order_by("arrived_at", "pk")[:LIMIT]
    )
    suggested = _suggestions([step.handling_id for step in steps])
    return [
        Waiting(
            key=f"handling-{step.handling_id}-{step.pk}",
            what=APPROVE if suggested.get(step.handling_id) else NOTE,
            letter=step.handling.delivery.letter,
            url=step.handling.get_absolute_url(),
            is_opened=step.seen_at is not None,
            handling=step.handling,
            suggested=suggested.get(step.handling_id, ()),
        )
        for step in steps
    ]


def _suggestions(handlings: list[int]) -> dict[int, tuple[str, ...]]:
    rows = Assignment.objects.filter(
        handling__in=handlings, state=AssignmentState.SUGGESTED
    ).select_related("unit", "membership__person")
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.handling_id] = (*found.get(row.handling_id, ()), str(row))
    return found

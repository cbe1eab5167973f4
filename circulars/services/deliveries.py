"""What the people of a receiving unit do with a letter, and how the sender chases them."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.notices import inbox_keepers, keeping_roles, tell
from circulars.enums import ChaseScope, DeliveryState, LetterState
from circulars.inboxes import forget_handed, heir_of
from circulars.models import Delivery, Forward, Letter, RegisterEntry
from circulars.permissions import keeps_inbox, may_read_delivery, sends
from circulars.workflow import DELIVERY
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.files.models import StoredFile
from portal.org.models import Acting, Membership, Unit
from portal.org.service import holders_query
from portal.users.models import User
from portal.workflow.service import apply_move


@dataclass(frozen=True)
class Chased:
    """How many recipients were reminded, and how many were left alone today.

    ``unheard`` are those where nobody keeps the inbox, so that nobody could be told.
    """

    reminded: int
    rested: int
    unheard: list[Unit]


def unread_count(user: User) -> int:
    """How many letters ``user`` has not opened; kept on the user for the rest of the request."""
    kept: int | None = getattr(user, "_unread_letters", None)
    if kept is None:
        kept = Delivery.objects.visible_to(user).unread().count()
        user._unread_letters = kept  # type: ignore[attr-defined]
    return kept


def open_delivery(*, delivery: Delivery, actor: User) -> Delivery:
    """Note the first opening; later ones, and those by people it was handed to, change nothing.

    Every opening of a secret letter is recorded.
    """
    if delivery.letter.is_secret:
        record(action="delivery.read_secret", actor=actor, about=delivery)
    Forward.objects.filter(delivery=delivery, person=actor, seen_at=None).update(
        seen_at=timezone.now()
    )
    if delivery.state != DeliveryState.DELIVERED or not keeps_inbox(actor, delivery):
        return delivery
    try:
        return apply_move(DELIVERY, "open", pk=delivery.pk, actor=actor)
    except StaleAction:
        return Delivery.objects.select_related("letter__unit__office", "unit").get(pk=delivery.pk)


def register(
    *,
    delivery: Delivery,
    actor: User,
    action: str = "",
    note: str = "",
    reserved: RegisterEntry | None = None,
) -> Delivery:
    """Give the letter the unit's own incoming number (form 13), the next or a reserved one."""
    return apply_move(
        DELIVERY, "register", pk=delivery.pk, actor=actor, action=action, note=note,
        reserved=reserved,
    )  # fmt: skip


def acknowledge(*, delivery: Delivery, actor: User) -> Delivery:
    """The head of the unit confirms having read it; unregistered letters are registered too."""
    move = "acknowledge_answered" if delivery.state == DeliveryState.ANSWERED else "acknowledge"
    return apply_move(DELIVERY, move, pk=delivery.pk, actor=actor)


def answer(
    *, delivery: Delivery, actor: User, text: str = "", files: list[StoredFile] | None = None
) -> Delivery:
    """Answer in words and files; more may follow, the first one counts for the due date."""
    return apply_move(
        DELIVERY, "answer", pk=delivery.pk, actor=actor, text=text, files=files or []
    )


def forward(*, delivery: Delivery, actor: User, person: User, note: str = "") -> Forward:
    """Hand the letter to somebody of the same unit.

    Raises ``InvalidInput`` for oneself, a person of another unit or one who has it already.
    """
    if not (keeps_inbox(actor, delivery) and may_read_delivery(actor, delivery)):
        raise NotAllowed(action="delivery.forward", about=delivery)
    if person == actor:
        raise InvalidInput(_("Choose somebody else than yourself."), field="person")
    if person not in people_inside(delivery=delivery):
        raise InvalidInput(_("This person does not work in your unit."), field="person")
    try:
        with transaction.atomic():
            handed = Forward.objects.create(
                delivery=delivery,
                person=person,
                note=note,
                forwarded_by=actor,
                forwarded_at=timezone.now(),
            )
            record(action="delivery.forward", actor=actor, about=delivery, data={"to": person.pk})
            forget_handed(person)
            tell("forwarded", [person], delivery.letter, actor, delivery.get_absolute_url())
    except IntegrityError as error:
        raise InvalidInput(_("This person has the letter already."), field="person") from error
    return handed


def people_inside(*, delivery: Delivery) -> QuerySet[User]:
    """Who the letter can be handed to: the unit's people; for the office itself, all its staff."""
    members = Membership.objects.on()
    unit = heir_of(delivery.unit)
    if unit.kind == "office":
        members = members.filter(unit__office_id=unit.office_id).exclude(unit__kind="school")
    else:
        members = members.filter(unit=unit)
    return User.objects.filter(is_active=True, pk__in=members.order_by().values("person"))


def chase(*, letter: Letter, actor: User, scope: ChaseScope) -> Chased:
    """Remind all recipients that have not done ``scope`` yet, each at most once a day."""
    if not sends(actor, letter):
        raise NotAllowed(action="letter.chase", about=letter)
    if letter.state != LetterState.DISPATCHED:
        raise StaleAction(state=letter.state, about=letter)
    today = timezone.localdate()
    with transaction.atomic():
        # One lock per letter: two clerks who chase at once remind everybody once.
        Letter.objects.select_for_update().get(pk=letter.pk)
        behind = outstanding(letter=letter, scope=scope)
        nobody = without_keepers(letter=letter, deliveries=behind)
        told = behind.exclude(pk__in=[delivery.pk for delivery in nobody])
        total = told.count()
        due = list(told.exclude(chased_on=today).values_list("pk", flat=True))
        reached = Delivery.objects.filter(pk__in=due)
        reached.update(chased_on=today, chase_count=F("chase_count") + 1)
        if due:
            people = inbox_keepers(letter, reached)
            tell("chased", people, letter, actor, letter.get_received_url())
        record(
            action="letter.chase",
            actor=actor,
            about=letter,
            data={"scope": str(scope), "reminded": len(due), "unheard": len(nobody)},
        )
    return Chased(
        reminded=len(due),
        rested=total - len(due),
        unheard=[delivery.unit for delivery in nobody],
    )


def without_keepers(*, letter: Letter, deliveries: QuerySet[Delivery]) -> list[Delivery]:
    """Those of ``deliveries`` of which nobody can be told, in dictionary order."""
    rows = deliveries.annotate(is_kept=has_keepers(letter)).filter(is_kept=False)
    rows = rows.select_related("unit__merged_into").order_by("unit__position", "unit__sort_key")
    return [row for row in rows if not _heir_is_kept(letter, row.unit)]


def has_keepers(letter: Letter) -> Q:
    """Somebody who may see the letter keeps the recipient's inbox today, or its successor's."""
    roles = keeping_roles(letter)
    own = Membership.objects.on().filter(role__in=roles, person__is_active=True)
    acting = Acting.objects.on().filter(membership__role__in=roles, person__is_active=True)
    kept = Q()
    for unit in (OuterRef("unit"), OuterRef("unit__merged_into")):
        kept |= Q(Exists(own.filter(unit=unit)))
        kept |= Q(Exists(acting.filter(membership__unit=unit)))
    return kept


def _heir_is_kept(letter: Letter, unit: Unit) -> bool:
    """The same for the successor of a successor, which is rare."""
    heir = heir_of(unit)
    return heir != unit and holders_query([heir.pk], keeping_roles(letter)).exists()


def outstanding(*, letter: Letter, scope: ChaseScope) -> QuerySet[Delivery]:
    """The deliveries of a letter that have not come as far as ``scope`` asks."""
    deliveries = letter.deliveries.order_by()
    return {
        ChaseScope.NOT_OPENED: deliveries.unread,
        ChaseScope.NOT_REGISTERED: deliveries.unregistered,
        ChaseScope.NOT_ACKNOWLEDGED: deliveries.unacknowledged,
        ChaseScope.NOT_ANSWERED: deliveries.unanswered,
    }[ChaseScope(scope)]()

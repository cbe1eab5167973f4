"""How far a letter has come at an agency outside, as its server and its people tell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.notices import notice_context, owners
from circulars.effects.outbound import cancel_waiting, queue_again, reachable_agencies
from circulars.enums import DeliveryState
from circulars.models import Delivery, RegisterEntry
from portal.core.errors import NotReady
from portal.notifications.service import notify
from portal.users.models import User

SENT_ON_PAPER = "ส่งเป็นกระดาษ"
"""In the register's หมายเหตุ, which is always Thai."""

STAGES = (
    DeliveryState.SENDING,
    DeliveryState.DELIVERED,
    DeliveryState.OPENED,
    DeliveryState.REGISTERED,
    DeliveryState.ACKNOWLEDGED,
    DeliveryState.ANSWERED,
)
"""In the order in which a letter gets there; reports that overtake each other lose nothing."""


def hand_over(*, obj: Delivery, actor: None) -> None:
    """A server of the agency has taken it: from now on it is delivered."""
    obj.delivered_at = timezone.now()


def confirm(
    *, obj: Delivery, actor: None, state: DeliveryState, moment: datetime, number: str = ""
) -> None:
    """Note what the agency says of the letter; earlier stages follow from later ones."""
    step = STAGES.index(state)
    if step >= STAGES.index(DeliveryState.OPENED):
        obj.opened_at = obj.opened_at or moment
    if step >= STAGES.index(DeliveryState.REGISTERED):
        obj.confirmed_at = obj.confirmed_at or moment
        obj.remote_number = obj.remote_number or number[:80]
    if step >= STAGES.index(DeliveryState.ACKNOWLEDGED):
        obj.acknowledged_at = obj.acknowledged_at or moment
    if state == DeliveryState.ANSWERED:
        first = obj.answered_at is None
        obj.answered_at = obj.answered_at or moment
        if first:
            _tell_owners(obj, "answered", obj.letter.get_board_url())


def reached(obj: Delivery, inputs: Mapping[str, Any]) -> str:
    """The further of the two: where the letter is, and where the agency says it is."""
    return max(obj.state, inputs["state"], key=_step)


def _tell_owners(delivery: Delivery, kind: str, url: str, **more: str) -> None:
    letter = delivery.letter
    notify(
        kind=f"circulars.{kind}",
        to=owners(letter),
        about=letter,
        url=url,
        context=notice_context(letter) | {"recipient": str(delivery.unit)} | more,
    )


def _step(state: str) -> int:
    """What was thought undeliverable and is confirmed after all has come as far as that."""
    return -1 if state == DeliveryState.UNDELIVERABLE else STAGES.index(DeliveryState(state))


def bounce(*, obj: Delivery, actor: None, reason: str) -> None:
    """It could not be delivered: the owner is told at once (appendix 7, 5.3.11)."""
    cancel_waiting(obj)
    url = f"{obj.letter.get_board_url()}?show=undeliverable"
    _tell_owners(obj, "bounced", url, reason=reason)


def sent_on_paper(*, obj: Delivery, actor: User, how: str) -> None:
    """It left by post or messenger: the register says so, and nothing goes by mail any more."""
    cancel_waiting(obj)
    obj.delivered_at = timezone.now()
    if obj.letter.entry_id is None:
        return
    entry = RegisterEntry.objects.select_for_update().get(pk=obj.letter.entry_id)
    entry.note = f"{entry.note} {SENT_ON_PAPER} {obj.unit}: {how}".strip()[:500]
    entry.save(update_fields=["note"])


def send_again(*, obj: Delivery, actor: User) -> None:
    """To the address that the agency has now. Raises ``NotReady`` while it has none."""
    if not reachable_agencies(obj.letter.unit).filter(pk=obj.unit_id).exists():
        raise NotReady(_("There is no address to send it to. Enter one first."), about=obj.letter)
    queue_again(obj)

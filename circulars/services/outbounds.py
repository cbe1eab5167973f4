"""The outbox: what is due, claimed by one worker at a time, and what came of it.

The same guarantees as for notices: rows are claimed with SKIP LOCKED and a lease; a worker that
dies leaves them to the next sweep, and what goes out twice does so under one Message-ID.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from circulars.enums import DeliveryState
from circulars.mail.enums import MailState, OutboundKind, OutboundState, Way
from circulars.models import Delivery, Outbound, RegisterEntry
from circulars.services.mail_links import bounce
from circulars.workflow import DELIVERY
from portal.core.tasks import defer
from portal.core.thai.dates import moment
from portal.notifications.service import BACK_OFF, Failure
from portal.users.models import User
from portal.workflow.service import apply_move

BATCH = 10
LEASE = timedelta(minutes=15)
SENT_BY_MAIL = "ส่งทางอีเมลแล้ว"
"""Fixed Thai words of the register."""


def claim() -> list[Outbound]:
    """Take up to a batch of what is due for one lease; others pass over it."""
    now = timezone.now()
    with transaction.atomic():
        due = Outbound.objects.due(now).select_for_update(skip_locked=True)
        pks = list(due.values_list("pk", flat=True)[:BATCH])
        Outbound.objects.filter(pk__in=pks).update(
            state=OutboundState.CLAIMED, next_at=now + LEASE
        )
    rows = Outbound.objects.filter(pk__in=pks).select_related(
        "office",
        "mail__mailbox",
        "arrival__partner",
        "delivery__unit",
        "delivery__letter__unit__office",
        "delivery__letter__drafter",
        "delivery__letter__entry__register",
        "delivery__letter__pdf__blob",
    )
    return list(rows.order_by("pk"))


def is_any_due() -> bool:
    return Outbound.objects.due(timezone.now()).exists()


def note_sent(outbound: Outbound) -> None:
    """The other server has it: the delivery is handed over, a refused mail can be removed."""
    with transaction.atomic():
        Outbound.objects.filter(pk=outbound.pk).update(
            state=OutboundState.SENT,
            sent_at=timezone.now(),
            reason="",
            attempts=outbound.attempts + 1,
        )
        delivery = outbound.delivery
        if outbound.kind == OutboundKind.LETTER and delivery and _is_on_its_way(delivery):
            apply_move(DELIVERY, "hand_over", pk=delivery.pk, actor=None)
            _note_in_register(outbound, delivery)
        mail = outbound.mail
        if outbound.kind == OutboundKind.REFUSAL and mail and mail.state == MailState.REFUSED:
            defer("circulars.remove_mail", mail.pk)


def note_failure(outbound: Outbound, failure: Failure) -> None:
    """Try again later, or give up: then the sender of the letter sees it and is told."""
    attempts = outbound.attempts + 1
    is_dead = failure.permanent or attempts > len(BACK_OFF)
    now = timezone.now()
    with transaction.atomic():
        Outbound.objects.filter(pk=outbound.pk).update(
            state=OutboundState.DEAD if is_dead else OutboundState.FAILED,
            attempts=attempts,
            reason=failure.reason[:300],
            next_at=now if is_dead else now + BACK_OFF[attempts - 1],
        )
        if is_dead:
            bounce(outbound, failure.reason)


def send_again(*, delivery: Delivery, actor: User) -> Delivery:
    """Once more, to the address that the agency has now (appendix 7, 5.3.11)."""
    return apply_move(DELIVERY, "send_again", pk=delivery.pk, actor=actor)


def send_on_paper(*, delivery: Delivery, actor: User, how: str) -> Delivery:
    """Note that the letter left on paper; ``how`` names the post's number or the messenger."""
    return apply_move(DELIVERY, "sent_on_paper", pk=delivery.pk, actor=actor, how=how)


def _note_in_register(outbound: Outbound, delivery: Delivery) -> None:
    """หมายเหตุ of the outgoing register: sent by e-mail, and when (appendix 7, 5.3.8).

    Once for a letter, however many agencies get it; what somebody noted there stays.
    """
    entry = delivery.letter.entry
    if entry is None or outbound.way != Way.EMAIL:
        return
    entry = RegisterEntry.objects.select_for_update().get(pk=entry.pk)
    if SENT_BY_MAIL not in entry.note:
        words = f"{SENT_BY_MAIL} {moment(timezone.localtime())}"
        entry.note = f"{entry.note} {words}".strip()[:500]
        entry.save(update_fields=["note"])


def _is_on_its_way(delivery: Delivery) -> bool:
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING).exists()

"""Mails on their way: claimed in batches, sent over one connection, noted as they go.

A worker claims rows with SKIP LOCKED and a lease in ``next_at``. Mails are marked sent a few at
a time, right after the server took them, so a killed worker leaves at most those few sent and
not marked; the sweep frees what it held when the lease is over, and they go out again under the
same Message-ID.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from portal.core.tasks import defer
from portal.notifications.claiming import Outgoing, Queue
from portal.notifications.emails import NoticeMail, mail_for
from portal.notifications.enums import DeliveryState
from portal.notifications.lines import SENDING_ERRORS, Line
from portal.notifications.models import Delivery
from portal.notifications.outcomes import BACK_OFF, OUTAGE_PAUSE, Failure, failure_of
from portal.notifications.wording import Wordings

logger = logging.getLogger(__name__)

# One task sends for at most so many seconds and then lets others have the worker.
TURN = 60
# A killed worker sends at most so many mails twice. One statement for each mail would make the
# sending half as fast as a plain loop, see benchmarks.
NOTED_TOGETHER = 10
_MARK_SENT = """
UPDATE notifications_delivery
   SET state = %s, sent_at = %s, reason = '', attempts = attempts + 1
 WHERE id = ANY(%s)
"""


def send_due() -> int:
    """Send what is due, batch by batch, until nothing is left or the server is away.

    Returns how many mails were sent. After ``TURN`` seconds the rest is left to a new task.
    """
    queue, wordings = Queue(), Wordings()
    end = monotonic() + TURN
    sent = 0
    with _quick_commits(), closing(Line()) as line:
        while batch := queue.claim(timezone.now()):
            done, is_up = _send_batch(batch, wordings, line)
            sent += done
            if not is_up:
                return sent
            if monotonic() > end:
                break
        else:
            return sent
    defer("notifications.send_due")
    return sent


def sweep() -> int:
    """Free what dead workers held and start senders if mails wait; returns how many were freed."""
    now = timezone.now()
    freed = 0
    with transaction.atomic():
        abandoned = Delivery.objects.select_for_update(skip_locked=True).abandoned(now)
        for delivery in abandoned:
            _fail(delivery, Failure("The worker that was sending it did not finish."), now)
            freed += 1
    busy = Delivery.objects.filter(state=DeliveryState.CLAIMED).exists()
    if not busy and Delivery.objects.due(timezone.now()).exists():
        for _sender in range(settings.NOTIFICATIONS_SENDERS):
            defer("notifications.send_due")
    return freed


def _send_batch(batch: list[Outgoing], wordings: Wordings, line: Line) -> tuple[int, bool]:
    """(mails sent, whether the server is there); what was not tried is given back."""
    end = monotonic() + settings.NOTIFICATIONS_LEASE / 2
    mails = _written(batch, wordings)
    sent = 0
    try:
        line.open()
    except SENDING_ERRORS as error:
        _give_back([delivery for delivery, _mail in mails], failure_of(error).reason)
        return 0, False
    with _noting() as note:
        for number, (delivery, mail) in enumerate(mails):
            failure = _send_one(line, delivery, mail)
            if failure is None:
                note(delivery)
                sent += 1
            if (failure and failure.is_over) or monotonic() > end:
                _give_back([left for left, _mail in mails[number + 1 :]], "")
                return sent, not failure
    return sent, True


def _written(batch: list[Outgoing], wordings: Wordings) -> list[tuple[Outgoing, NoticeMail]]:
    """The mails of a batch; those that cannot be written fail by themselves."""
    now = timezone.now()
    written = []
    for delivery in batch:
        if not (delivery.is_active and delivery.email):
            _fail(delivery, Failure("The person has no address.", permanent=True), now)
            continue
        try:
            written.append((delivery, mail_for(delivery, wordings)))
        except Exception as error:  # a fault in one wording must not hold up all other mails
            logger.exception("Notice %s cannot be worded", delivery.notice.pk)
            _fail(delivery, Failure(f"Wording: {type(error).__name__}"), now)
    return written


def _send_one(line: Line, delivery: Outgoing, mail: NoticeMail) -> Failure | None:
    try:
        line.send(mail)
    except SENDING_ERRORS as error:
        failure = failure_of(error)
        _fail(delivery, failure, timezone.now())
        return failure
    return None


@contextmanager
def _noting() -> Iterator[Callable[[Outgoing], None]]:
    """Gives the function that notes a mail as sent, every ``NOTED_TOGETHER`` in one statement."""
    sent: list[int] = []

    def note(delivery: Outgoing) -> None:
        sent.append(delivery.pk)
        if len(sent) == NOTED_TOGETHER:
            _mark_sent(sent)

    try:
        yield note
    finally:
        _mark_sent(sent)


def _mark_sent(pks: list[int]) -> None:
    """In plain SQL: Django takes ten times longer to write this statement than to run it."""
    if pks:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_SENT, [DeliveryState.SENT.value, timezone.now(), pks])
        pks.clear()


def _fail(delivery: Outgoing | Delivery, failure: Failure, now: datetime) -> None:
    attempts = delivery.attempts + 1
    is_dead = failure.permanent or attempts > len(BACK_OFF)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DEAD if is_dead else DeliveryState.FAILED,
        attempts=attempts,
        reason=failure.reason,
        next_at=now if is_dead else now + BACK_OFF[attempts - 1],
    )


def _give_back(deliveries: list[Outgoing], reason: str) -> None:
    """Let others have what was claimed and not tried; with a reason, after a pause."""
    now = timezone.now()
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
        state=DeliveryState.FAILED if reason else DeliveryState.PENDING,
        reason=reason,
        next_at=now + OUTAGE_PAUSE if reason else now,
    )


@contextmanager
def _quick_commits() -> Iterator[None]:
    """Do not wait for the disk after each mail: what a power cut loses is sent once more."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        try:
            yield
        finally:
            cursor.execute("SET synchronous_commit TO DEFAULT")

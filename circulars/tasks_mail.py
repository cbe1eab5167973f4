"""Mail and exchange outside the request; safe to run twice."""

from time import monotonic

from celery import shared_task

from circulars.adapters import NotSent, adapters
from circulars.mail import imap
from circulars.models import IncomingMail, Outbound
from circulars.services import exchange, mail_in, mail_triage, mailboxes, outbounds
from portal.core.tasks import defer, portal_task
from portal.notifications.service import Failure

TURN = 120
"""Seconds that one run sends for; the rest is left to a new one."""


@portal_task("circulars.send_outbound", lease=900)
def send_outbound() -> None:
    """Send what is due, row by row; what fails is tried again later or shown to its sender."""
    ways = adapters()
    end = monotonic() + TURN
    try:
        while batch := outbounds.claim():
            for outbound in batch:
                _send(ways[outbound.way], outbound)
            if monotonic() > end:
                defer("circulars.send_outbound")
                return
    finally:
        for way in ways.values():
            way.close()


def _send(way: object, outbound: Outbound) -> None:
    try:
        way.send(outbound)  # type: ignore[attr-defined]
    except NotSent as error:
        outbounds.note_failure(outbound, error.failure)
    except Exception as error:
        # One mail that cannot be made must not hold up the others.
        outbounds.note_failure(outbound, Failure(f"{type(error).__name__}"))
        raise
    else:
        outbounds.note_sent(outbound)


@portal_task("circulars.remove_mail")
def remove_mail(mail_id: int) -> None:
    """Remove a refused mail here and in the mailbox, once its sender was told (7, 3.6)."""
    mail = IncomingMail.objects.select_related("mailbox").get(pk=mail_id)
    if mail.message_id:
        with imap.connect(mailboxes.access_of(mail.mailbox)) as session:
            for folder in (mail.mailbox.done_folder, mail.mailbox.inbox_folder):
                session.select(folder)
                for uid in session.find(mail.message_id):
                    session.remove(uid)
    mail_triage.remove_content(mail_id=mail_id)


@shared_task(name="circulars.poll_mailboxes")
def poll_mailboxes() -> None:
    mail_in.poll_all()


@shared_task(name="circulars.sweep_outbound")
def sweep_outbound() -> None:
    """Every minute: what is due again, what a dead worker left, what partners do not know yet."""
    exchange.report_states()
    if outbounds.is_any_due():
        send_outbound()


@shared_task(name="circulars.purge_nonces")
def purge_nonces() -> None:
    exchange.purge_nonces()

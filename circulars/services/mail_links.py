"""Answers and reports of failed delivery find the letter that they are about."""

import re

from django.utils import timezone

from circulars.enums import DeliveryState
from circulars.mail.enums import MailKind, OutboundKind, OutboundState
from circulars.mail.parsing import ParsedMail
from circulars.models import Answer, Delivery, IncomingMail, Outbound
from circulars.workflow import DELIVERY
from circulars.workflow_mail import MAIL
from portal.workflow.service import apply_move

_OURS = re.compile(r"<(?:letter|receipt|refusal)\.([a-z0-9]{32})@")

RECEIPT_WORDS = ("ได้รับอีเมลของท่านแล้ว", "your e-mail is well received")
"""How agencies confirm a mail, by program or by hand (appendix 7, 3.2)."""


def link(*, mail: IncomingMail, parsed: ParsedMail) -> None:
    """Put a mail that answers one of ours to its letter; any other is left waiting."""
    outbound = _find(mail, parsed)
    if outbound is None:
        return
    mail.answers = outbound.delivery
    if parsed.report is not None:
        _bounced(outbound, parsed)
    elif outbound.delivery is not None and parsed.kind == MailKind.AUTOMATIC:
        _confirmed(outbound.delivery, mail)
    elif outbound.delivery is not None:
        _answered(outbound.delivery, mail)
    _put_away(mail)


def bounce(outbound: Outbound, reason: str) -> None:
    """What was sent came back, or is given up: its delivery failed, and the owner is told."""
    Outbound.objects.filter(pk=outbound.pk).update(state=OutboundState.DEAD, reason=reason[:300])
    delivery = outbound.delivery
    if delivery is None or outbound.kind != OutboundKind.LETTER:
        return
    current = Delivery.objects.get(pk=delivery.pk)
    newer = delivery.outbounds.filter(pk__gt=outbound.pk).exists()
    if newer or current.state in (DeliveryState.UNDELIVERABLE, DeliveryState.ANSWERED):
        return
    apply_move(DELIVERY, "bounce", pk=delivery.pk, actor=None, reason=reason or "–")


def _find(mail: IncomingMail, parsed: ParsedMail) -> Outbound | None:
    tokens = [token for number in parsed.refers_to for token in _OURS.findall(number)]
    if not tokens:
        return None
    sent = Outbound.objects.filter(token__in=tokens, office_id=mail.mailbox.office_id)
    return sent.select_related("delivery__letter__unit__office", "delivery__unit").last()


def _bounced(outbound: Outbound, parsed: ParsedMail) -> None:
    """Only what is final and about the agency itself: the copy to the owner may fail alone."""
    report = parsed.report
    if report is None or not report.is_final:
        return
    if report.recipients and outbound.address.lower() not in report.recipients:
        return
    bounce(outbound, report.reason)


def _confirmed(delivery: Delivery, mail: IncomingMail) -> None:
    """A program that says "received" confirms; one that says "on leave" does not."""
    words = " ".join(mail.text.lower().split())
    if any(phrase in words for phrase in RECEIPT_WORDS):
        _advance(delivery, DeliveryState.ACKNOWLEDGED, mail)


def _answered(delivery: Delivery, mail: IncomingMail) -> None:
    mail.kind = MailKind.REPLY
    given = Answer.objects.create(
        delivery=delivery,
        text=mail.text[:20_000],
        answered_for=mail.sender[:320],
        answered_at=mail.arrived_at,
    )
    given.files.set(row.file for row in mail.attachments.all() if row.file and not row.is_inline)
    _advance(delivery, DeliveryState.ANSWERED, mail)


def _advance(delivery: Delivery, state: DeliveryState, mail: IncomingMail) -> None:
    moment = min(mail.arrived_at, timezone.now())
    apply_move(DELIVERY, "confirm", pk=delivery.pk, actor=None, state=state, moment=moment)


def _put_away(mail: IncomingMail) -> None:
    """Out of the list of the waiting ones, unless it may hold a letter to register."""
    mail.save()
    has_files = mail.attachments.filter(is_inline=False, file__isnull=False).exists()
    if mail.kind != MailKind.REPLY or not has_files:
        apply_move(MAIL, "link", pk=mail.pk, actor=None)
        mail.refresh_from_db()

"""What the central registry does with a mail: a letter with its number, or none."""

import re
from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.outbound import queue_receipt
from circulars.enums import Channel, Secrecy, Speed
from circulars.mail.enums import MailKind, MailState
from circulars.models import Delivery, IncomingMail, Letter
from circulars.services import deliveries, outside
from circulars.services.letters import TOP_SECRET_REFUSAL
from circulars.workflow_mail import MAIL
from portal.audit.service import record
from portal.core.errors import InvalidInput, StaleAction
from portal.core.thai import workdays
from portal.core.thai.digits import to_arabic
from portal.files.service import remove
from portal.org.models import Unit
from portal.org.service import central_registry, closure_days
from portal.users.models import User
from portal.workflow.service import apply_move

OFFICE_CLOSES = time(16, 30)
ANSWER_NEXT_DAY = time(10, 0)

PUBLIC_DOMAINS = frozenset(
    {"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "outlook.co.th", "icloud.com"}
)
"""Many senders share them, so that they say nothing about the agency."""

_SPEED_WORDS = (
    ("ด่วนที่สุด", Speed.MOST_URGENT),
    ("ด่วนมาก", Speed.VERY_URGENT),
    ("ด่วน", Speed.URGENT),
)
_FORWARDED = re.compile(r"^((re|fw|fwd|ตอบกลับ|ส่งต่อ)\s*:\s*)+", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:^|\s)ที่\s*([ก-ฮ]{2,4}\s?\d{3,6}(?:\.\d+)*\s?/\s?(?:ว\s?)?\d{1,6})")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a mail itself tells of the letter in it, to be confirmed by the clerk."""

    sender: str
    subject: str
    speed: Speed
    reference: str


def suggestion(mail: IncomingMail) -> Suggestion:
    subject = _FORWARDED.sub("", mail.subject).strip()
    speed = Speed.ORDINARY
    for word, meant in _SPEED_WORDS:
        match = re.match(rf"\[?{word}\]?\s*[::]?\s*", subject)
        if match:
            subject, speed = subject[match.end() :], meant
            break
    found = _REFERENCE.search(to_arabic(f"{mail.subject}\n{mail.text}"))
    return Suggestion(
        sender=_known_sender(mail) or mail.from_name,
        subject=subject,
        speed=speed,
        reference=" ".join(found[1].split()) if found else "",
    )


def agency_names(mail: IncomingMail) -> list[str]:
    """Agencies that letters came from before, to complete what the clerk types."""
    agencies = Unit.objects.outside().filter(office=mail.mailbox.office_id)
    return list(agencies.order_by("sort_key").values_list("name", flat=True)[:2000])


def answer_by(mail: IncomingMail, closures: Set[date] | None = None) -> datetime:
    """Until when the receipt is due (appendix 7, 3.2).

    The working day of arrival; for what came after 16.30 or on a day off, ten o'clock of the
    next working day. ``closures`` are the office's own, where the caller knows them.
    """
    arrived = timezone.localtime(mail.arrived_at)
    closures = closure_days(mail.mailbox.office) if closures is None else closures
    day = arrived.date()
    if workdays.is_working_day(day, closures) and arrived.time() <= OFFICE_CLOSES:
        return _at(day, time(23, 59))
    return _at(workdays.add_working_days(day, 1, closures), ANSWER_NEXT_DAY)


def confirm(
    *,
    mail: IncomingMail,
    actor: User,
    sender: str,
    subject: str,
    reference: str = "",
    dated: date | None = None,
    document: int | None = None,
    enclosures: Collection[int] = (),
    send_receipt: bool = True,
    action: str = "",
    note: str = "",
    **fields: Any,
) -> Delivery:
    """Make the mail a letter with its number in the incoming register, and answer its sender.

    ``document`` and ``enclosures`` are ids of its attachments. Raises ``StaleAction`` when
    somebody was faster, ``NotAllowed`` for others than the central registry, ``InvalidInput``
    for what is missing, and for a top secret letter, which is to be refused instead.
    """
    if fields.get("secrecy") == Secrecy.TOP_SECRET:
        raise InvalidInput(TOP_SECRET_REFUSAL, field="secrecy")
    office = mail.mailbox.office
    with transaction.atomic():
        _claim(mail)
        files = {row.pk: row for row in mail.attachments.select_related("file__blob")}
        chosen = [files[pk] for pk in enclosures if pk in files and files[pk].file]
        first = files.get(document) if document else None
        agency = outside.agency(office=office, name=sender, actor=actor, email=_own_address(mail))
        delivery = outside.enter(
            unit=central_registry(office),
            actor=actor,
            sender=agency,
            channel=Channel.EMAIL,
            subject=subject,
            reference=reference,
            dated=dated,
            arrived_at=mail.arrived_at,
            document=first.file if first else None,
            enclosures=[(row.file, row.name) for row in chosen if row.file],
            already=[row.file_id for row in files.values() if row.file_id],
            **fields,
        )
        delivery = deliveries.register(delivery=delivery, actor=actor, action=action, note=note)
        apply_move(MAIL, "register", pk=mail.pk, actor=actor, delivery=delivery)
        if send_receipt and may_answer(mail):
            entry = delivery.entry
            queue_receipt(mail, number=f"{entry.number}/{entry.register.year}" if entry else "")
    return delivery


def may_answer(mail: IncomingMail) -> bool:
    """Programs and one's own address are never answered: two of them would not stop."""
    own = mail.mailbox.address.lower()
    return (
        bool(mail.answer_address)
        and mail.kind in (MailKind.MAIL, MailKind.REPLY)
        and mail.answer_address.lower() != own
    )


def set_aside(*, mail: IncomingMail, actor: User, reason: str) -> IncomingMail:
    """No letter: put away with the reason; it can be taken back."""
    return apply_move(MAIL, "set_aside", pk=mail.pk, actor=actor, reason=reason)


def take_back(*, mail: IncomingMail, actor: User) -> IncomingMail:
    return apply_move(MAIL, "take_back", pk=mail.pk, actor=actor)


def refuse(*, mail: IncomingMail, actor: User) -> IncomingMail:
    """A top secret letter: its sender is told, then the mail is removed (appendix 7, 3.6)."""
    return apply_move(MAIL, "refuse", pk=mail.pk, actor=actor)


def remove_content(*, mail_id: int) -> IncomingMail:
    """Leave nothing of a refused mail but that there was one; safe to run twice."""
    with transaction.atomic():
        mail = IncomingMail.objects.select_for_update().get(pk=mail_id)
        if mail.state != MailState.REFUSED:
            raise StaleAction(about=mail)
        rows = list(mail.attachments.select_related("file__blob"))
        files = [row.file for row in rows if row.file] + ([mail.raw] if mail.raw else [])
        mail.attachments.all().delete()
        mail.subject = mail.text = mail.html = ""
        mail.raw = None
        mail.save()
        remove(files)
        if files:
            record(action="mail.remove", actor=None, about=mail, office_id=mail.mailbox.office_id)
    return mail


def counts(user: User) -> dict[str, int]:
    """How many mails are in each state, for the tabs."""
    rows = IncomingMail.objects.visible_to(user).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def _claim(mail: IncomingMail) -> None:
    """Lock the mail first, so that of two clerks the second takes no number."""
    fresh = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state != MailState.WAITING:
        label = MAIL.label(fresh.state)
        raise StaleAction(
            _("Someone was faster: this is now “%(state)s”.") % {"state": label},
            state=fresh.state,
            about=fresh,
        )


def _known_sender(mail: IncomingMail) -> str:
    """The agency that writes from this address, else the only one of this domain."""
    agencies = Unit.objects.outside().filter(office=mail.mailbox.office_id)
    address = mail.from_address.lower()
    exact = agencies.filter(email__iexact=address).values_list("name", flat=True).first()
    earlier = _earlier_sender(mail)
    if exact or earlier:
        return exact or earlier
    domain = address.rpartition("@")[2]
    if not domain or domain in PUBLIC_DOMAINS:
        return ""
    same = list(agencies.filter(email__iendswith=f"@{domain}").values_list("name", flat=True)[:2])
    return same[0] if len(same) == 1 else ""


def _earlier_sender(mail: IncomingMail) -> str:
    letters = Letter.objects.filter(
        deliveries__mail__from_address__iexact=mail.from_address,
        deliveries__mail__mailbox=mail.mailbox_id,
    )
    names = letters.order_by("-pk").values_list("unit__name", flat=True)
    return (names.first() or "") if mail.from_address else ""


def _own_address(mail: IncomingMail) -> str:
    """The address kept with a new agency: its own, not one that many share."""
    domain = mail.from_address.rpartition("@")[2].lower()
    return "" if domain in PUBLIC_DOMAINS else mail.from_address[:254]


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def overdue(mails: Collection[IncomingMail], now: datetime | None = None) -> set[int]:
    """Ids of the waiting mails of an office whose receipt should have left by now."""
    now = now or timezone.now()
    waiting = [mail for mail in mails if mail.state == MailState.WAITING]
    if not waiting:
        return set()
    closures = closure_days(waiting[0].mailbox.office)
    return {mail.pk for mail in waiting if answer_by(mail, closures) < now}

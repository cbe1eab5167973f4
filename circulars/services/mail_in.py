"""Taking mails over from the central mailbox: each once, whole, and only then moved there."""

import imaplib
import logging
import re
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.mail import imap
from circulars.mail.enums import MailKind
from circulars.mail.parsing import ParsedMail, Part, bare, parse
from circulars.mail.secrets import SecretLost
from circulars.models import IncomingMail, MailAttachment, Mailbox
from circulars.services import mailboxes
from circulars.services.mail_links import link
from portal.audit.service import record
from portal.core.errors import InvalidInput
from portal.files.service import FileRefused, store, store_bytes

logger = logging.getLogger(__name__)

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a mail that is broken in a new way may raise; it is then kept as it came."""


def poll_all() -> int:
    """Look into all mailboxes; returns how many mails are new. A dead server stops no other."""
    active = Mailbox.objects.filter(is_active=True).order_by("pk")
    return sum(poll(pk) for pk in active.values_list("pk", flat=True))


def poll(mailbox_id: int) -> int:
    """Take over what is new in a mailbox; returns how many. Of two at once, one does nothing."""
    mailbox = mailboxes.claim(mailbox_id, timezone.now())
    if mailbox is None:
        return 0
    taken = 0
    try:
        with imap.connect(mailboxes.access_of(mailbox)) as session:
            session.make_folder(mailbox.done_folder)
            for folder in filter(None, [mailbox.inbox_folder, mailbox.junk_folder]):
                for is_new in _empty_folder(mailbox, session, folder):
                    taken += is_new
    except (imap.MailboxError, InvalidInput, SecretLost) as error:
        mailboxes.release(mailbox, error=str(error))
    else:
        mailboxes.release(mailbox)
    return taken


def _empty_folder(mailbox: Mailbox, session: imap.Session, folder: str) -> Iterator[bool]:
    """Take over a folder's mails one by one; says of each whether it is new."""
    if folder == mailbox.junk_folder and not session.has_folder(folder):
        return
    for uid in session.select(folder):
        yield _take(mailbox, session, uid, from_junk=folder == mailbox.junk_folder)
        try:
            session.move(uid, mailbox.done_folder)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            # It is kept and stays where it is; the next mails are not its fault.
            logger.warning("A mail could not be moved: %s", error)


def _take(mailbox: Mailbox, session: imap.Session, uid: int, *, from_junk: bool) -> bool:
    """Whether the mail is new. One that is known by its header is not fetched again."""
    head = session.fetch(uid, only_head=True)
    if head is None or _is_known(mailbox, head.raw):
        return False
    is_whole = session.size(uid) <= settings.MAIL_MAX_BYTES
    fetched = session.fetch(uid) if is_whole else head
    if fetched is None:
        return False
    arrived_at = fetched.arrived_at or timezone.now()
    mail = keep(
        mailbox=mailbox,
        raw=fetched.raw,
        arrived_at=arrived_at,
        from_junk=from_junk,
        is_whole=is_whole,
    )
    return mail is not None


def keep(
    *,
    mailbox: Mailbox,
    raw: bytes,
    arrived_at: datetime,
    from_junk: bool = False,
    is_whole: bool = True,
) -> IncomingMail | None:
    """Store a mail with its attachments in one transaction; None when it is here already.

    A refused attachment is listed with the reason; an answer or a report of failed delivery
    goes to the letter that it is about.
    """
    try:
        parsed = parse(raw)
    except UNREADABLE as error:
        logger.warning("A mail could not be read (%s)", type(error).__name__)
        parsed = bare(raw)
    with transaction.atomic():
        Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
        if IncomingMail.objects.filter(mailbox=mailbox, key=parsed.key).exists():
            return None
        mail = _row(mailbox, parsed, raw, arrived_at, from_junk=from_junk, is_whole=is_whole)
        for position, part in enumerate(parsed.parts, 1):
            _attach(mail, position, part)
        record(action="mail.arrive", actor=None, about=mail, office_id=mailbox.office_id)
        link(mail=mail, parsed=parsed)
    return mail


def _is_known(mailbox: Mailbox, head: bytes) -> bool:
    if not re.search(rb"^message-id:", head, re.IGNORECASE | re.MULTILINE):
        return False
    try:
        parsed = parse(head)
    except UNREADABLE:
        return False
    if not parsed.message_id:
        return False
    return IncomingMail.objects.filter(mailbox=mailbox, key=parsed.key).exists()


def _row(
    mailbox: Mailbox,
    parsed: ParsedMail,
    raw: bytes,
    arrived_at: datetime,
    *,
    from_junk: bool,
    is_whole: bool,
) -> IncomingMail:
    defects = list(parsed.defects) if is_whole else ["TooLarge"]
    return IncomingMail.objects.create(
        mailbox=mailbox,
        key=parsed.key,
        kind=parsed.kind if parsed.kind != MailKind.REPLY else MailKind.MAIL,
        message_id=parsed.message_id,
        subject=parsed.subject,
        from_name=parsed.from_name,
        from_address=parsed.from_address,
        reply_to=parsed.reply_to,
        to=parsed.to,
        sent_at=parsed.sent_at,
        arrived_at=arrived_at,
        text=parsed.text,
        html=parsed.html,
        defects=defects,
        size=len(raw),
        from_junk=from_junk,
        raw=store_bytes(
            data=raw,
            name=f"mail-{parsed.key[:12]}.eml",
            content_type="message/rfc822",
            office=mailbox.office,
            actor=None,
        ),
    )


def _attach(mail: IncomingMail, position: int, part: Part) -> None:
    """Keep an attachment after the checks that every uploaded file passes."""
    row = MailAttachment(
        mail=mail,
        position=position,
        name=part.name,
        size=len(part.data),
        is_inline=part.is_inline,
    )
    try:
        row.file = store(
            upload=ContentFile(part.data, part.name), office=mail.mailbox.office, actor=None
        )
    except FileRefused as refusal:
        row.refusal = str(refusal)[:300] or _("This file is not accepted.")
    row.save()

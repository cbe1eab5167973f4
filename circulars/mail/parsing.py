"""A mail taken apart: who, what, when, and its files; never raises for what is in it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import cast

from circulars.mail import headers, reports
from circulars.mail.content import MAX_LETTERS, safe_html, text_of
from circulars.mail.enums import MailKind
from portal.core.thai.text import normalize
from portal.files.names import clean_name

MAX_PARTS = 200
MAX_DEPTH = 20
_NO_FILE = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside a mail; ``is_inline`` when the mail's text shows it, as a logo."""

    name: str
    data: bytes
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What could be read of a mail; ``defects`` names what was broken in it."""

    key: str
    kind: MailKind
    message_id: str
    subject: str
    from_name: str
    from_address: str
    reply_to: str
    to: str
    sent_at: datetime | None
    text: str
    html: str
    parts: list[Part] = field(default_factory=list)
    refers_to: list[str] = field(default_factory=list)
    report: reports.Report | None = None
    defects: list[str] = field(default_factory=list)


def parse(raw: bytes) -> ParsedMail:
    message = message_from_bytes(raw, policy=compat32)
    leaves, defects = _leaves(message)
    report = reports.read(message)
    names = headers.addresses(message, "From") or headers.addresses(message, "Sender")
    from_name, from_address = names[0] if names else ("", "")
    replies = headers.addresses(message, "Reply-To")
    message_id = next(iter(headers.message_ids(message, "Message-ID")), "")
    plain, html = _texts(leaves)
    return ParsedMail(
        key=_key(message_id, raw),
        kind=_kind(message, report),
        message_id=message_id,
        subject=headers.header(message, "Subject"),
        from_name=from_name,
        from_address=from_address,
        reply_to=replies[0][1] if replies and replies[0][1] != from_address else "",
        to=_shown(headers.addresses(message, "To", "Cc")),
        sent_at=headers.sent_at(message),
        text=(plain or text_of(html))[:MAX_LETTERS],
        html=html,
        parts=list(_files(leaves)),
        refers_to=[
            *headers.message_ids(message, "In-Reply-To", "References"),
            *(report.message_ids if report else []),
        ],
        report=report,
        defects=defects,
    )


def bare(raw: bytes) -> ParsedMail:
    """A mail that nothing could be read of; it is kept whole for a person to open."""
    key = hashlib.sha256(raw).hexdigest()
    return ParsedMail(
        key=key,
        kind=MailKind.MAIL,
        message_id="",
        subject="",
        from_name="",
        from_address="",
        reply_to="",
        to="",
        sent_at=None,
        text="",
        html="",
        defects=["Unreadable"],
    )


def is_automatic(message: Message) -> bool:
    """Whether a program wrote it by itself (RFC 3834): such a mail is never answered."""
    auto = headers.header(message, "Auto-Submitted").lower()
    bulk = headers.header(message, "Precedence").lower() in ("bulk", "junk", "auto_reply")
    answered = bool(
        headers.header(message, "X-Autoreply") or headers.header(message, "X-Autorespond")
    )
    return (auto not in ("", "no")) or bulk or answered


def _key(message_id: str, raw: bytes) -> str:
    """The Message-ID hashed to one length; without one, the mail itself."""
    return hashlib.sha256(message_id.encode("utf-8", "replace") if message_id else raw).hexdigest()


def _kind(message: Message, report: reports.Report | None) -> MailKind:
    if report is not None:
        return MailKind.BOUNCE
    return MailKind.AUTOMATIC if is_automatic(message) else MailKind.MAIL


def _leaves(message: Message) -> tuple[list[Message], list[str]]:
    """The parts that hold something, also of mails that were forwarded whole."""
    found: list[Message] = []
    defects: set[str] = set()

    def visit(part: Message, depth: int) -> None:
        defects.update(type(defect).__name__ for defect in part.defects)
        if len(found) >= MAX_PARTS or depth > MAX_DEPTH:
            defects.add("TooManyParts")
        elif part.is_multipart():
            for child in cast("list[Message]", part.get_payload()):
                visit(child, depth + 1)
        else:
            found.append(part)

    visit(message, 0)
    return found, sorted(defects)


def _texts(leaves: list[Message]) -> tuple[str, str]:
    """(plain text, safe HTML) of the mail's own words."""
    plain = [_text(part) for part in leaves if _is_words(part, "text/plain")]
    html = [_text(part) for part in leaves if _is_words(part, "text/html")]
    return normalize("\n\n".join(filter(None, plain))), safe_html("<hr>".join(html))


def _is_words(part: Message, content_type: str) -> bool:
    return part.get_content_type() == content_type and not _is_attached(part)


def _is_attached(part: Message) -> bool:
    return (part.get_content_disposition() or "") == "attachment" or bool(file_name(part))


def _files(leaves: list[Message]) -> Iterator[Part]:
    for number, part in enumerate(leaves, 1):
        if part.get_content_type() in _NO_FILE and not _is_attached(part):
            continue
        if part.get_content_type().startswith("message/"):
            continue
        data = _bytes(part)
        if data:
            yield Part(name=_name(part, number), data=data, is_inline=_is_inline(part))


def _is_inline(part: Message) -> bool:
    named = headers.header(part, "Content-ID")
    is_picture = part.get_content_maintype() == "image"
    return is_picture and bool(named) and part.get_content_disposition() != "attachment"


def _name(part: Message, number: int) -> str:
    subtype = re.sub(r"[^a-z0-9]", "", part.get_content_subtype())[:8]
    ending = {"octetstream": "bin", "jpeg": "jpg"}.get(subtype, subtype)
    return clean_name(file_name(part)) if file_name(part) else f"part-{number}.{ending}"


def file_name(part: Message) -> str:
    """The name a file goes by: RFC 2231, encoded words, or plain bytes in an old encoding."""
    for parameter, source in (("filename", "Content-Disposition"), ("name", "Content-Type")):
        if spoken := headers.plain_parameter(part, source, parameter):
            return spoken
        try:
            value = part.get_param(parameter, None, source)
        except (ValueError, TypeError, IndexError):
            continue
        if isinstance(value, tuple):
            charset, _language, text = value
            return headers.clean(headers.decoded_bytes(text.encode("latin-1", "replace"), charset))
        if value:
            return headers.clean(str(value))
    return ""


def _bytes(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError):
        data = None
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    charset = part.get_param("charset", "")
    claimed = charset[2] if isinstance(charset, tuple) else str(charset)
    return headers.decoded_bytes(_bytes(part), claimed).replace("\x00", "")


def _shown(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} <{address}>" if name else address for name, address in pairs)

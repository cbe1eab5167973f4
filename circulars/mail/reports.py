"""Reports of mail servers that a mail could not be delivered (RFC 3464), and their imitations."""

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import cast

from circulars.mail import headers

_MAX_REASON = 300
_MAILER = re.compile(r"^(mailer-daemon|postmaster)@", re.IGNORECASE)
_FAILED_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """Which of our mails it is about, for whom, whether that is final, what the server said.

    ``recipients`` is empty where the report names nobody.
    """

    is_final: bool
    reason: str
    recipients: frozenset[str] = frozenset()
    message_ids: list[str] = field(default_factory=list)


def read(message: Message) -> Report | None:
    """None for a mail that is no such report."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "")).lower()
        return _standard(message) if kind == "delivery-status" else None
    sender = next(iter(headers.addresses(message, "From")), ("", ""))[1]
    if _MAILER.match(sender) or headers.header(message, "X-Failed-Recipients"):
        return _homemade(message)
    return None


def _standard(message: Message) -> Report:
    blocks = _status_blocks(message)
    fields = {name: value for block in blocks for name, value in block.items()}
    words = " ".join(fields.get("diagnostic-code", "").split()).removeprefix("smtp;").strip()
    said = " ".join(filter(None, [fields.get("status", ""), words]))
    return Report(
        is_final=fields.get("action", "failed").lower() not in ("delayed", "relayed", "delivered"),
        reason=said[:_MAX_REASON],
        recipients=frozenset(filter(None, map(_recipient, blocks))),
        message_ids=_ids(message),
    )


def _recipient(block: dict[str, str]) -> str:
    """ "a@b.c" of "rfc822; a@b.c"; of the address as it was written to, where that is named."""
    named = block.get("original-recipient") or block.get("final-recipient", "")
    return named.rsplit(";", 1)[-1].strip().lower()


def _status_blocks(message: Message) -> list[dict[str, str]]:
    """The fields about the mail and about each recipient."""
    blocks = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            for block in cast("list[Message]", payload if isinstance(payload, list) else []):
                pairs = block.items()
                blocks.append({key.lower(): headers.clean(str(text)) for key, text in pairs})
    return blocks


def _homemade(message: Message) -> Report:
    text = _text_of(message)
    lines = (line.strip() for line in text.splitlines())
    telling = next((line for line in lines if re.search(r"\b5\d\d[ -]", line)), "")
    return Report(is_final=True, reason=telling[:_MAX_REASON], message_ids=_ids(message))


def _ids(message: Message) -> list[str]:
    """Message-IDs of the mail that is reported on: in its header, or quoted in the text."""
    own = set(headers.message_ids(message, "Message-ID"))
    found = [
        number
        for part in message.walk()
        if part is not message
        for number in headers.message_ids(part, "Message-ID")
    ]
    found += _FAILED_ID.findall(_text_of(message))
    return [number for number in dict.fromkeys(found) if number not in own]


def _text_of(message: Message) -> str:
    pieces = []
    for part in message.walk():
        if part.get_content_type() in ("text/plain", "text/rfc822-headers"):
            data = part.get_payload(decode=True)
            pieces.append(headers.decoded_bytes(data, None) if isinstance(data, bytes) else "")
    return "\n".join(pieces)[:100_000]

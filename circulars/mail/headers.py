"""Header lines as people's programs write them, rightly and wrongly."""

import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from portal.core.thai.text import normalize

ALIASES = {
    "windows-874": "cp874",
    "x-windows-874": "cp874",
    "tis620": "cp874",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "tis-620-2533": "cp874",
    "utf8": "utf-8",
    "unknown-8bit": "",
    "us-ascii": "",
}
"""What senders call their encoding, as Python knows it; empty: look at the bytes."""

_BROKEN_WORD = re.compile(r"(=\?[^?]+\?[bBqQ]\?[^?]*\?=)(?=\S)")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,480}>")


def decoded_bytes(data: bytes, charset: str | None) -> str:
    """Text of ``data``: in the encoding it claims, else UTF-8, else the Thai one of Windows."""
    claimed = (charset or "").strip().lower()
    for name in (ALIASES.get(claimed, claimed), "utf-8", "cp874"):
        if not name:
            continue
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")


def header(message: Message, name: str) -> str:
    """One header as text on one line; empty when it is missing."""
    return clean(next(iter(_values(message, name)), ""))


def clean(text: str) -> str:
    """A header's value on one line: encoded words, raw bytes of old programs, or plain."""
    return _line(_words(_unescaped(text)))


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address) pairs of the headers; what is no address is left out."""
    values = [_unescaped(value) for name in names for value in _values(message, name)]
    found = []
    for shown, address in getaddresses(values):
        address = address.strip().strip("<>")
        if "@" in address and not re.search(r"[\s\x00-\x1f]", address):
            found.append((_line(_words(shown)), address[:320]))
    return found


def message_ids(message: Message, *names: str) -> list[str]:
    return [
        match
        for name in names
        for value in _values(message, name)
        for match in _MESSAGE_ID.findall(value)
    ]


def plain_parameter(message: Message, name: str, parameter: str) -> str:
    """A parameter written in bytes above 127, which ``get_param`` would spoil; else empty."""
    for value in _values(message, name):
        if not value.isascii():
            found = re.search(rf'{parameter}\s*=\s*(?:"([^"]*)"|([^;\s]*))', _unescaped(value))
            return _line(_words((found[1] or found[2]) if found else ""))
    return ""


def sent_at(message: Message) -> datetime | None:
    """The Date header in UTC; None when it is missing, unreadable or out of this world."""
    try:
        moment = parsedate_to_datetime(next(iter(_values(message, "Date")), ""))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _values(message: Message, name: str) -> list[str]:
    """All headers of this name as they stand there; ``get`` would spoil bytes above 127."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def _unescaped(text: str) -> str:
    """Bytes above 127, which Python keeps as lone surrogates, decoded."""
    if text.isascii():
        return text
    return decoded_bytes(text.encode("utf-8", "surrogateescape"), None)


def _words(text: str) -> str:
    """Encoded words (RFC 2047) decoded; words run together by bad programs are parted first."""
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(_BROKEN_WORD.sub(r"\1 ", text))
    except (ValueError, TypeError):
        return text
    return "".join(
        piece if isinstance(piece, str) else _piece(piece, charset) for piece, charset in pieces
    )


def _piece(data: bytes, charset: str | None) -> str:
    if charset is None:
        return decoded_bytes(data, None)
    return decoded_bytes(data, charset)


def _line(text: str) -> str:
    """One line without control characters, Thai normalised, no lone surrogates."""
    text = text.encode("utf-8", "replace").decode()
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(normalize(text).split())

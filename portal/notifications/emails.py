"""Mails put together by hand: a notice to 30,000 people is one body with other names in it."""

from base64 import b64encode, encodebytes
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

from portal.notifications.claiming import Outgoing
from portal.notifications.wording import Wordings

if TYPE_CHECKING:
    from portal.org.models import Office

_WORD_BYTES = 45
_BOUNDARY = f"=_{token_hex(16)}"


class NoticeMail(EmailMultiAlternatives):
    """A mail of ours; ``message()`` gives its bytes without Django's slower generator.

    ``from_email`` and ``to`` hold bare addresses, ``from_line`` and ``to_line`` what the header
    shows, encoded.
    """

    def __init__(self, *, to: str, from_line: str, to_line: str, html: str, **kwargs: Any) -> None:
        super().__init__(to=[to], **kwargs)
        self.attach_alternative(html, "text/html")
        self._from_line = from_line
        self._to_line = to_line
        self._html = html

    def message(self) -> "Wire":  # type: ignore[override]
        headers = {
            "Subject": encoded(str(self.subject)),
            "From": self._from_line,
            "To": self._to_line,
            "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
            **self.extra_headers,
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{_BOUNDARY}"',
        }
        if self.reply_to:
            headers["Reply-To"] = ", ".join(self.reply_to)
        head = "".join(f"{name}: {value}\n" for name, value in headers.items())
        body = _part("plain", str(self.body)) + _part("html", self._html)
        return Wire(head.encode("ascii") + b"\n" + body + f"--{_BOUNDARY}--\n".encode("ascii"))


class Wire:
    """The finished bytes, as far as Django's mail backends ask a message for anything."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self._data.replace(b"\n", linesep.encode("ascii"))

    def get_charset(self) -> None:
        """The bytes are ASCII; each part says how its own are packed."""


def mail_for(delivery: Outgoing, wordings: Wordings) -> NoticeMail:
    """The mail of a delivery, in the words of its notice and the language of its person."""
    link = wordings.link(delivery.notification_id)
    words = wordings.of(delivery.notice, delivery.language).for_person(delivery.name, link)
    address = delivery.email
    if not address.isascii():
        address = sanitize_address(address, "utf-8")
    sender = _bare(settings.DEFAULT_FROM_EMAIL)
    office = delivery.office
    return NoticeMail(
        subject=words.subject,
        body=words.text,
        html=words.html,
        from_email=sender,
        from_line=_from_line(office, sender),
        to=address,
        to_line=_address(delivery.name, address),
        reply_to=[office.email] if office and office.email else [],
        headers={
            "Message-ID": delivery.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "List-Unsubscribe": f"<{wordings.preferences_url}>",
        },
    )


def _from_line(office: "Office | None", sender: str) -> str:
    """The portal's address under the name of the person's office."""
    if office is None:
        return settings.DEFAULT_FROM_EMAIL
    return _address(office.short_name, sender)


def _address(name: str, address: str) -> str:
    name = " ".join(name.split())
    return formataddr((name, address)) if name.isascii() else f"{encoded(name)} <{address}>"


@lru_cache(maxsize=8)
def _bare(address: str) -> str:
    """ "a@b.c" of "Portal <a@b.c>"."""
    return parseaddr(address)[1]


@lru_cache(maxsize=256)
def encoded(text: str) -> str:
    """A header's text, folded, as encoded words where it is not ASCII (RFC 2047, section 2).

    An encoded word has at most 75 characters, so 45 bytes of UTF-8, and holds whole letters.
    """
    text = " ".join(text.split())
    if text.isascii():
        return Header(text).encode()
    words, start = [], 0
    while start < len(text):
        end = start + _WORD_BYTES
        while len(text[start:end].encode()) > _WORD_BYTES:
            end -= 1
        words.append(f"=?utf-8?b?{b64encode(text[start:end].encode()).decode()}?=")
        start = end
    return "\n ".join(words)


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"--{_BOUNDARY}\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\n'
        "Content-Transfer-Encoding: base64\n\n"
    )
    return head.encode("ascii") + encodebytes(text.encode()) + b"\n"

"""Mails put together by hand: a notice to 30,000 people is one body with other names in it."""

from base64 import encodebytes
from email.header import Header
from email.utils import formatdate
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from portal.notifications.models import Delivery
from portal.notifications.wording import Wordings, absolute

if TYPE_CHECKING:
    from portal.org.models import Office

_BOUNDARY = f"=_{token_hex(16)}"


class NoticeMail(EmailMultiAlternatives):
    """A mail of ours; ``message()`` gives its bytes without Django's slower generator."""

    def __init__(self, *, sender: str, to: str, to_line: str, html: str, **kwargs: Any) -> None:
        super().__init__(from_email=sender, to=[to], **kwargs)
        self.attach_alternative(html, "text/html")
        self._to_line = to_line
        self._html = html

    def message(self) -> "Wire":  # type: ignore[override]
        headers = {
            "Subject": _words(str(self.subject)),
            "From": self.from_email,
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


def mail_for(
    delivery: Delivery, wordings: Wordings, connection: BaseEmailBackend | None = None
) -> NoticeMail:
    """The mail of a delivery whose notification, notice, person and office are loaded."""
    notification = delivery.notification
    person = notification.person
    link = absolute(reverse("notifications:open", args=[notification.pk]))
    words = wordings.of(notification.notice, person.language).for_person(str(person), link)
    return NoticeMail(
        subject=words.subject,
        body=words.text,
        html=words.html,
        sender=_sender(person.office),
        to=person.email,
        to_line=_address(str(person), person.email),
        reply_to=[person.office.email] if person.office and person.office.email else [],
        headers={
            "Message-ID": delivery.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "List-Unsubscribe": f"<{absolute(reverse('notifications:preferences'))}>",
        },
        connection=connection,
    )


def _sender(office: "Office | None") -> str:
    """The portal's address under the name of the person's office."""
    if office is None:
        return settings.DEFAULT_FROM_EMAIL
    return _address(office.short_name, settings.DEFAULT_FROM_EMAIL)


def _address(name: str, address: str) -> str:
    return f"{_words(name)} <{address}>"


def _words(text: str) -> str:
    """A header's text, encoded and folded where it is not ASCII."""
    return Header(" ".join(text.split()), "utf-8" if not text.isascii() else None).encode()


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"--{_BOUNDARY}\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\n'
        "Content-Transfer-Encoding: base64\n\n"
    )
    return head.encode("ascii") + encodebytes(text.encode()) + b"\n"

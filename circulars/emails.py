"""Mails from the central mailbox, with the parts and words of amendment 4, appendix 7."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from circulars.body import body_text
from circulars.effects.outbound import public_address
from circulars.enums import Speed
from circulars.filenames import named_files
from circulars.mail.enums import OutboundKind
from circulars.models import IncomingMail, Letter, Mailbox, Outbound
from portal.files.models import StoredFile
from portal.files.service import open_stored
from portal.org.models import Office

RULE = "-" * 70
"""เส้นปิดข้อความ: closes the text under the contact (5.3.6.7)."""

SPEED_WORDS = {
    Speed.URGENT: "ด่วน",
    Speed.VERY_URGENT: "ด่วนมาก",
    Speed.MOST_URGENT: "ด่วนที่สุด",
}
"""Fixed Thai words, whatever the language of the page (clause 28)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph of the HTML mail."""

    text: str
    is_rule: bool = False
    is_note: bool = False


def message_for(outbound: Outbound, mailbox: Mailbox) -> EmailMultiAlternatives:
    """The mail of an outbox row. The same at each attempt, so also its Message-ID."""
    if outbound.kind == OutboundKind.LETTER and outbound.delivery is not None:
        message = _letter_mail(outbound, outbound.delivery.letter)
    elif outbound.mail is not None:
        message = _answer_mail(outbound, outbound.mail)
    else:
        raise ValueError(f"a {outbound.kind} without what it is about is no mail")
    message.from_email = formataddr((outbound.office.name, mailbox.address))
    message.to = [outbound.address]
    message.extra_headers["Message-ID"] = outbound.message_id
    return message


def letter_subject(letter: Letter) -> str:
    """The letter's own subject, its speed class before it with a colon (5.3.4)."""
    words = SPEED_WORDS.get(Speed(letter.speed))
    return f"{words} : {letter.subject}" if words else letter.subject


def summary(letter: Letter) -> str:
    """What the mail tells of the letter: whole paragraphs of its text (5.3.6.2)."""
    limit = settings.MAIL_SUMMARY_LETTERS
    kept: list[str] = []
    for line in body_text(letter.body).splitlines():
        if kept and sum(map(len, kept)) + len(line) > limit:
            kept.append("…")
            break
        kept.append(line)
    return "\n\n".join(kept)


def english_phone(phone: str) -> str:
    """ "+66 2283 4244" of "0 2283 4244"."""
    return re.sub(r"^0\s*-?\s*", "+66 ", phone.strip())


def _letter_mail(outbound: Outbound, letter: Letter) -> EmailMultiAlternatives:
    files = named_files(letter)
    fits = sum(file.size for file, _name in files) <= settings.MAIL_ATTACH_BYTES
    unit, office, drafter = letter.unit, letter.unit.office, letter.drafter
    context = {
        "letter": letter,
        "summary": summary(letter),
        "agency": office.name,
        "owner": unit.name,
        "phone": unit.phone or office.phone,
        "contact": drafter.get_full_name(),
        "contact_phone": drafter.phone if drafter.phone_is_public else "",
        "files_url": "" if fits else public_address(outbound),
    }
    text = render_to_string("circulars/mail_out/letter.txt", context)
    copy = unit.email or drafter.email
    message = _mail(letter_subject(letter), text)
    message.cc = [copy] if copy and copy.lower() != outbound.address.lower() else []
    if fits:
        _attach(message, files)
    return message


def _answer_mail(outbound: Outbound, mail: IncomingMail) -> EmailMultiAlternatives:
    template = f"circulars/mail_out/{outbound.kind}.txt"
    office = outbound.office
    text = render_to_string(template, _names(office, mail.mailbox) | outbound.details)
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    message = _mail(subject.strip(), text)
    message.extra_headers["Auto-Submitted"] = "auto-replied"
    message.extra_headers["X-Auto-Response-Suppress"] = "All"
    if mail.message_id:
        message.extra_headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return message


def _names(office: Office, mailbox: Mailbox) -> dict[str, str]:
    return {
        "agency": office.name,
        "agency_en": mailbox.name_en,
        "phone": office.phone,
        "phone_en": english_phone(office.phone),
    }


def _mail(subject: str, text: str) -> EmailMultiAlternatives:
    """HTML and plain text with the same words (5.3.5)."""
    lines = re.sub(r"\n{3,}", "\n\n", text).strip()
    context = {"subject": subject, "parts": _parts(lines)}
    message = EmailMultiAlternatives(subject=" ".join(subject.split()), body=lines)
    html = render_to_string("circulars/mail_out/page.html", context)
    message.attach_alternative(html, "text/html")
    return message


def _parts(text: str) -> list[_Part]:
    words, _rule, notice = text.partition(RULE)
    paragraphs = [_Part(part.strip()) for part in words.split("\n\n") if part.strip()]
    notices = [_Part(part.strip(), is_note=True) for part in notice.split("\n\n") if part.strip()]
    return [*paragraphs, _Part("", is_rule=True), *notices]


def _attach(message: EmailMultiAlternatives, files: Sequence[tuple[StoredFile, str]]) -> None:
    for file, name in files:
        with open_stored(file) as source:
            message.attach(name, source.read(), file.content_type.split(";")[0])

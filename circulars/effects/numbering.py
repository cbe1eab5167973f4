"""Giving a signed letter its number, the address of its check page and its hash."""

import hashlib
import json
import secrets
from datetime import datetime

from circulars.effects.numbers import take_number
from circulars.models import Letter, RegisterEntry
from circulars.numbering import number_text, number_unit, register_kind
from portal.core.tasks import defer

TOKEN_BYTES = 16
"""128 bits: the check page's address cannot be guessed."""


def give_number(
    letter: Letter, *, actor_id: int, moment: datetime, reserved: RegisterEntry | None = None
) -> None:
    """Number the letter in its register, freeze what it says and order its PDF.

    The number is of the calendar year of ``moment``, or the ``reserved`` one; the caller saves
    the letter.
    """
    letter.entry = _enter(letter, actor_id, moment, reserved)
    letter.number_text = number_text(letter, letter.entry)
    letter.entry.reference = letter.number_text
    letter.entry.save(update_fields=["reference"])
    letter.check_token = secrets.token_urlsafe(TOKEN_BYTES)
    letter.content_hash = content_hash(letter)
    defer("circulars.build_pdf", letter.pk)


def content_hash(letter: Letter) -> str:
    """SHA-256 over what was signed: fields, references, attachments and recipients."""
    content = {
        "number": letter.number_text,
        "date": str(letter.letter_date),
        "kind": letter.kind,
        "speed": letter.speed,
        "secrecy": letter.secrecy,
        "due": str(letter.due_on or ""),
        "subject": letter.subject,
        "addressee": [letter.salutation, letter.addressee],
        "body": letter.body,
        "closing": letter.closing,
        "copies": letter.copies_to,
        **({"details": letter.details} if letter.details else {}),
        "signer": [letter.signer_name, *letter.signer_lines],
        "references": list(letter.references.values_list("text", flat=True)),
        "attachments": list(letter.attachments.values_list("title", "file__blob__sha256")),
        "recipients": list(
            letter.recipients.order_by("unit_id").values_list("unit_id", flat=True)
        ),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _enter(
    letter: Letter, actor_id: int, moment: datetime, reserved: RegisterEntry | None
) -> RegisterEntry:
    return take_number(
        unit_id=number_unit(letter).pk,
        kind=register_kind(letter),
        moment=moment,
        registered_by_id=actor_id,
        dated=letter.letter_date,
        sender=str(letter.unit),
        receiver=letter.addressee,
        subject="" if letter.is_secret else letter.subject,
        reserved=reserved,
    )

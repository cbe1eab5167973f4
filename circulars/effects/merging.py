"""One signature, many documents: each person of the list gets one, with a number of its own."""

import html
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from circulars.effects.numbering import give_number
from circulars.enums import LetterState
from circulars.merging_words import filled, filled_details
from circulars.models import Attachment, Letter, MergeRow, MergeRun
from portal.core.tasks import defer

FILLED = ("subject", "addressee", "body", "copies_to")
"""What is written again for each person."""

COPIED = (
    "unit_id", "drafter_id", "kind", "revision", "salutation", "closing", "speed", "secrecy",
    "names_person", "send_when_signed", "signer_id", "signer_name", "signer_lines", "signed_at",
    "letter_date",
)  # fmt: skip
"""What is the same in all documents; day and signature are those of the one signature."""


def begin(letter: Letter) -> None:
    """Called when a letter is signed: it becomes the first person's, a task makes the others."""
    run = MergeRun.objects.select_for_update().filter(letter=letter).first()
    if run is None:
        return
    run.pattern = {name: getattr(letter, name) for name in (*FILLED, "details")}
    run.started_at = timezone.now()
    run.save()
    first = run.rows.earliest("position")
    _fill(letter, run.pattern, first.values)
    first.letter = letter
    first.save(update_fields=["letter"])
    defer("circulars.merge_letters", run.pk)


def make_document(run: MergeRun, row: MergeRow) -> Letter:
    """The signed and numbered letter of one person, in the caller's transaction."""
    signed = run.letter
    assert signed.signer_id is not None  # noqa: S101  (a list is made from when it is signed)
    assert signed.signed_at is not None  # noqa: S101
    letter = Letter(**{name: getattr(signed, name) for name in COPIED})
    letter.unit, letter.signer = signed.unit, signed.signer
    _fill(letter, run.pattern, row.values)
    letter.save()
    Attachment.objects.bulk_create(
        Attachment(letter=letter, file_id=file, title=title, position=position)
        for file, title, position in signed.attachments.values_list("file", "title", "position")
    )
    letter.state = LetterState.SIGNED_PENDING
    give_number(letter, actor_id=signed.signer_id, moment=signed.signed_at)
    letter.save()
    row.letter = letter
    row.save(update_fields=["letter"])
    return letter


def is_further(letter: Letter) -> bool:
    """Made from another letter's list: nobody has to be told of each of five hundred."""
    return MergeRow.objects.filter(letter=letter).exclude(run__letter=letter).exists()


def _fill(letter: Letter, pattern: Mapping[str, Any], values: Mapping[str, str]) -> None:
    escaped = {name: html.escape(value, quote=False) for name, value in values.items()}
    for name in FILLED:
        words = filled(pattern[name], escaped if name == "body" else values)
        setattr(letter, name, words[: _longest(name)])
    letter.details = filled_details(pattern["details"], values)


def _longest(name: str) -> int | None:
    return getattr(Letter._meta.get_field(name), "max_length", None)

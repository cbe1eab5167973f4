"""Reads what is in a stored content after it has come in: its words and its first page."""

import logging
import zipfile
from collections.abc import Iterable
from subprocess import SubprocessError
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.core.tasks import defer
from portal.files.enums import ReadState, ScanState
from portal.files.models import Blob, BlobText, StoredFile
from portal.files.ocr import OcrMissing, recognise
from portal.files.pictures import page_to_read, thumbnail
from portal.files.storage import absolute_path, thumbnail_path, write_beside
from portal.files.texts import Words, words_of

logger = logging.getLogger(__name__)

# What the libraries raise for files that are damaged in one way or another.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,  # also pdfium's own
    SubprocessError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)
_AGAIN = (ReadState.WAITING, ReadState.NEEDS_OCR)


def read_blob(blob_id: int) -> None:
    """Keep the words and the picture of a content; safe to run twice.

    What cannot be read is marked so and not tried again: the bytes never change.
    """
    blob = Blob.objects.filter(pk=blob_id, read_state__in=_AGAIN).first()
    if blob is None or blob.scan_state == ScanState.INFECTED:
        return
    path = absolute_path(blob.path)
    try:
        with path.open("rb") as file:
            _keep_thumbnail(blob, file)
        with path.open("rb") as file:
            state, text, confidence = _read(file, blob.content_type)
    except _DAMAGE as error:
        logger.warning("Content #%s cannot be read (%s)", blob.pk, type(error).__name__)
        state, text, confidence = ReadState.FAILED, "", None
    _keep(blob, state, text, confidence)


def queue_unread() -> int:
    """Queue what was stored before contents were read, or before OCR was there; how many."""
    with transaction.atomic():
        waiting = Blob.objects.filter(read_state__in=_AGAIN).order_by("pk")
        pks = list(waiting.values_list("pk", flat=True))
        for pk in pks:
            defer("files.read_blob", pk)
    return len(pks)


def forget_readings(files: Iterable[StoredFile]) -> None:
    """Delete words and pictures of contents that have become secret; none is made again."""
    for blob in Blob.objects.filter(files__in=[file.pk for file in files]).distinct():
        BlobText.objects.filter(blob=blob).delete()
        thumbnail_path(blob.sha256).unlink(missing_ok=True)
        blob.read_state, blob.has_thumbnail, blob.read_confidence = ReadState.WITHHELD, False, None
        blob.save(update_fields=["read_state", "has_thumbnail", "read_confidence"])


def _keep_thumbnail(blob: Blob, file: BinaryIO) -> None:
    picture = thumbnail(file, blob.content_type)
    if picture:
        write_beside(thumbnail_path(blob.sha256), picture)
        blob.has_thumbnail = True


def _read(file: BinaryIO, content_type: str) -> tuple[ReadState, str, int | None]:
    words = words_of(file, content_type)
    if words is None:
        return ReadState.WORDLESS, "", None
    if not words.unread_pages:
        return (ReadState.READ if words.text.strip() else ReadState.WORDLESS), words.text, None
    try:
        return _read_scan(file, content_type, words)
    except OcrMissing:
        return ReadState.NEEDS_OCR, words.text, None


def _read_scan(
    file: BinaryIO, content_type: str, words: Words
) -> tuple[ReadState, str, int | None]:
    """The words of the pictures after those of the text layer; the mean confidence by words."""
    pieces, total, weight = [words.text], 0, 0
    for number in words.unread_pages[: settings.OCR_MAX_PAGES]:
        file.seek(0)
        found = recognise(page_to_read(file, content_type, number))
        pieces.append(found.text)
        total += found.confidence * found.words
        weight += found.words
    text = "\n".join(piece for piece in pieces if piece.strip())[: settings.FILES_MAX_TEXT]
    if not weight:
        return (ReadState.READ if text else ReadState.WORDLESS), text, None
    return ReadState.SCANNED, text, round(total / weight)


@transaction.atomic
def _keep(blob: Blob, state: ReadState, text: str, confidence: int | None) -> None:
    """Unless the content has become secret meanwhile."""
    blob.read_state, blob.read_confidence, blob.read_at = state, confidence, timezone.now()
    written = Blob.objects.filter(pk=blob.pk, read_state__in=_AGAIN).update(
        read_state=state,
        read_confidence=confidence,
        read_at=blob.read_at,
        has_thumbnail=blob.has_thumbnail,
    )
    if written and text.strip():
        BlobText.objects.update_or_create(blob=blob, defaults={"text": text})
    elif not written:
        thumbnail_path(blob.sha256).unlink(missing_ok=True)

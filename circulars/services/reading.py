"""The text of a letter's first page, and what can be read from it."""

import logging
from dataclasses import dataclass
from enum import Enum
from threading import Lock

import pypdfium2

from circulars.reading import Reading, read_letter
from portal.files.enums import CONTENT_TYPES, FileKind, ReadState
from portal.files.errors import FileMissing, FileRefused
from portal.files.models import BlobText, StoredFile
from portal.files.service import open_stored
from portal.org.models import Office, Unit

logger = logging.getLogger(__name__)

PDF_TYPE = CONTENT_TYPES[FileKind.PDF]
MIN_LETTERS = 20
"""Fewer than these is no text layer: scanners write page numbers into pictures."""

# PDFium is one state machine for the whole process.
_lock = Lock()


class Source(Enum):
    """Where the words of a page come from."""

    TEXT = "text"
    """The file's own text layer."""
    SCAN = "scan"
    """A picture that a program has read; it guesses."""
    WAITING = "waiting"
    """A picture that is still being read."""
    NONE = "none"
    """A picture that nothing has read, or a damaged file."""


@dataclass(frozen=True)
class PageText:
    text: str
    source: Source


@dataclass(frozen=True)
class PageReading:
    """What a first page says of its letter, and how far that can be trusted."""

    reading: Reading
    source: Source


def read_file(file: StoredFile, *, office: Office) -> Reading | None:
    """What the first page of ``file`` says of the letter; ``None`` when it has no text."""
    page = read_page(file, office=office)
    return page.reading if page.source in (Source.TEXT, Source.SCAN) else None


def read_page(file: StoredFile, *, office: Office) -> PageReading:
    """What the first page of ``file`` says; a known agency comes in the directory's spelling."""
    page = first_page_text(file)
    if not page.text:
        return PageReading(Reading(), page.source)
    names = Unit.objects.outside().filter(office=office, closed_on=None)
    agencies = list(names.values_list("name", flat=True))
    return PageReading(read_letter(page.text, agencies=agencies), page.source)


def first_page_text(file: StoredFile) -> PageText:
    """The words of the first page: of its text layer, else what was read from the scan."""
    text = _text_layer(file) if file.content_type == PDF_TYPE else ""
    if sum(map(str.isalpha, text)) >= MIN_LETTERS:
        return PageText(text, Source.TEXT)
    if file.blob.read_state == ReadState.SCANNED:
        words = BlobText.objects.filter(blob=file.blob_id).first()
        return PageText(words.text, Source.SCAN) if words else PageText("", Source.NONE)
    waits = file.blob.read_state == ReadState.WAITING
    return PageText("", Source.WAITING if waits else Source.NONE)


def _text_layer(file: StoredFile) -> str:
    try:
        with open_stored(file) as source:
            data = source.read()
        with _lock, pypdfium2.PdfDocument(data) as pdf:
            page = pdf[0]
            layer = page.get_textpage()
            text: str = layer.get_text_range()
            layer.close()
            page.close()
    except (FileMissing, FileRefused, pypdfium2.PdfiumError):
        logger.info("The first page of file %s cannot be read", file.pk)
        return ""
    return text

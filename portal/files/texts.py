"""The words in a file, for the search: never shown as what the file says.

Each reader gets an open file and gives plain text, at most ``FILES_MAX_TEXT`` characters; a
PDF also the numbers of its pages that hold a picture and no words.
"""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, BinaryIO
from xml.etree import ElementTree

import pypdfium2
from django.conf import settings
from openpyxl import load_workbook
from pypdfium2 import raw

from portal.files.enums import CONTENT_TYPES, IMAGES, FileKind

FEWEST_LETTERS = 12
"""A page with fewer letters than that has no text layer worth the name, only a page number."""
MOST_PAGES = 500
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Words:
    """What was read; ``unread_pages`` counts from 0 and is all of a picture."""

    text: str
    unread_pages: tuple[int, ...] = ()


def words_of(file: BinaryIO, content_type: str) -> Words | None:
    """The words of a file, or None for a kind that has none.

    Raises whatever its library raises for a damaged file; see ``portal.files.reading``.
    """
    reader = _READERS.get(content_type)
    if content_type in _PICTURES:
        return Words("", (0,))
    return reader(file) if reader else None


def _pdf(file: BinaryIO) -> Words:
    pieces: list[str] = []
    unread: list[int] = []
    with pypdfium2.PdfDocument(file) as document:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            words = page.get_textpage()
            text = words.get_text_bounded()
            is_scan = sum(map(str.isalnum, text)) < FEWEST_LETTERS and _has_picture(page)
            words.close()
            page.close()
            unread += [number] if is_scan else []
            pieces.append(text)
    return Words(_cut("\n".join(pieces)), tuple(unread))


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return any(True for _one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


def _docx(file: BinaryIO) -> Words:
    return _zipped_xml(file, lambda name: name.startswith("word/"), paragraphs={"p"})


def _pptx(file: BinaryIO) -> Words:
    return _zipped_xml(file, lambda name: name.startswith("ppt/slides/"), paragraphs={"p"})


def _open_document(file: BinaryIO) -> Words:
    return _zipped_xml(file, lambda name: name == "content.xml", paragraphs={"p", "h"})


def _xlsx(file: BinaryIO) -> Words:
    """Rows as lines; cells that hold formulas as they were last worked out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that no text hangs on
        book = load_workbook(file, read_only=True, data_only=True)
    try:
        return Words(_gathered(_lines_of(book)))
    finally:
        book.close()


def _lines_of(book: object) -> Iterator[str]:
    for sheet in book.worksheets:  # type: ignore[attr-defined]
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            line = "\t".join(str(cell) for cell in row if cell is not None)
            if line:
                yield line


def _plain(file: BinaryIO) -> Words:
    """UTF-8, or else Windows Thai, which holds TIS-620."""
    data = file.read(4 * settings.FILES_MAX_TEXT)
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return Words(_cut(data.decode(encoding)))
        except UnicodeDecodeError:
            continue
    return Words(_cut(data.decode("cp874", errors="ignore")))


def _zipped_xml(
    file: BinaryIO, is_wanted: Callable[[str], bool], *, paragraphs: set[str]
) -> Words:
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml") and is_wanted(name)]
        return Words(_gathered(_paragraphs(archive, names, paragraphs)))


def _paragraphs(archive: zipfile.ZipFile, names: list[str], ends: set[str]) -> Iterator[str]:
    for name in sorted(names, key=lambda name: (name != "word/document.xml", len(name), name)):
        with archive.open(name) as part:
            yield from _part_lines(part, ends)


def _part_lines(part: IO[bytes], ends: set[str]) -> Iterator[str]:
    """Lines of one XML part. Its size was checked with the upload; expat stops entity bombs."""
    pieces: list[str] = []
    for _event, element in ElementTree.iterparse(part):  # noqa: S314  (see above)
        tag = element.tag.rpartition("}")[2]
        if tag in ends:
            line = "".join(element.itertext()).strip() if not pieces else "".join(pieces)
            pieces.clear()
            if line.strip():
                yield line.strip()
            element.clear()
        elif tag == "t" and element.text:
            pieces.append(element.text)
        elif tag in ("tab", "br", "cr"):
            pieces.append(" ")


def _gathered(lines: Iterator[str]) -> str:
    pieces: list[str] = []
    size = 0
    for line in islice(lines, settings.FILES_MAX_TEXT):
        pieces.append(line)
        size += len(line) + 1
        if size > settings.FILES_MAX_TEXT:
            break
    return _cut("\n".join(pieces))


def _cut(text: str) -> str:
    return text.replace("\0", "")[: settings.FILES_MAX_TEXT]


_PICTURES = frozenset(CONTENT_TYPES[kind] for kind in IMAGES)
_READERS: dict[str, Callable[[BinaryIO], Words]] = {
    CONTENT_TYPES[FileKind.PDF]: _pdf,
    CONTENT_TYPES[FileKind.DOCX]: _docx,
    CONTENT_TYPES[FileKind.PPTX]: _pptx,
    CONTENT_TYPES[FileKind.XLSX]: _xlsx,
    CONTENT_TYPES[FileKind.ODT]: _open_document,
    CONTENT_TYPES[FileKind.ODS]: _open_document,
    CONTENT_TYPES[FileKind.TXT]: _plain,
    CONTENT_TYPES[FileKind.CSV]: _plain,
}

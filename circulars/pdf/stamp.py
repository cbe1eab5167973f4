"""The receipt stamp (clauses 37 and 78, form 12), and a copy of a letter that carries it.

The letter's own file is read and never written: what the sender sealed stays as it came.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from math import ceil

import pypdfium2
from django.template.loader import render_to_string
from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from circulars.models import ReceiptStamp
from circulars.pdf.content import breakable
from circulars.services.stamps import HEIGHT, MARGIN, WIDTH, Stamped, Words, words_of
from portal.core.errors import PortalError
from portal.core.pdf import render_pdf
from portal.files.enums import CONTENT_TYPES, IMAGES, FileKind
from portal.files.models import StoredFile
from portal.files.service import detach, open_stored, store_bytes

POINTS_PER_MM = 72 / 25.4
PICTURE_WIDTH = 720
"""Pixels of the picture on which the stamp is placed."""

SIZES = {"usual": (30, 2), "small": (35, 2), "tiny": (44, 3)}
"""Letters on a line and lines that the agency's name has in each size."""

PDF_TYPE = CONTENT_TYPES[FileKind.PDF]
PICTURE_TYPES = frozenset(CONTENT_TYPES[kind] for kind in IMAGES)
_UNREADABLE = (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class CannotStamp(PortalError):
    """This file is neither a PDF nor a picture, or it cannot be read; trying again is no use."""

    code = "cannot_stamp"


@dataclass(frozen=True)
class Place:
    """Millimetres from the upper left corner of the page as it is shown."""

    left: float
    top: float


@dataclass(frozen=True)
class Copy:
    """A PDF with the stamp on its first page, whose size is in millimetres."""

    data: bytes
    width: float
    height: float


def stamp_pdf(words: Words) -> bytes:
    """The stamp alone, on a page of its own size: 5 × 2.5 cm."""
    context = {
        "words": words,
        "agency": [breakable(line) for line in words.agency],
        "size": _size(words.agency),
    }
    html = render_to_string("circulars/pdf/stamp.html", context)
    return render_pdf(html, title=words.number)


def stamped_copy(document: bytes, *, stamp: bytes, place: Place | None = None) -> Copy:
    """A copy of the PDF ``document`` with ``stamp`` on its first page, upper right by default.

    The place counts on the page as readers show it: turned, cropped and scaled. Raises
    ``CannotStamp`` for a PDF that no program can copy.
    """
    try:
        writer = PdfWriter()
        writer.append(_reader(document))
        page = writer.pages[0]
        page.transfer_rotation_to_content()
        sheet = _Sheet(page)
        sheet.put(PdfReader(BytesIO(stamp)).pages[0], place or sheet.upper_right())
        target = BytesIO()
        writer.write(target)
    except _UNREADABLE as error:
        raise CannotStamp from error
    return Copy(target.getvalue(), sheet.width, sheet.height)


def picture_as_pdf(picture: bytes) -> bytes:
    """A scanned picture on an A4 page, upright or across as the picture is."""
    with Image.open(BytesIO(picture)) as image:
        width, height = ImageOps.exif_transpose(image).size
    html = render_to_string("circulars/pdf/scan.html", {"is_wide": width > height})
    return render_pdf(html, title="scan", images={"scan": picture})


def first_page_png(document: bytes) -> bytes:
    """The first page as a picture for the screen."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        page = pdf[0]
        scale = PICTURE_WIDTH / page.get_width()
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        page.close()
    finally:
        pdf.close()
    target = BytesIO()
    picture.quantize(64).save(target, "PNG", optimize=True)
    return target.getvalue()


def draw_stamp(stamp: ReceiptStamp) -> Stamped:
    """Make the copy of a registered letter that carries its stamp, and store it.

    Running it again makes another file; one that nobody keeps is swept after a day. Raises
    ``CannotStamp``, ``FileMissing``, or what ``render_pdf`` raises.
    """
    delivery = stamp.delivery
    document = _document(delivery.letter.pdf)
    words = words_of(delivery)
    place = None
    if stamp.left is not None and stamp.top is not None:
        place = Place(float(stamp.left), float(stamp.top))
    copy = stamped_copy(document, stamp=stamp_pdf(words), place=place)

    def stored(data: bytes, name: str, kind: FileKind) -> StoredFile:
        file = store_bytes(
            data=data,
            name=name,
            content_type=CONTENT_TYPES[kind],
            office=delivery.unit.office,
            actor=None,
        )
        detach([file])
        return file

    name = f"รับ-{delivery.entry}".replace("/", "-")
    return Stamped(
        file=stored(copy.data, f"{name}.pdf", FileKind.PDF),
        picture=stored(first_page_png(document), f"{name}.png", FileKind.PNG),
        page_width=_tenths(copy.width),
        page_height=_tenths(copy.height),
    )


def _size(agency: list[str]) -> str:
    """The largest size in which the agency's name fits; the smallest for any longer one."""
    widths = [sum(unicodedata.category(letter) != "Mn" for letter in line) for line in agency]
    for size, (letters, lines) in SIZES.items():
        if sum(ceil(width / letters) for width in widths) <= lines:
            return size
    return "tiny"


class _Sheet:
    """A page as it is shown: its visible part, its size in millimetres, its unit of length."""

    def __init__(self, page: PageObject) -> None:
        self._page = page
        box = page.cropbox
        self._left, self._top = float(box.left), float(box.top)
        self._per_mm = POINTS_PER_MM / float(page.user_unit)
        self.width = float(box.width) / self._per_mm
        self.height = float(box.height) / self._per_mm

    def upper_right(self) -> Place:
        return Place(max(self.width - float(WIDTH + MARGIN), 0), float(MARGIN))

    def put(self, stamp: PageObject, place: Place) -> None:
        scale = self._per_mm / POINTS_PER_MM
        left = self._left + place.left * self._per_mm
        bottom = self._top - (place.top + float(HEIGHT)) * self._per_mm
        move = Transformation().scale(scale).translate(left, bottom)
        self._page.merge_transformed_page(stamp, move, over=True, expand=False)


def _document(file: StoredFile | None) -> bytes:
    """The letter as PDF; pictures are put on a page first."""
    if file is None:
        raise CannotStamp
    with open_stored(file) as source:
        data = source.read()
    convert: dict[str, Callable[[bytes], bytes]] = {
        PDF_TYPE: bytes,
        **dict.fromkeys(PICTURE_TYPES, picture_as_pdf),
    }
    try:
        return convert[file.content_type](data)
    except KeyError as error:
        raise CannotStamp from error


def _reader(document: bytes) -> PdfReader:
    """Opens also what is only locked against changes: it is a copy that is written on."""
    reader = PdfReader(BytesIO(document))
    if reader.is_encrypted:
        reader.decrypt("")
    return reader


def _tenths(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"))

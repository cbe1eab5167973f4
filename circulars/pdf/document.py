"""HTML and PDF of a letter in the layout of its form, and the sealed file."""

from io import BytesIO

import segno
from django.db import transaction
from django.template.loader import render_to_string

from circulars.filenames import letter_file_name
from circulars.models import Letter
from circulars.pdf.agency_seal import seal_drawing
from circulars.pdf.content import Sheet, sheet_of
from circulars.pdf.pictures import draw
from circulars.sealing import seal
from circulars.services.previews import Drawing
from portal.core.pdf import render_pdf
from portal.files.models import StoredFile
from portal.files.service import detach, open_stored, store_bytes

PDF_TYPE = "application/pdf"


def letter_html(letter: Letter) -> str:
    """The letter as the page that is printed; a draft until it is signed."""
    return _html(sheet_of(letter))


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF without a seal; a draft says so across each page and has no number.

    Raises ``PdfFailed`` or ``FontsMissing`` (portal.core.pdf), or ``FileMissing`` when the
    office's emblem cannot be read.
    """
    sheet = sheet_of(letter)
    return render_pdf(_html(sheet), title=sheet.title, images=_images(sheet))


def sealed_letter(letter: Letter) -> StoredFile:
    """Render a signed letter, seal it with the office's certificate and store it.

    Running it again makes another file and changes nothing else; a file that the letter does
    not take over (``attach``) is swept after a day. Raises what ``letter_pdf`` raises, and
    ``SealUnavailable`` when the office has no usable certificate.
    """
    office = letter.unit.office
    data = seal(letter_pdf(letter), office=office)
    with transaction.atomic():
        stored = store_bytes(
            data=data,
            name=letter_file_name(letter),
            content_type=PDF_TYPE,
            office=office,
            actor=None,
        )
        detach([stored])
    return stored


def preview_drawing(letter: Letter) -> Drawing:
    """Pictures of the sealed document where there is one, else of the draft."""
    if letter.pdf is None:
        return draw(letter_pdf(letter))
    with open_stored(letter.pdf) as file:
        return draw(file.read())


def _html(sheet: Sheet) -> str:
    return render_to_string(sheet.kind.template, {"sheet": sheet})


def _images(sheet: Sheet) -> dict[str, bytes]:
    """The pictures the template names: the office's emblem, its seal and the QR code."""
    images = {}
    if sheet.emblem is not None:
        with open_stored(sheet.emblem) as file:
            images["emblem"] = file.read()
    if sheet.check_url:
        images["qr"] = _qr(sheet.check_url)
        if sheet.kind.layout == "sealed":
            images["seal"] = seal_drawing("".join(sheet.agency), images.get("emblem"))
    return images


def _qr(text: str) -> bytes:
    """A QR code as SVG with its quiet zone, readable with 15 % of it damaged.

    Readers take any of the eight masks. Trying out all of them takes 3 ms a letter; this one
    comes out best for most addresses and never badly.
    """
    target = BytesIO()
    segno.make(text, error="m", micro=False, mask=2).save(
        target, kind="svg", border=2, xmldecl=False, light="#fff"
    )
    return target.getvalue()

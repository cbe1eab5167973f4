"""Pictures of a PDF's pages, for screens that cannot show PDF inside a page."""

from io import BytesIO

import pypdfium2
from PIL import Image

from circulars.services.previews import Drawing

DPI = 120
MAX_PICTURES = 10
"""Pages that are drawn; the rest can be read in the PDF."""

_COLOURS = 32  # black on white with one red: more only makes the file larger


def draw(pdf: bytes) -> Drawing:
    """The first pages of ``pdf`` as small PNG pictures, all of the size of the first."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        total = len(document)
        pages = [_picture(document, index) for index in range(min(total, MAX_PICTURES))]
    finally:
        document.close()
    width, height = pages[0].size
    return Drawing(
        pdf=pdf, total=total, pictures=[_png(page) for page in pages], width=width, height=height
    )


def _picture(document: pypdfium2.PdfDocument, index: int) -> Image.Image:
    page = document[index]
    try:
        return page.render(scale=DPI / 72, may_draw_forms=False).to_pil()
    finally:
        page.close()


def _png(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.convert("RGB").quantize(_COLOURS).save(target, "PNG", optimize=True)
    return target.getvalue()

"""Emblem and seal as PNG: Word shows no SVG without a second picture beside it."""

import io
from functools import cache

import pypdfium2
from PIL import Image, ImageChops

from circulars.pdf.agency_seal import OUTER, seal_drawing
from circulars.pdf.content import Sheet
from portal.core.pdf import render_pdf
from portal.files.service import open_stored

_DOTS = 300


def emblem_png(sheet: Sheet) -> bytes:
    """The office's emblem, or the placeholder drawing; raises ``FileMissing``."""
    data = _uploaded(sheet)
    if data is None:
        return _placeholder()
    with Image.open(io.BytesIO(data)) as picture:
        return _png(picture.convert("RGBA"))


def seal_png(sheet: Sheet) -> bytes:
    """The agency's seal, 45 mm across."""
    drawing = seal_drawing(sheet.agency_name, _uploaded(sheet))
    return _drawn("image:seal", OUTER, {"seal": drawing})


def _uploaded(sheet: Sheet) -> bytes | None:
    if sheet.emblem is None:
        return None
    with open_stored(sheet.emblem) as file:
        return file.read()


@cache
def _placeholder() -> bytes:
    return _drawn("static:img/garuda-placeholder.svg", 30, {})


def _drawn(address: str, high: float, images: dict[str, bytes]) -> bytes:
    """A drawing as the PDF renderer draws it, without the white around."""
    html = (
        "<style>@page { size: 60mm 60mm; margin: 2mm } "
        f"img {{ height: {high:g}mm }}</style><img src='{address}' alt=''>"
    )
    document = pypdfium2.PdfDocument(render_pdf(html, title="", images=images))
    try:
        picture = document[0].render(scale=_DOTS / 72).to_pil().convert("RGB")
    finally:
        document.close()
    edges = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return _png(picture.crop(edges))


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()

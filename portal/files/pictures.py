"""Pictures of pages: small ones for lists, large ones for reading."""

from io import BytesIO
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps

from portal.files.enums import CONTENT_TYPES, IMAGES, FileKind

THUMBNAIL = (240, 340)
"""Pixels that a thumbnail has at most: an A4 page at twice the size it is shown."""
SCAN_DPI = 300
MOST_PIXELS = 30_000_000
_POINTS = 72
_PDF = CONTENT_TYPES[FileKind.PDF]
_PICTURES = frozenset(CONTENT_TYPES[kind] for kind in IMAGES)


def thumbnail(file: BinaryIO, content_type: str) -> bytes | None:
    """A WebP of the first page or the picture, or None for a kind that has no page."""
    if content_type == _PDF:
        with pypdfium2.PdfDocument(file) as document:
            picture = _drawn(document[0], _fitting(document[0]))
    elif content_type in _PICTURES:
        picture = _opened(file)
    else:
        return None
    picture.thumbnail(THUMBNAIL)
    target = BytesIO()
    _on_white(picture).save(target, "WEBP", quality=70, method=4)
    return target.getvalue()


def page_to_read(file: BinaryIO, content_type: str, number: int) -> Image.Image:
    """A page, or the picture itself, in greys and as sharp as reading needs."""
    if content_type == _PDF:
        with pypdfium2.PdfDocument(file) as document:
            page = document[number]
            width, height = page.get_size()
            scale = SCAN_DPI / _POINTS
            scale = min(scale, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
            return _drawn(page, scale, grey=True)
    picture = _opened(file)
    if picture.width * picture.height > MOST_PIXELS:
        picture.thumbnail((int(MOST_PIXELS**0.5),) * 2)
    return _on_white(picture).convert("L")


def _fitting(page: pypdfium2.PdfPage) -> float:
    width, height = page.get_size()
    return min(THUMBNAIL[0] / max(width, 1), THUMBNAIL[1] / max(height, 1))


def _drawn(page: pypdfium2.PdfPage, scale: float, *, grey: bool = False) -> Image.Image:
    return page.render(scale=max(scale, 0.01), grayscale=grey).to_pil()


def _opened(file: BinaryIO) -> Image.Image:
    picture = Image.open(file)
    picture.load()
    return ImageOps.exif_transpose(picture)


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, which would be black in greys."""
    if picture.mode in ("RGB", "L"):
        return picture
    layer = picture.convert("RGBA")
    sheet = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(sheet, layer).convert("RGB")

"""The reader's name across every page of what is given out to one person."""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

import pypdfium2
from django.template.loader import render_to_string
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from portal.core.pdf.render import render_pdf

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
"""Types of pictures that can be marked, as Pillow calls them."""

_ROWS = 7


def can_be_marked(content_type: str) -> bool:
    return content_type == "application/pdf" or content_type in PICTURES


def watermarked(data: bytes, content_type: str, words: str) -> bytes:
    """A copy of a PDF or picture with ``words`` across each page; other types are not touched.

    The copy carries no valid seal of the original any more.
    """
    if content_type == "application/pdf":
        return _marked_pdf(data, words)
    if content_type in PICTURES:
        return _marked_picture(data, PICTURES[content_type], words)
    return data


def _marked_pdf(data: bytes, words: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    mark = PdfReader(BytesIO(_mark(words))).pages[0]
    for page in writer.pages:
        page.transfer_rotation_to_content()
        page.merge_transformed_page(mark, _fitting(mark, page))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _fitting(mark: PageObject, page: PageObject) -> Transformation:
    """The mark stretched over a page of any size and corner."""
    box = page.mediabox
    return (
        Transformation()
        .scale(float(box.width / mark.mediabox.width), float(box.height / mark.mediabox.height))
        .translate(float(box.left), float(box.bottom))
    )


def _marked_picture(data: bytes, kind: str, words: str) -> bytes:
    target = BytesIO()
    with Image.open(BytesIO(data)) as picture:
        shown = picture.convert("RGBA")
        shown.alpha_composite(_mark_picture(words, shown.size))
        shown.convert("RGB").save(target, kind)
    return target.getvalue()


def _mark_picture(words: str, size: tuple[int, int]) -> Image.Image:
    """The mark as a picture of this size, see-through between its letters."""
    document = pypdfium2.PdfDocument(_mark(words))
    try:
        page = document[0]
        scale = size[0] / page.get_width()
        drawn = page.render(scale=scale, fill_color=(255, 255, 255, 0)).to_pil()
    finally:
        document.close()
    return drawn.convert("RGBA").resize(size)


@lru_cache(maxsize=64)
def _mark(words: str) -> bytes:
    """One page with the words in slanted rows; the same for all that is read within a minute."""
    html = render_to_string("components/pdf/watermark.html", {"rows": list(_rows(words))})
    return render_pdf(html, title=words)


def _rows(words: str) -> Iterator[str]:
    for _row in range(_ROWS):
        yield words

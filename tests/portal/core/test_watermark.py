"""The reader's name on every page."""

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter

from portal.core.pdf import render_pdf
from portal.core.pdf.watermark import can_be_marked, watermarked
from tests.factories.files import image_bytes

WORDS = "นางสาวน้ำทิพย์ ทดสอบ · 20 พ.ย. 2569 14:05 น."


def document(pages: int) -> bytes:
    body = '<p style="break-after: page">กำหนดการประชุม</p>' * pages
    return render_pdf(f"<style>@page {{ size: A4 }}</style>{body}", title="x")


def test_every_page_names_the_reader_and_keeps_its_words() -> None:
    marked = PdfReader(BytesIO(watermarked(document(3), "application/pdf", WORDS)))

    texts = [
        page.extract_text() for page in marked.pages if "กำหนดการประชุม" in page.extract_text()
    ]
    assert len(texts) == 3
    assert [text.count("14:05 น.") for text in texts] == [7, 7, 7]


@pytest.mark.parametrize("rotation", [0, 90])
def test_page_of_another_size_is_covered(rotation: int) -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(width=1200, height=400)
    page.mediabox.left, page.mediabox.right = 100, 1300
    page.rotate(rotation)
    target = BytesIO()
    writer.write(target)

    marked = watermarked(target.getvalue(), "application/pdf", WORDS)

    assert ink_share(marked) > 0.01


def test_picture_keeps_its_kind_and_size_and_is_marked() -> None:
    plain = image_bytes("PNG", size=(600, 900), mode="RGB")
    marked = watermarked(plain, "image/png", WORDS)

    with Image.open(BytesIO(marked)) as shown, Image.open(BytesIO(plain)) as before:
        assert (shown.format, shown.size) == ("PNG", (600, 900))
        changed = sum(ImageChops.difference(before, shown).convert("L").histogram()[1:])
    assert 0.005 < changed / (600 * 900) < 0.4


def test_other_types_are_given_as_they_are() -> None:
    assert watermarked(b"PK", "application/zip", WORDS) == b"PK"
    kinds = ("application/pdf", "image/webp", "application/zip", "text/plain")
    assert [can_be_marked(kind) for kind in kinds] == [True, True, False, False]


def ink_share(pdf: bytes) -> float:
    """How much of the first page is not white."""
    with pypdfium2.PdfDocument(pdf) as drawn:
        picture = drawn[0].render(scale=1).to_pil().convert("L")
    return sum(picture.histogram()[:250]) / (picture.width * picture.height)

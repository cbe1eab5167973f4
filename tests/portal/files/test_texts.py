"""Words are read out of every kind of file that may hold some."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from portal.core.pdf import render_pdf
from portal.core.thai.text import search_form
from portal.files.enums import CONTENT_TYPES, FileKind
from portal.files.texts import words_of
from tests.factories.files import image_bytes, office_bytes, pdf_bytes, zip_bytes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
TEXT = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def read(kind: FileKind, data: bytes) -> str:
    words = words_of(BytesIO(data), CONTENT_TYPES[kind])
    assert words is not None
    return words.text


def docx() -> bytes:
    body = (
        f"<w:document {W}><w:body><w:p><w:r><w:t>การติดต่อ</w:t></w:r><w:r><w:t>สื่อสาร</w:t></w:r>"
        "<w:r><w:tab/><w:t>ที่ ๑</w:t></w:r></w:p><w:p/>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>ในตาราง</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "</w:body></w:document>"
    )
    header = f"<w:hdr {W}><w:p><w:r><w:t>หัวกระดาษ</w:t></w:r></w:p></w:hdr>"
    return office_bytes(
        "word/document.xml", {"word/document.xml": body, "word/header1.xml": header}
    )


def xlsx() -> bytes:
    book = Workbook()
    book.active.title = "งบประมาณ"
    book.active.append(["โรงเรียน", None, 1250])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def pptx() -> bytes:
    slide = "<p:sld {} xmlns:p='p'><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>"
    slides = {f"ppt/slides/slide{n}.xml": slide.format(A, f"แผ่นที่ {n}") for n in (10, 2)}
    return office_bytes("ppt/presentation.xml", slides)


def odt() -> bytes:
    content = (
        f"<doc {TEXT}><text:h>หัวข้อ</text:h>"
        "<text:p>ข้อความ<text:span>ต่อกัน</text:span></text:p></doc>"
    )
    return zip_bytes({"content.xml": content})


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (FileKind.DOCX, docx(), "การติดต่อสื่อสาร ที่ ๑\nในตาราง\nหัวกระดาษ"),
        (FileKind.XLSX, xlsx(), "งบประมาณ\nโรงเรียน\t1250"),
        (FileKind.PPTX, pptx(), "แผ่นที่ 2\nแผ่นที่ 10"),
        (FileKind.ODT, odt(), "หัวข้อ\nข้อความต่อกัน"),
        (FileKind.TXT, "สวัสดี\0ครับ".encode(), "สวัสดีครับ"),
        (FileKind.TXT, "\ufeffบอม".encode(), "บอม"),
        (FileKind.TXT, "ภาษาไทยเก่า".encode("tis-620"), "ภาษาไทยเก่า"),
        (FileKind.CSV, "รหัส,“ชื่อ”".encode("cp874"), "รหัส,“ชื่อ”"),
        (FileKind.TXT, b"ok \xff\xdb end", "ok  end"),
    ],
)
def test_words_of_each_kind(kind: FileKind, data: bytes, text: str) -> None:
    assert read(kind, data) == text


def test_words_of_a_pdf_with_a_text_layer() -> None:
    pdf = render_pdf("<p>การติดต่อสื่อสารที่โรงเรียนบ้านน้ำตก ๒๕๖๙</p>", title="t")
    words = words_of(BytesIO(pdf), CONTENT_TYPES[FileKind.PDF])

    assert words is not None
    assert search_form("การติดต่อสื่อสารที่โรงเรียนบ้านน้ำตก ๒๕๖๙") in search_form(words.text)
    assert words.unread_pages == ()


def test_empty_page_is_nothing_to_read() -> None:
    words = words_of(BytesIO(pdf_bytes(pages=2)), CONTENT_TYPES[FileKind.PDF])

    assert words is not None
    assert (words.text.strip(), words.unread_pages) == ("", ())


def test_picture_is_a_page_to_read() -> None:
    words = words_of(BytesIO(image_bytes()), CONTENT_TYPES[FileKind.PNG])

    assert words is not None
    assert (words.text, words.unread_pages) == ("", (0,))


def test_archive_has_no_words() -> None:
    assert words_of(BytesIO(zip_bytes({"a.txt": "x"})), CONTENT_TYPES[FileKind.ZIP]) is None


@pytest.mark.parametrize(("kind", "data"), [(FileKind.TXT, b"abcdef"), (FileKind.XLSX, xlsx())])
def test_long_text_is_cut(kind: FileKind, data: bytes, settings) -> None:
    settings.FILES_MAX_TEXT = 3

    assert len(read(kind, data)) == 3

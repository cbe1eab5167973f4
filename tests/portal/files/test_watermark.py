"""What one person gets of a file that is marked with their name."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from pypdf import PdfReader

from portal.files import service
from tests.factories import OfficeFactory, UserFactory
from tests.factories.files import pdf_bytes, upload

pytestmark = pytest.mark.django_db

WORDS = "ทดสอบ 14:05"


@pytest.fixture
def reader():
    return UserFactory(office=OfficeFactory())


def kept(reader, data: bytes, name: str, owner):
    file = service.store(upload=upload(data, name), office=reader.office, actor=None)
    owner.allow(reader, file)
    return file


def fetched(reader, file, **headers):
    client = Client()
    client.force_login(reader)
    return client.get(file.get_absolute_url(), headers=headers)


def test_pdf_has_the_words_on_each_page_and_no_ranges(owner, reader) -> None:
    file = kept(reader, pdf_bytes(pages=2), "a.pdf", owner)
    owner.words = WORDS

    answer = fetched(reader, file, range="bytes=0-10")

    assert answer.status_code == 200
    pages = PdfReader(BytesIO(b"".join(answer))).pages
    assert ["14:05" in page.extract_text() for page in pages] == [True, True]
    assert (answer.headers.get("ETag"), answer["Cache-Control"]) == (None, "private, no-store")
    assert answer["Content-Security-Policy"]


def test_without_words_the_file_is_what_was_stored(owner, reader) -> None:
    data = pdf_bytes(pages=2)
    assert b"".join(fetched(reader, kept(reader, data, "a.pdf", owner))) == data


def test_type_that_has_no_pages_is_given_as_it_is(owner, reader) -> None:
    owner.words = WORDS
    file = kept(reader, b"plain words", "a.txt", owner)
    assert b"".join(fetched(reader, file)) == b"plain words"


def test_archive_is_marked_as_well(owner, reader) -> None:
    files = [
        (kept(reader, pdf_bytes(), "a.pdf", owner), "a.pdf"),
        (kept(reader, b"plain words", "b.txt", owner), "b.txt"),
    ]

    answer = service.zip_response(files, watermark=WORDS)

    with ZipFile(BytesIO(b"".join(answer))) as archive:
        assert archive.namelist() == ["a.pdf", "b.txt"]
        page = PdfReader(BytesIO(archive.read("a.pdf"))).pages[0]
        assert "14:05" in page.extract_text()
        assert archive.read("b.txt") == b"plain words"

"""Contents are read in a task: their words for the search, their first page as a picture."""

import shutil
from io import BytesIO, StringIO
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image

from portal.core.pdf import render_pdf
from portal.core.tasks import run_pending
from portal.files import ocr, reading, service
from portal.files.enums import ReadState, ScanState
from portal.files.models import Blob, BlobText, StoredFile
from portal.files.storage import thumbnail_path
from portal.org.models import Office
from portal.users.models import User
from tests.factories import UserFactory
from tests.factories.files import image_bytes, pdf_bytes, stored_file, zip_bytes

WORDS = "ประกาศโรงเรียนบ้านควนขนุน เรื่อง การรับสมัครนักเรียน"
PDF, PNG = "application/pdf", "image/png"
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs tesseract-ocr and tesseract-ocr-tha"
)


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A printed page as a scanner sees it."""
    html = f"<p style='font-size: 20pt'>{WORDS}</p>" * 4
    with pypdfium2.PdfDocument(render_pdf(html, title="t")) as document:
        return document[0].render(scale=200 / 72).to_pil().convert("L")


def scan(*pictures: Image.Image) -> bytes:
    """A PDF of pictures alone."""
    target = BytesIO()
    pictures[0].save(
        target, "PDF", resolution=200, save_all=True, append_images=list(pictures[1:])
    )
    return target.getvalue()


def read(office: Office, data: bytes, content_type: str = PDF, name: str = "a.pdf") -> StoredFile:
    file = stored_file(office=office, data=data, name=name, content_type=content_type)
    run_pending()
    return StoredFile.objects.select_related("blob").get(pk=file.pk)


def words(file: StoredFile) -> str:
    return "".join(BlobText.objects.filter(blob=file.blob).values_list("text", flat=True))


def compact(text: str) -> str:
    return "".join(text.split())


def test_text_layer_is_read_and_the_first_page_drawn(office: Office) -> None:
    file = read(office, render_pdf(f"<p>{WORDS}</p>", title="t"))

    assert (file.blob.read_state, file.blob.read_confidence) == (ReadState.READ, None)
    assert compact(WORDS) in compact(words(file))
    assert file.blob.reading_note == ""
    with Image.open(thumbnail_path(file.blob.sha256)) as picture:
        assert (picture.format, picture.width, picture.height) == ("WEBP", 240, 340)


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("angle", [0, 180, 90])
def test_scan_is_read_whichever_way_it_lies(office: Office, page: Image.Image, angle: int) -> None:
    file = read(office, scan(page.rotate(angle, expand=True)))

    assert file.blob.read_state == ReadState.SCANNED
    assert "การรับสมัครนักเรียน" in compact(words(file))
    assert 60 <= (file.blob.read_confidence or 0) <= 100
    assert file.blob.reading_note == f"read from a scan, {file.blob.read_confidence} % sure"


@needs_tesseract
@pytest.mark.slow
def test_picture_is_read(office: Office, page: Image.Image) -> None:
    target = BytesIO()
    page.convert("RGBA").save(target, "PNG")
    file = read(office, target.getvalue(), PNG, "a.png")

    assert file.blob.read_state == ReadState.SCANNED
    assert "นักเรียน" in compact(words(file))


@needs_tesseract
@pytest.mark.slow
def test_pages_beyond_the_limit_are_left_unread(
    office: Office, page: Image.Image, settings
) -> None:
    settings.OCR_MAX_PAGES = 1
    file = read(office, scan(page, page))

    assert compact(words(file)).count("ประกาศโรงเรียน") <= 4


@needs_tesseract
@pytest.mark.slow
def test_picture_without_words_is_wordless(office: Office) -> None:
    file = read(office, image_bytes(size=(300, 200)), PNG, "a.png")

    assert (file.blob.read_state, words(file)) == (ReadState.WORDLESS, "")
    assert file.blob.has_thumbnail


def test_scan_without_tesseract_says_so_and_is_read_once_it_is_there(
    office: Office, page: Image.Image, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TESSERACT = "no-such-program"
    file = read(office, scan(page))
    assert (file.blob.read_state, file.blob.has_thumbnail) == (ReadState.NEEDS_OCR, True)
    assert file.blob.reading_note == "a scan that cannot be searched"
    out = StringIO()
    call_command("files_read", stdout=out)

    assert out.getvalue() == (
        "1 contents will be read.\n"
        "Scans cannot be read here: install tesseract-ocr and tesseract-ocr-tha.\n"
    )
    found = ocr.Recognised("อ่านได้แล้ว", 91, 4)
    monkeypatch.setattr(reading, "recognise", lambda picture: found)
    run_pending()
    file.blob.refresh_from_db()
    assert (file.blob.read_state, file.blob.read_confidence) == (ReadState.SCANNED, 91)
    assert words(file) == "อ่านได้แล้ว"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"not a picture", PNG),
        (b"PK", "application/vnd.oasis.opendocument.text"),
        (zip_bytes({"content.xml": "<a>"}), "application/vnd.oasis.opendocument.text"),
    ],
)
def test_damaged_file_is_marked_and_let_be(office: Office, data: bytes, content_type: str) -> None:
    file = read(office, data, content_type)

    assert (file.blob.read_state, file.blob.has_thumbnail) == (ReadState.FAILED, False)
    assert reading.queue_unread() == 0


def test_file_without_words(office: Office) -> None:
    archive = read(office, zip_bytes({"a": "x"}), "application/zip", "a.zip")
    blank = read(office, pdf_bytes())

    assert (archive.blob.read_state, archive.thumbnail_url) == (ReadState.WORDLESS, "")
    assert (blank.blob.read_state, blank.blob.has_thumbnail) == (ReadState.WORDLESS, True)


def test_infected_content_is_not_opened(office: Office) -> None:
    file = stored_file(office=office, data=pdf_bytes(), content_type=PDF)
    Blob.objects.update(scan_state=ScanState.INFECTED)
    run_pending()

    file.blob.refresh_from_db()
    assert file.blob.read_state == ReadState.WAITING


def test_forgotten_reading_leaves_nothing_and_is_not_made_again(office: Office) -> None:
    file = read(office, render_pdf(f"<p>{WORDS}</p>", title="t"))
    service.forget_readings([file])
    reading.read_blob(file.blob_id)

    file.blob.refresh_from_db()
    assert (file.blob.read_state, file.thumbnail_url, words(file)) == (ReadState.WITHHELD, "", "")
    assert not thumbnail_path(file.blob.sha256).exists()


def test_content_that_becomes_secret_while_it_is_read_is_not_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored_file(office=office, data=pdf_bytes(), content_type=PDF)

    def meanwhile(source: object, content_type: str) -> None:
        service.forget_readings([file])

    monkeypatch.setattr(reading, "words_of", meanwhile)
    run_pending()

    file.blob.refresh_from_db()
    assert (file.blob.read_state, file.blob.has_thumbnail) == (ReadState.WITHHELD, False)
    assert not thumbnail_path(file.blob.sha256).exists()


def test_thumbnail_is_shown_to_who_may_read_the_file(office: Office, owner, clerk: User) -> None:
    file = read(office, pdf_bytes())
    other = UserFactory(office=office)
    owner.allow(clerk, file)

    def ask(user: User | None) -> tuple[int, str]:
        client = Client()
        if user:
            client.force_login(user)
        response = client.get(f"/files/{file.uid}/thumbnail/")
        if response.streaming:
            b"".join(response)
        return response.status_code, response.get("Content-Type", "").split(";")[0]

    assert ask(clerk) == (200, "image/webp")
    assert ask(other) == (404, "text/html")
    assert ask(None)[0] == 302
    thumbnail_path(file.blob.sha256).unlink()
    assert ask(clerk)[0] == 404


def test_sweeping_takes_the_thumbnail_with_its_content(office: Office, settings) -> None:
    from portal.files.sweeping import sweep

    file = read(office, pdf_bytes())
    picture = thumbnail_path(file.blob.sha256)
    assert picture.is_file()
    file.delete()
    settings.FILES_UNATTACHED_HOURS = -1
    sweep()

    assert not Blob.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []

"""What is taken, what is refused, and what the person is told."""

import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageFile
from pypdf import PdfWriter

from portal.files.checks import check
from portal.files.enums import ATTACHMENTS, DOCUMENTS, IMAGES, FileKind
from portal.files.errors import FileRefused
from tests.factories.files import (
    docx_bytes,
    huge_png_bytes,
    image_bytes,
    odf_bytes,
    office_bytes,
    pdf_bytes,
    zip_bytes,
)

TEXT_ODF = "application/vnd.oasis.opendocument.text"
SHEET_ODF = "application/vnd.oasis.opendocument.spreadsheet"


def kind_of(data: bytes, name: str, kinds: frozenset[str] = ATTACHMENTS) -> tuple[str, str]:
    return check(BytesIO(data), name=name, kinds=kinds)


def refusal(data: bytes, name: str = "a.pdf", kinds: frozenset[str] = ATTACHMENTS) -> str:
    with pytest.raises(FileRefused) as refused:
        kind_of(data, name, kinds)
    return str(refused.value)


@pytest.fixture(autouse=True)
def _in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (pdf_bytes(), "a.pdf", FileKind.PDF),
        (pdf_bytes(), "A.PDF", FileKind.PDF),
        (b"\xef\xbb\xbf" + pdf_bytes(), "a.pdf", FileKind.PDF),
        (image_bytes("PNG"), "a.png", FileKind.PNG),
        (image_bytes("JPEG"), "a.jpg", FileKind.JPEG),
        (image_bytes("JPEG"), "a.jpeg", FileKind.JPEG),
        (image_bytes("WEBP"), "a.webp", FileKind.WEBP),
        (docx_bytes(), "a.docx", FileKind.DOCX),
        (office_bytes("xl/workbook.xml"), "a.xlsx", FileKind.XLSX),
        (office_bytes("ppt/presentation.xml"), "a.pptx", FileKind.PPTX),
        (odf_bytes(TEXT_ODF), "a.odt", FileKind.ODT),
        (odf_bytes(SHEET_ODF), "a.ods", FileKind.ODS),
        (zip_bytes({"a/": "", "a/b.txt": "x"}), "a.zip", FileKind.ZIP),
        ("สวัสดี".encode(), "a.txt", FileKind.TXT),
        ("สวัสดี".encode("cp874"), "a.txt", FileKind.TXT),
        ("ชื่อ,อายุ\nก,1\n".encode(), "a.csv", FileKind.CSV),
        (b"<!DOCTYPE html><html>", "a.txt", FileKind.TXT),
        (b"x" * 70_000 + "ก".encode(), "long.txt", FileKind.TXT),
    ],
)
def test_check_knows_kind_by_content(data: bytes, name: str, kind: FileKind) -> None:
    assert kind_of(data, name) == (kind, name)


@pytest.mark.parametrize(
    ("data", "name", "kept"),
    [
        (image_bytes("JPEG"), "photo.png", "photo.jpg"),
        (pdf_bytes(), "หนังสือ", "หนังสือ.pdf"),
        (b"hello", "readme", "readme.txt"),
    ],
)
def test_check_corrects_the_extension(data: bytes, name: str, kept: str) -> None:
    assert kind_of(data, name)[1] == kept


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (image_bytes("PNG"), "a.pdf"),
        (pdf_bytes(), "a.docx"),
        (zip_bytes({"a.txt": "x"}), "a.docx"),
        (docx_bytes(), "a.zip"),
        (b"hello", "a.pdf"),
    ],
)
def test_check_refuses_a_name_that_claims_another_kind(data: bytes, name: str) -> None:
    kind, _name = kind_of(data, name.rpartition(".")[0])

    assert refusal(data, name) == (
        f"The name “{name}” does not fit its content, which is of the kind “{kind.label}”."
    )


def test_check_refuses_kinds_the_purpose_does_not_take() -> None:
    assert refusal(image_bytes(), "a.png", DOCUMENTS) == (
        "“a.png” is a file of the kind “PNG picture”, which is not accepted here."
    )
    assert refusal(pdf_bytes(), "a.pdf", IMAGES) == (
        "“a.pdf” is a file of the kind “PDF”, which is not accepted here."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0\x03" + b"\0" * 500,
        bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 500,
        image_bytes("GIF"),
        b"\0\1\2\3" * 20,
        b"\xff\xfe\xdb" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["exe", "doc", "gif", "binary", "not Thai", "svg"],
)
def test_check_refuses_other_content_whatever_its_name(data: bytes) -> None:
    assert refusal(data, "a.pdf") == (
        "“a.pdf” is not a kind of file that is accepted. Save it as PDF and try again."
    )


def test_check_refuses_binary_named_text() -> None:
    assert refusal(b"abc\0def", "a.txt") == (
        "“a.txt” is not a kind of file that is accepted. Save it as PDF and try again."
    )


def test_check_refuses_an_empty_file() -> None:
    assert refusal(b"", "a.pdf") == "“a.pdf” is empty."


# PDF


def test_check_refuses_a_pdf_that_asks_for_a_password() -> None:
    assert refusal(pdf_bytes(user_password="secret")) == (
        "The PDF asks for a password. Save it without one and try again."
    )


def test_check_takes_a_pdf_locked_against_changes_only() -> None:
    locked = pdf_bytes(user_password="", owner="owner")

    assert kind_of(locked, "a.pdf") == (FileKind.PDF, "a.pdf")


def test_check_refuses_an_unknown_encryption() -> None:
    data = pdf_bytes(user_password="secret").replace(b"/Filter /Standard", b"/Filter /Strange1")

    assert refusal(data) == "The PDF is damaged and cannot be opened."


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nnothing more", pdf_bytes()[:200]], ids=["only a head", "cut off"]
)
def test_check_refuses_a_damaged_pdf(data: bytes) -> None:
    assert refusal(data) == "The PDF is damaged and cannot be opened."


def test_check_refuses_a_pdf_without_a_page() -> None:
    target = BytesIO()
    PdfWriter().write(target)

    assert refusal(target.getvalue()) == "The PDF has no page."


# Pictures


def test_check_refuses_a_picture_of_300_megapixels_before_unpacking_it(settings) -> None:
    bomb = huge_png_bytes(20_000, 15_000)

    assert len(bomb) < 100_000
    assert refusal(bomb, "a.png") == (
        "The picture is too large: at most 64 million pixels are accepted."
    )


def test_check_refuses_a_picture_between_our_limit_and_pillows(settings) -> None:
    settings.FILES_MAX_PIXELS = 1_000_000

    assert refusal(huge_png_bytes(1001, 1000), "a.png") == (
        "The picture is too large: at most 1 million pixels are accepted."
    )
    assert kind_of(huge_png_bytes(1000, 1000), "a.png")[0] == FileKind.PNG


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_check_refuses_a_picture_cut_off(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint sets it
    data = image_bytes(kind, size=(400, 300))

    assert refusal(data[: len(data) * 2 // 3], "a") == (
        "The picture is damaged and cannot be opened."
    )
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_check_takes_a_phone_picture_with_a_second_one_behind_it() -> None:
    target = BytesIO()
    first, second = Image.new("RGB", (8, 8)), Image.new("RGB", (4, 4))
    first.save(target, "MPO", save_all=True, append_images=[second])

    assert kind_of(target.getvalue(), "a.jpg") == (FileKind.JPEG, "a.jpg")


# Archives


BOMB = "The file unpacks to far more than it may; it is not accepted."
DAMAGED = "The file is damaged and cannot be opened."


def test_check_refuses_a_docx_that_unpacks_to_too_much(settings) -> None:
    settings.FILES_MAX_UNPACKED_BYTES = 5_000_000
    bomb = docx_bytes({f"word/media/{number}.bin": b"\0" * 2_000_000 for number in range(3)})

    assert len(bomb) < 10_000
    assert refusal(bomb, "a.docx") == BOMB


def test_check_refuses_a_member_packed_too_tightly() -> None:
    assert refusal(docx_bytes({"word/a.bin": b"\0" * 20_000_000}), "a.docx") == BOMB


def test_check_refuses_a_stored_member_over_the_limit(settings) -> None:
    settings.FILES_MAX_UNPACKED_BYTES = 1000
    data = zip_bytes({"a.bin": b"x" * 1001}, stored=("a.bin",))

    assert refusal(data, "a.zip") == BOMB


def test_check_counts_true_sizes_where_the_written_ones_lie(settings) -> None:
    settings.FILES_MAX_UNPACKED_BYTES = 5_000_000
    size = 6_000_000
    data = docx_bytes({"word/a.bin": b"\0" * size})
    lying = data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert lying != data
    assert refusal(lying, "a.docx") == BOMB


def test_check_refuses_members_that_share_their_bytes() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "x" * 100)
        twin = zipfile.ZipInfo("b.txt")
        first = archive.filelist[0]
        for name in ("CRC", "compress_size", "file_size", "header_offset", "external_attr"):
            setattr(twin, name, getattr(first, name))
        archive.filelist.append(twin)

    assert refusal(target.getvalue(), "a.zip") == BOMB


def test_check_refuses_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.checks.archives.MAX_MEMBERS", 3)

    assert refusal(zip_bytes({f"{n}.txt": "" for n in range(4)}), "a.zip") == BOMB


def test_check_refuses_a_member_with_a_password() -> None:
    data = bytearray(zip_bytes({"a.txt": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert refusal(bytes(data), "a.zip") == (
        "The file is protected by a password. Save it without one and try again."
    )


@pytest.mark.parametrize("name", ["../a.txt", "a/../../b.txt", "/etc/passwd"])
def test_check_refuses_paths_that_leave_the_archive(name: str) -> None:
    assert refusal(zip_bytes({name: "x"}), "a.zip") == (
        "The archive holds paths that lead out of it."
    )


def test_check_refuses_a_program_in_an_archive() -> None:
    assert refusal(zip_bytes({"setup.EXE": "x"}), "a.zip") == (
        "The archive holds a program, which is not accepted."
    )


def test_check_refuses_macros() -> None:
    assert refusal(docx_bytes({"word/vbaProject.bin": "x"}), "a.docx") == (
        "The document contains macros. Save it without them and try again."
    )


def test_check_refuses_an_empty_archive() -> None:
    end = zip_bytes({})

    assert refusal(b"PK\x03\x04" + b"\0" * 26 + end, "a.zip") == "The archive is empty."


def test_check_refuses_a_packing_that_office_files_never_have() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", "x" * 100)

    assert refusal(target.getvalue(), "a.zip") == DAMAGED


def test_check_refuses_an_archive_cut_off() -> None:
    data = zip_bytes({"a.bin": zlib.compress(b"x" * 5000)})

    assert refusal(data[:-40], "a.zip") == DAMAGED


def test_check_refuses_a_member_whose_place_is_wrong() -> None:
    data = bytearray(zip_bytes({"a.txt": "x", "b.txt": "y"}))
    second = data.rindex(b"PK\x03\x04")
    data[second : second + 2] = b"XX"

    assert refusal(bytes(data), "a.zip") == DAMAGED


def test_check_refuses_packed_data_that_ends_early() -> None:
    whole = zip_bytes({"a.bin": bytes(range(256)) * 200})
    packed = zipfile.ZipFile(BytesIO(whole)).infolist()[0].compress_size
    shorter = whole.replace(packed.to_bytes(4, "little"), (packed - 5).to_bytes(4, "little"))

    assert refusal(shorter, "a.zip") == DAMAGED

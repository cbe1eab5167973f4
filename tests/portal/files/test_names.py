import unicodedata

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.files.names import MAX_BYTES, clean_name, distinct, split_name, with_extension


@pytest.fixture(autouse=True)
def _in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("บันทึกข้อความ.pdf", "บันทึกข้อความ.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("..", "file"),
        ("", "file"),
        ("   .pdf", "pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("ก\u200bข\ufeff.txt", "กข.txt"),
        ('a<b>:"c|d?e*.txt', "a_b___c_d_e_.txt"),
        ("  two   spaces .pdf ", "two spaces .pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_clean_name(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_clean_name_of_300_thai_characters_keeps_its_extension() -> None:
    name = clean_name("ก" * 300 + ".pdf")

    assert name == "ก" * 83 + ".pdf"
    assert len(name.encode()) == 253


def test_clean_name_of_300_characters_without_extension_is_cut() -> None:
    assert clean_name("a" * 300) == "a" * 255


def test_clean_name_with_an_endless_extension_is_cut_from_its_end() -> None:
    assert clean_name("a." + "b" * 300) == "a." + "b" * 253


@given(st.text())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_clean_name_is_always_safe(sent: str) -> None:
    name = clean_name(sent)

    assert name
    assert len(name.encode()) <= MAX_BYTES
    assert set(name) & set('/\\<>:"|?*') == set()
    assert [ch for ch in name if unicodedata.category(ch) in {"Cc", "Cf", "Cs"}] == []
    assert name not in {".", ".."}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.pdf", ("a", "pdf")),
        ("a.tar.gz", ("a.tar", "gz")),
        ("a", ("a", "")),
        (".pdf", (".pdf", "")),
    ],
)
def test_split_name(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_with_extension_replaces_and_adds() -> None:
    assert with_extension("photo.png", "jpg") == "photo.jpg"
    assert with_extension("photo", "jpg") == "photo.jpg"


def test_distinct_numbers_what_comes_again() -> None:
    names = ["a.pdf", "A.PDF", "a.pdf", "b", "b", "a (2).pdf"]

    assert distinct(names) == ["a.pdf", "A (2).PDF", "a (3).pdf", "b", "b (2)", "a (2) (2).pdf"]

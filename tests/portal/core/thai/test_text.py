import unicodedata
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.core.thai.text import normalize, search_form

THAI = "กนปฟญเแโาำ" + "ัิีึืฺุู" + "็่้๊๋์ํ๎" + "๑9 \n\t\u00a0\u200b"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("\u0e19\u0e4d\u0e32", "นำ"),
        ("\u0e19\u0e4d\u0e49\u0e32", "น้ำ"),
        ("\u0e19\u0e49\u0e4d\u0e32", "น้ำ"),
        ("\u0e19\u0e33\u0e49", "น้ำ"),
        ("เเม่", "แม่"),
        ("ท\u0e48\u0e35", "ที่"),
        ("สิทธ\u0e4c\u0e34", "สิทธิ์"),
        ("ก\u0e48\u0e38", "ก\u0e38\u0e48"),
        ("ใช\u0e49\u0e49", "ใช้"),
        ("สุ\u0e38ดา", "สุดา"),
        ("น\u0e49\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e4d\u0e4d\u0e32", "นำ"),
        ("การ\u200bศึกษา\u00ad\ufeff", "การศึกษา"),
        ("\u202eย้อน\u202c", "ย้อน"),
        ("หัวใจ❤\ufe0f", "หัวใจ❤"),
        ("พ.ศ.\u00a02569", "พ.ศ. 2569"),
        ("  กลุ่ม\u2003\t อำนวยการ  ", "กลุ่ม อำนวยการ"),
        ("หนึ่ง \r\n  สอง\rสาม", "หนึ่ง\nสอง\nสาม"),
        ("หนึ่ง\u2028สอง", "หนึ่ง\nสอง"),
        ("ว\uf710นน\uf702\uf70b", "วันนี้"),
        ("\uf70f\uf719\uf70b", "ญู้"),
        ("กรรมการ", "กรรมการ"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_normalize_spelling(typed: str, stored: str) -> None:
    assert normalize(typed) == stored


@pytest.mark.parametrize("code", range(0xF700, 0xF71B))
def test_normalize_private_area_is_thai(code: int) -> None:
    assert unicodedata.name(normalize("ก" + chr(code))[-1]).startswith("THAI CHARACTER")


@given(st.text(alphabet=THAI) | st.text())
@example("\u0e38\u0e4c\u0e3a")
def test_normalize_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_normalize_every_run_of_marks_twice_changes_nothing(length: int) -> None:
    runs = ["ก" + "".join(run) for run in product("ัิฺุ็่้์ํำาเ", repeat=length)]
    assert [run for run in runs if normalize(normalize(run)) != normalize(run)] == []


@given(st.text(alphabet=THAI) | st.text())
def test_search_form_twice_changes_nothing(text: str) -> None:
    once = search_form(text)
    assert search_form(once) == once


def test_search_form_digits_case_and_lines() -> None:
    assert search_form("ประกาศ  ที่ ๑๒/๒๕๖๙\n เรื่อง PISA") == "ประกาศ ที่ 12/2569 เรื่อง pisa"


def test_search_form_of_damaged_text_finds_right_spelling() -> None:
    assert search_form("สํานักงานเเขวง\u200b") == search_form("สำนักงานแขวง")


@pytest.mark.realdata
def test_normalize_real_texts_hold_nothing_invisible(shared_data: Path) -> None:
    texts = [path.read_text() for path in sorted((shared_data / "news").glob("*.txt"))]
    kinds = {unicodedata.category(char) for text in texts for char in normalize(text)}
    assert len(texts) > 300
    assert kinds & {"Cc", "Cf", "Co", "Zl", "Zp"} == {"Cc"}
    assert {
        char for t in texts for char in normalize(t) if unicodedata.category(char) == "Cc"
    } == {"\n"}

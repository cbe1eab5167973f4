from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai.digits import to_arabic, to_thai


def test_to_thai_number_in_text() -> None:
    assert to_thai("ที่ ศธ 04108/ว 1234567890") == "ที่ ศธ ๐๔๑๐๘/ว ๑๒๓๔๕๖๗๘๙๐"


def test_to_thai_integer() -> None:
    assert to_thai(2569) == "๒๕๖๙"


def test_to_arabic_leaves_other_digits() -> None:
    assert to_arabic("๐๑๒๓๔๕๖๗๘๙ ٣ 7") == "0123456789 ٣ 7"


@given(st.text(alphabet="0123456789กข ./"))
def test_digits_round_trip(text: str) -> None:
    assert to_arabic(to_thai(text)) == text

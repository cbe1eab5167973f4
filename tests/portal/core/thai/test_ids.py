import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai.ids import check_digit, format_citizen_id, is_citizen_id

# A made-up number whose check digit was counted by hand:
# 1·13+2·12+3·11+4·10+5·9+6·8+7·7+8·6+9·5+0·4+1·3+2·2 = 352; 352 mod 11 = 0; 11-0 = 11 → 1.
VALID = "1234567890121"


def test_check_digit_counted_by_hand() -> None:
    assert check_digit("123456789012") == 1


@pytest.mark.parametrize(
    "text",
    [VALID, "1-2345-67890-12-1", "1 2345 67890 12 1", "๑๒๓๔๕๖๗๘๙๐๑๒๑", f"  {VALID} "],
)
def test_is_citizen_id_valid(text: str) -> None:
    assert is_citizen_id(text) is True


@pytest.mark.parametrize(
    "text",
    ["", "1234567890122", "123456789012", "12345678901210", "123456789012x", "12-34567890121"],
)
def test_is_citizen_id_invalid(text: str) -> None:
    assert is_citizen_id(text) is False


def test_format_citizen_id_groups() -> None:
    assert format_citizen_id(VALID) == "1-2345-67890-12-1"


def test_format_citizen_id_refuses_without_repeating() -> None:
    with pytest.raises(ValueError, match=r"^not a 13-digit citizen number$"):
        format_citizen_id("1234567890122")


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_check_digit_exactly_one_fits(first_twelve: str) -> None:
    fitting = [digit for digit in "0123456789" if is_citizen_id(first_twelve + digit)]
    assert fitting == [str(check_digit(first_twelve))]
    assert is_citizen_id(format_citizen_id(first_twelve + fitting[0]))

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai.baht import baht_text, number_text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ศูนย์บาทถ้วน"),
        ("-0.00", "ศูนย์บาทถ้วน"),
        ("1", "หนึ่งบาทถ้วน"),
        ("2", "สองบาทถ้วน"),
        ("10", "สิบบาทถ้วน"),
        ("11", "สิบเอ็ดบาทถ้วน"),
        ("20", "ยี่สิบบาทถ้วน"),
        ("21", "ยี่สิบเอ็ดบาทถ้วน"),
        ("101", "หนึ่งร้อยเอ็ดบาทถ้วน"),
        ("110", "หนึ่งร้อยสิบบาทถ้วน"),
        ("2000", "สองพันบาทถ้วน"),
        ("34567.89", "สามหมื่นสี่พันห้าร้อยหกสิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        ("1000000", "หนึ่งล้านบาทถ้วน"),
        ("1000001", "หนึ่งล้านเอ็ดบาทถ้วน"),
        ("21000000", "ยี่สิบเอ็ดล้านบาทถ้วน"),
        ("1000000000000", "หนึ่งล้านล้านบาทถ้วน"),
        ("121000001.21", "หนึ่งร้อยยี่สิบเอ็ดล้านเอ็ดบาทยี่สิบเอ็ดสตางค์"),
        ("0.01", "หนึ่งสตางค์"),
        ("0.25", "ยี่สิบห้าสตางค์"),
        ("1.01", "หนึ่งบาทหนึ่งสตางค์"),
        ("-3.50", "ลบสามบาทห้าสิบสตางค์"),
        ("1E+3", "หนึ่งพันบาทถ้วน"),
        ("5.000", "ห้าบาทถ้วน"),
        ("0.0000", "ศูนย์บาทถ้วน"),
    ],
)
def test_baht_text_words(amount: str, words: str) -> None:
    assert baht_text(Decimal(amount)) == words


@pytest.mark.parametrize("amount", [1, 1.5, "1", None, True])
def test_baht_text_refuses_what_is_no_decimal(amount: object) -> None:
    with pytest.raises(TypeError, match="an amount is a Decimal"):
        baht_text(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("0.001", "fractions"),
        ("1.005", "fractions"),
        ("1E-9", "fractions"),
        ("NaN", "finite"),
        ("Infinity", "finite"),
        ("1E+18", "below"),
        ("1E+999999", "below"),
    ],
)
def test_baht_text_refuses_amount(amount: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        baht_text(Decimal(amount))


def test_number_text_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        number_text(-1)


@given(
    st.decimals(
        min_value=Decimal("-999999999999999.99"),
        max_value=Decimal("999999999999999.99"),
        places=2,
        allow_nan=False,
    )
)
def test_baht_text_reads_back(amount: Decimal) -> None:
    assert read_amount(baht_text(amount)) == amount


def read_amount(words: str) -> Decimal:
    """The amount that Thai words name; knows no more than digits, places and ล้าน."""
    sign = -1 if words.startswith("ลบ") else 1
    match = re.fullmatch(r"(?:(.+?)บาท)?(?:ถ้วน|(.+)สตางค์)", words.removeprefix("ลบ"))
    assert match is not None
    baht, satang = (read_number(part or "") for part in match.groups())
    return sign * (Decimal(baht) + Decimal(satang) / 100)


def read_number(words: str) -> int:
    *millions, rest = re.split("ล้าน", words)
    total = 0
    for group in [*millions, rest]:
        total = total * 10**6 + read_group(group)
    return total


def read_group(words: str) -> int:
    names = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
    digits = {name: value for value, name in enumerate(names)} | {"เอ็ด": 1, "ยี่": 2}
    places = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10**4, "แสน": 10**5}
    tokens = re.findall("|".join([*digits, *places]), words)
    assert "".join(tokens) == words
    total, digit = 0, None
    for token in tokens:
        if token in places:
            total += (1 if digit is None else digit) * places[token]
            digit = None
        else:
            digit = digits[token]
    return total + (digit or 0)

"""An amount of money in Thai words, as written on cheques, orders and contracts."""

from decimal import Decimal

_DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION = 10**6
_LARGEST_POWER = 18


def baht_text(amount: Decimal) -> str:
    """``Decimal("1250.50")`` as ``หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์``.

    Whole amounts end in ถ้วน; a last 1 after a higher digit is เอ็ด and a 2 in the tens ยี่
    (Royal Society, reading of numbers); millions stack (ล้านล้าน).
    Raises TypeError for anything but a Decimal, so that no float's error is ever written out,
    and ValueError for fractions of a satang and for amounts that are no number.
    """
    if not isinstance(amount, Decimal):
        raise TypeError(f"an amount is a Decimal, not {type(amount).__name__}")
    baht, satang = divmod(_satang(amount.copy_abs()), 100)
    return ("ลบ" if amount < 0 else "") + _baht_and_satang(baht, satang)


def number_text(number: int) -> str:
    """A whole number from 0 up in Thai words: 121 is ``หนึ่งร้อยยี่สิบเอ็ด``."""
    if number < 0:
        raise ValueError("the number is negative")
    return _read(number) or "ศูนย์"


def _satang(amount: Decimal) -> int:
    """``amount`` in satang, counted without the rounding of the decimal context."""
    _sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("an amount is a finite number")  # noqa: TRY004  (a Decimal, but NaN)
    if amount.adjusted() >= _LARGEST_POWER:
        raise ValueError(f"an amount is below 10 to the power of {_LARGEST_POWER}")
    if any(digits[exponent + 2 :] if exponent < -2 else ()):
        raise ValueError("an amount has no fractions of a satang")
    return int(amount.scaleb(2))


def _baht_and_satang(baht: int, satang: int) -> str:
    if not satang:
        return f"{number_text(baht)}บาทถ้วน"
    whole = f"{_read(baht)}บาท" if baht else ""
    return f"{whole}{_read(satang)}สตางค์"


def _read(number: int) -> str:
    """Words of ``number``, empty for 0; groups of six digits are joined by ล้าน."""
    if number < _MILLION:
        return _read_group(number, follows=False)
    millions, rest = divmod(number, _MILLION)
    return f"{_read(millions)}ล้าน{_read_group(rest, follows=True)}"


def _read_group(number: int, *, follows: bool) -> str:
    """Words of up to six digits; ``follows`` says that higher digits were read before."""
    words = [
        _read_digit(int(digit), place)
        for place, digit in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True)
    ]
    if number % 10 == 1 and (number > 1 or follows):
        words[-1] = "เอ็ด"
    return "".join(words)


def _read_digit(digit: int, place: int) -> str:
    if digit == 0:
        return ""
    if place == 1:
        return {1: "สิบ", 2: "ยี่สิบ"}.get(digit, f"{_DIGITS[digit]}สิบ")
    return _DIGITS[digit] + _PLACES[place]

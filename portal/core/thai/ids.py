"""The 13-digit number of a person (เลขประจำตัวประชาชน)."""

import re

from portal.core.thai.digits import to_arabic

_SHAPE = re.compile(r"\d[ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d", re.ASCII)


def is_citizen_id(text: str) -> bool:
    """Whether ``text`` is 13 digits whose last one checks the others.

    Thai or Arabic digits, bare or grouped 1-4-5-2-1 with hyphens or spaces.
    """
    digits = _bare(text)
    return digits is not None and check_digit(digits[:12]) == int(digits[12])


def check_digit(first_twelve: str) -> int:
    """The 13th digit: (11 - sum of digit times weight 13…2 mod 11) mod 10.

    Source: Department of Provincial Administration, make-up of the 13-digit number.
    """
    total = sum(
        int(digit) * weight for digit, weight in zip(first_twelve, range(13, 1, -1), strict=True)
    )
    return (11 - total % 11) % 10


def format_citizen_id(text: str) -> str:
    """``1-2345-67890-12-1``, as printed on the card.

    Raises ValueError when ``text`` is not such a number; the text is not repeated in the
    message, because it may be somebody's.
    """
    digits = _bare(text)
    if digits is None or not is_citizen_id(digits):
        raise ValueError("not a 13-digit citizen number")
    return f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"


def _bare(text: str) -> str | None:
    arabic = to_arabic(text.strip())
    return re.sub("[ -]", "", arabic) if _SHAPE.fullmatch(arabic) else None

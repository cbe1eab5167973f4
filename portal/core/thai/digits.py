"""Thai digits (๐–๙) and Arabic digits (0–9), both ways."""

ARABIC = "0123456789"
THAI = "๐๑๒๓๔๕๖๗๘๙"

_TO_THAI = str.maketrans(ARABIC, THAI)
_TO_ARABIC = str.maketrans(THAI, ARABIC)


def to_thai(value: str | int) -> str:
    """``value`` with every Arabic digit as a Thai digit; all else stays.

    Official papers use Thai digits by office setting.
    """
    return str(value).translate(_TO_THAI)


def to_arabic(value: str) -> str:
    """``value`` with every Thai digit as an Arabic digit; all else stays."""
    return value.translate(_TO_ARABIC)

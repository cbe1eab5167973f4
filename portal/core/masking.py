"""Keeps personal data and secrets out of the logs."""

import logging
import re

_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)"), "<id number>"),
    (re.compile(r"(?<=[/=])(?=[\w-]*\d)[\w-]{22,}"), "<token>"),
    (re.compile(r"(DETAIL:\s+).*"), r"\1<values>"),  # PostgreSQL quotes the row it refused
)


def mask(text: str) -> str:
    """``text`` without e-mail addresses, 13-digit numbers, tokens and values of rows."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class MaskingFormatter(logging.Formatter):
    """Masks the whole line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))

"""Range requests as RFC 9110 section 14 has them, for one range of bytes."""

import re

from django.http import HttpRequest

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class NotSatisfiable(ValueError):
    """The range begins after the end of the file: answered with 416."""


def wanted_range(request: HttpRequest, *, size: int, etag: str) -> tuple[int, int] | None:
    """(first, last) byte to send, both included; None for the whole file.

    Malformed and multiple ranges, and one whose If-Range names another version, are answered
    with the whole file, as the RFC allows. Raises ``NotSatisfiable``.
    """
    match = _ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first_text, last_text = match.groups()
    if not first_text:
        return _last_bytes(last_text, size)
    first = int(first_text)
    last = min(int(last_text), size - 1) if last_text else size - 1
    if first >= size:
        raise NotSatisfiable
    return (first, last) if first <= last else None


def _last_bytes(count_text: str, size: int) -> tuple[int, int] | None:
    if not count_text:
        return None
    count = int(count_text)
    if not count or not size:
        raise NotSatisfiable
    return max(size - count, 0), size - 1

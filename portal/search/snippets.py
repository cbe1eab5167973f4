"""Shows where the words of a query stand, in the text as it was written.

Words are found in ``search_form`` and marked in the original: Thai digits, capitals and a ํ + า
typed apart stay as they are on the page.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from portal.core.thai.text import search_form

BEFORE, AFTER = 50, 110
"""Characters of ``search_form`` shown around the first word."""
CHUNK = 8_000
"""Characters of a long text that are looked at together."""

_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_HIDDEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_ON_IT = f"[{_MARKS}{_HIDDEN}\u0300-\u036f]"
# What normalising takes together: all spaces, the halves of แ, of ำ, a tone typed after ำ, and
# a letter with its marks.
_CLUSTER = re.compile(
    f"[\\s{_HIDDEN}]+|เ[{_HIDDEN}]*เ"
    f"|\\S{_ON_IT}*?\u0e4d{_ON_IT}*า{_ON_IT}*|\\S{_ON_IT}*ำ{_ON_IT}+|\\S{_ON_IT}*"
)

Span = tuple[int, int]


class Mapped:
    """A text in ``search_form`` that knows where each character stood in the original.

    A text that normalising changes beyond single clusters is shown as it is searched.
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self.form = _form_of_text(original)
        self._places: list[Span] | None = None

    def span(self, start: int, end: int) -> Span:
        """Where the characters from ``start`` to ``end`` of ``form`` stand, whole clusters."""
        if start >= end:
            return 0, 0
        if self._places is None:
            self._places = self._align()
        return self._places[start][0], self._places[end - 1][1]

    def _align(self) -> list[Span]:
        places: list[Span] = []
        pieces: list[str] = []
        for match in _CLUSTER.finditer(self.original):
            piece = _form_of(match[0])
            if piece == " " and (not pieces or pieces[-1] == " "):
                continue
            if piece:
                pieces.append(piece)
                places += [match.span()] * len(piece)
        if "".join(pieces).rstrip() == self.form:
            return places
        self.original = self.form
        return [(at, at + 1) for at in range(len(self.form))]


def marked(text: str, words: Iterable[str]) -> SafeString:
    """All of ``text``, with every word in ``<mark>``."""
    mapped = Mapped(text)
    return _with_marks(mapped, 0, len(mapped.form), words)


def snippet(text: str, words: Sequence[str]) -> SafeString:
    """The part of ``text`` around the first word found, marked; empty where none stands in it."""
    for chunk in _chunks(text):
        mapped = Mapped(chunk)
        places = [place for word in words if (place := mapped.form.find(word)) >= 0]
        if places:
            return _around(mapped, min(places), words)
    return mark_safe("")


def holds(text: str, word: str) -> bool:
    return word in _form_of_text(text)


@lru_cache(maxsize=256)
def _form_of_text(text: str) -> str:
    """Kept for a moment: a page asks for the same text word by word."""
    return search_form(text)


@lru_cache(maxsize=20_000)
def _form_of(cluster: str) -> str:
    return " " if not cluster.strip() and re.search(r"\s", cluster) else search_form(cluster)


def _chunks(text: str) -> Iterable[str]:
    """Whole lines, some thousand characters at a time."""
    lines: list[str] = []
    size = 0
    for line in text.splitlines():
        lines.append(line)
        size += len(line)
        if size > CHUNK:
            yield "\n".join(lines)
            lines, size = [], 0
    if lines:
        yield "\n".join(lines)


def _around(mapped: Mapped, place: int, words: Sequence[str]) -> SafeString:
    start, end = max(0, place - BEFORE), min(len(mapped.form), place + AFTER)
    start = _outward(mapped.form, start, place)
    text = _with_marks(mapped, start, end, words)
    before = "…" if start > 0 else ""
    after = "…" if end < len(mapped.form) else ""
    return mark_safe(f"{before}{text}{after}")


def _outward(form: str, start: int, place: int) -> int:
    """Not in the middle of a cluster, and at a space where there is one near."""
    space = form.find(" ", start, min(start + 15, place))
    if start > 0 and space >= 0:
        return space + 1
    while 0 < start < place and re.match(f"[{_MARKS}ะาำ]", form[start]):
        start += 1
    return start


def _with_marks(mapped: Mapped, start: int, end: int, words: Iterable[str]) -> SafeString:
    """``form`` from ``start`` to ``end`` as it stands in the original."""
    at, stop = mapped.span(start, end)
    pieces: list[str] = []
    for first, last in _hits(mapped, start, end, words):
        pieces += [escape(mapped.original[at:first]), "<mark>"]
        pieces += [escape(mapped.original[first:last]), "</mark>"]
        at = last
    pieces.append(escape(mapped.original[at : max(at, stop)]))
    return mark_safe("".join(pieces))


def _hits(mapped: Mapped, start: int, end: int, words: Iterable[str]) -> list[Span]:
    """Where words stand in the original, in order; those that touch are one."""
    found = sorted(
        mapped.span(*match.span())
        for word in words
        for match in re.finditer(re.escape(word), mapped.form)
        if start <= match.start() < end
    )
    merged: list[Span] = []
    for first, last in found:
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged

"""The text of a letter: as much formatting as an official letter prints, and nothing else."""

import html
from collections.abc import Callable
from html.parser import HTMLParser

import nh3

from portal.core.thai.text import normalize

TAGS = frozenset(
    {"p", "br", "strong", "em", "u", "ol", "ul", "li", "table", "thead", "tbody", "tr", "td", "th"}
)
"""What the editor offers and ``templates/circulars/pdf`` knows how to print."""

MAX_DEPTH = 12
"""Elements inside one another; deeper ones lose their tags and keep their text."""

MAX_SPAN = 20
"""Columns or rows that one cell of a table may cover."""

_BLOCKS = frozenset({"p", "li", "tr", "table", "ol", "ul", "br"})
_SPANS = frozenset({"colspan", "rowspan"})


def clean_body(source: str) -> str:
    """What may be stored and printed of ``source``: HTML from the editor or pasted from afar.

    Tags outside ``TAGS`` go and their text stays, scripts and styles go whole, attributes go
    but the spans of table cells. Thai is normalised, so that the PDF's text extracts exactly
    as stored. Applying it twice changes nothing.
    """
    safe = nh3.clean(
        source,
        tags=set(TAGS),
        attributes={"td": set(_SPANS), "th": set(_SPANS)},
        attribute_filter=_small_span,
    )
    return _Flat().of(normalize(safe.replace("&nbsp;", " ")))


def body_text(body: str) -> str:
    """The words of a body, one line for each paragraph, list item and table row."""
    return _Words().of(body)


def text_to_body(text: str) -> str:
    """Plain text as a body: each line that is not empty becomes a paragraph."""
    lines = (line.strip() for line in normalize(text).splitlines())
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)


def _small_span(tag: str, name: str, value: str) -> str | None:
    """A number from 2 to ``MAX_SPAN``; a table of a million columns would stop the renderer."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 1
    return str(min(number, MAX_SPAN)) if number > 1 else None


class _Flat(HTMLParser):
    """Writes well-formed HTML again without elements that are too deep or empty at the ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._pieces: list[str] = []
        self._open: list[bool] = []

    def of(self, source: str) -> str:
        self.feed(source)
        self.close()
        return _trim("".join(self._pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = len(self._open) < MAX_DEPTH
        if tag != "br":
            self._open.append(kept)
        if kept:
            given = "".join(f' {name}="{value}"' for name, value in sorted(attrs))
            self._pieces.append(f"<{tag}{given}>")

    def handle_endtag(self, tag: str) -> None:
        if self._open.pop():
            self._pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self._pieces.append(f"&{name};")


def _trim(source: str) -> str:
    """Without the empty paragraphs that editors leave before and after the text."""
    while (shorter := _without_empty_ends(source)) != source:
        source = shorter
    return source


def _without_empty_ends(source: str) -> str:
    source = source.strip()
    for empty in ("<p></p>", "<p><br></p>", "<p> </p>"):
        source = source.removeprefix(empty).removesuffix(empty)
    return source


class _Words(HTMLParser):
    """Collects the text; list items carry their number or a dash, cells stand apart."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = [""]
        self._marks: list[Callable[[], str]] = []

    def of(self, body: str) -> str:
        self.feed(body)
        self.close()
        lines = (" ".join(line.split()) for line in self._lines)
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul"):
            self._marks.append(_numbers() if tag == "ol" else lambda: "- ")
        if tag in _BLOCKS and not self._is_bare_mark():
            self._lines.append("")
        if tag == "li" and self._marks:
            self._lines[-1] += self._marks[-1]()
        if tag in ("td", "th"):
            self._lines[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._marks:
            self._marks.pop()
        if tag in _BLOCKS:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        self._lines[-1] += data.replace("\n", " ")

    def _is_bare_mark(self) -> bool:
        """The line holds only a list item's mark: its first paragraph goes on there."""
        line = self._lines[-1]
        return line == "- " or (line[:-2].isdigit() and line.endswith(". "))


def _numbers() -> Callable[[], str]:
    count = iter(range(1, 10_000))
    return lambda: f"{next(count)}. "

"""Where things stand on the pages of a PDF: millimetres from the upper left corner."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTCurve, LTFigure, LTPage, LTTextLine

MM = 25.4 / 72


@dataclass(frozen=True)
class Box:
    """A rectangle on a page; pages count from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Line(Box):
    """A line of text in one size and colour; ``font`` without the subset's prefix."""

    text: str
    font: str
    size: float
    colour: tuple[float, ...]


def lines_of(data: bytes) -> list[Line]:
    """The lines of all pages, each page from its upper edge down, then from left to right.

    Columns are not joined: pieces of a line that stand far apart are lines of their own.
    """
    found = [
        _line(page, number, line)
        for number, page in enumerate(_pages(data), 1)
        for line in _all(page, LTTextLine)
        if line.get_text().strip()
    ]
    return sorted(found, key=lambda line: (line.page, round(line.top), line.left))


def line_of(data: bytes, text: str) -> Line:
    """The one line with exactly this text."""
    (line,) = [line for line in lines_of(data) if line.text == text]
    return line


def pictures_of(data: bytes) -> list[Box]:
    """Raster pictures."""
    return [
        _box(page, number, figure.bbox)
        for number, page in enumerate(_pages(data), 1)
        for figure in _all(page, LTFigure)
    ]


def drawing_of(data: bytes, *, page: int, above: float) -> Box:
    """What encloses all curves of a page whose upper edge is higher than ``above`` mm."""
    layout = list(_pages(data))[page - 1]
    boxes = [_box(layout, page, curve.bbox) for curve in _all(layout, LTCurve)]
    high = [box for box in boxes if box.top < above]
    return Box(
        page,
        min(box.left for box in high),
        min(box.top for box in high),
        max(box.right for box in high),
        max(box.bottom for box in high),
    )


def _pages(data: bytes) -> Iterator[LTPage]:
    return extract_pages(io.BytesIO(data), laparams=LAParams(char_margin=4, all_texts=True))


def _all(container: Iterable, kind: type) -> Iterator:
    for item in container:
        if isinstance(item, kind):
            yield item
        elif isinstance(item, LTContainer):
            yield from _all(item, kind)


def _line(page: LTPage, number: int, line: LTTextLine) -> Line:
    first = next(item for item in line if isinstance(item, LTChar))
    box = _box(page, number, line.bbox)
    return Line(
        number,
        box.left,
        box.top,
        box.right,
        box.bottom,
        text=" ".join(line.get_text().split()),
        font=first.fontname.partition("+")[2],
        size=round(first.size, 1),
        colour=tuple(first.graphicstate.ncolor),
    )


def _box(page: LTPage, number: int, bbox: tuple[float, float, float, float]) -> Box:
    left, bottom, right, top = bbox
    return Box(
        number, left * MM, (page.height - top) * MM, right * MM, (page.height - bottom) * MM
    )

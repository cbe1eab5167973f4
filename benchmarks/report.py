"""What was measured: a table for people, a list for machines."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = ("work", "size", "measured", "ceiling", "ratio", "reach", "ok", "")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line: rates per second of the portal's work and of its ceiling, medians of one run.

    ``held`` is False when something besides speed was not as it has to be; ``note`` says what.
    """

    name: str
    size: str
    unit: str
    work: float
    ceiling: float
    reach: float
    held: bool = True
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.work / self.ceiling

    @property
    def ok(self) -> bool:
        return self.held and self.ratio >= self.reach


def table(figures: Iterable[Figure]) -> str:
    """The figures in columns, with a line below for each one that is not what it should be."""
    figures = list(figures)
    lines = _columns([_HEAD, *map(_cells, figures)])
    lines += [
        f"{figure.name} ({figure.size}): below its reach" for figure in figures if not figure.ok
    ]
    return "\n".join(lines) + "\n"


def write_json(figures: Iterable[Figure], path: Path) -> None:
    """A list of name, size, ratio, reach, ok."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "name": figure.name,
            "size": figure.size,
            "ratio": round(figure.ratio, 3),
            "reach": figure.reach,
            "ok": figure.ok,
        }
        for figure in figures
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        figure.size,
        f"{_number(figure.work)} {figure.unit}/s",
        _number(figure.ceiling),
        f"{figure.ratio:.2f}",
        f"{figure.reach:.2f}",
        "yes" if figure.ok else "NO",
        figure.note,
    )


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.2f}"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]

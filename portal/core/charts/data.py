"""What a chart shows: the same figures make the drawing and the table beside it."""

from dataclasses import dataclass
from enum import StrEnum

MOST_SERIES = 4
"""So many colours can be told apart in both modes and on paper."""


class ChartKind(StrEnum):
    COLUMNS = "columns"
    LINES = "lines"


@dataclass(frozen=True)
class Series:
    """One row of figures, as many as there are categories; None where nothing was measured."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class ChartData:
    """Figures over categories, with the words that a reader needs.

    ``unit`` is what is counted ("letters"), ``source`` where the figures are from and as of
    when. Raises ValueError where a series has another length or there are more than four.
    """

    title: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    source: str = ""
    head: str = ""
    """What the categories are ("month"), the first column of the table."""

    def __post_init__(self) -> None:
        if len(self.series) > MOST_SERIES:
            raise ValueError(f"a chart shows at most {MOST_SERIES} series")
        for one in self.series:
            if len(one.values) != len(self.categories):
                raise ValueError(f"{one.name!r} has {len(one.values)} values")

    @property
    def rows(self) -> list[tuple[str, list[float | None]]]:
        """(category, the value of each series), as the table shows it."""
        return [
            (category, [one.values[place] for one in self.series])
            for place, category in enumerate(self.categories)
        ]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)

"""A chart as a Vega-Lite specification with colours that are replaced afterwards."""

from typing import Any

from portal.core.charts.data import ChartData, ChartKind

VL_VERSION = "5.20"
WIDTH, HEIGHT = 460, 200
FONT_SIZE = 13

SERIES_MARKS = ("#fe0001", "#fe0002", "#fe0003", "#fe0004")
INK_MARK, MUTED_MARK, LINE_MARK = "#fe0010", "#fe0011", "#fe0012"

COLOURS = {
    SERIES_MARKS[0]: ("--chart-1", "#24407a"),
    SERIES_MARKS[1]: ("--chart-2", "#b86e00"),
    SERIES_MARKS[2]: ("--chart-3", "#1f7a4d"),
    SERIES_MARKS[3]: ("--chart-4", "#8a3f8f"),
    INK_MARK: ("--ink", "#1b2330"),
    MUTED_MARK: ("--ink-muted", "#555d6b"),
    LINE_MARK: ("--line", "#dcd8cf"),
}
"""Each colour of the drawing: its variable on the page, its value on paper."""

_SARA_AM = "\N{THAI CHARACTER SARA AM}"
_PARTS = "\N{THAI CHARACTER NIKHAHIT}\N{THAI CHARACTER SARA AA}"


def build(kind: ChartKind, data: ChartData) -> dict[str, Any]:
    """The specification; all values are inline, so that nothing is loaded."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "data": {"values": _values(data)},
        "mark": _mark(kind),
        "encoding": _encoding(kind, data),
        "config": _CONFIG,
    }


def spell(text: str) -> str:
    """``text`` with ำ in two characters: the drawing library takes it for too narrow."""
    return text.replace(_SARA_AM, _PARTS)


def unspell(text: str) -> str:
    """The other way round, for what is shown."""
    return text.replace(_PARTS, _SARA_AM)


def _values(data: ChartData) -> list[dict[str, Any]]:
    return [
        {
            "category": spell(category),
            "place": place,
            "series": spell(one.name),
            "rank": rank,
            "value": value,
            "words": spell(f"{category} · {one.name}: {value:g} {data.unit}"),
        }
        for rank, one in enumerate(data.series)
        for place, category in enumerate(data.categories)
        if (value := one.values[place]) is not None
    ]


def _mark(kind: ChartKind) -> dict[str, Any]:
    if kind == ChartKind.LINES:
        return {"type": "line", "point": {"size": 45}, "strokeWidth": 2.5}
    # Rounded corners would put all bars at the left edge (vl-convert 1.9).
    return {"type": "bar"}


def _encoding(kind: ChartKind, data: ChartData) -> dict[str, Any]:
    names = [spell(one.name) for one in data.series]
    legend = {"orient": "top", "title": None} if len(names) > 1 else None
    encoding: dict[str, Any] = {
        "x": {
            "field": "category",
            "type": "nominal",
            "sort": None,
            # All of them, also where nothing was measured yet.
            "scale": {"domain": [spell(category) for category in data.categories]},
            "title": None,
            "axis": {"labelOverlap": True, "labelAngle": 0 if len(data.categories) < 7 else -45},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": spell(data.unit),
            "axis": {"tickCount": 5, "format": "~s" if _largest(data) > 9999 else "~f"},
        },
        "color": {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": names, "range": list(SERIES_MARKS[: len(names)])},
            "legend": legend,
        },
        "description": {"field": "words", "type": "nominal"},
    }
    if kind == ChartKind.COLUMNS and len(names) > 1:
        encoding["xOffset"] = {"field": "series", "sort": names}
    return encoding


def _largest(data: ChartData) -> float:
    return max((value or 0 for one in data.series for value in one.values), default=0)


# Sarabun's stacked marks reach higher than the boxes the library reckons with.
_CONFIG: dict[str, Any] = {
    "font": "Sarabun",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": FONT_SIZE,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "labelColor": MUTED_MARK,
        "titleColor": MUTED_MARK,
        "gridColor": LINE_MARK,
        "domainColor": LINE_MARK,
        "tickColor": LINE_MARK,
        "labelLimit": 0,
        "labelPadding": 9,
        "titlePadding": 12,
        "tickMinStep": 1,
    },
    "axisX": {"grid": False},
    "legend": {"labelFontSize": FONT_SIZE, "labelColor": INK_MARK, "labelLimit": 0},
}

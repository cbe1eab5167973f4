"""Charts for page and paper from one definition."""

from portal.core.charts.data import ChartData, ChartKind, Series
from portal.core.charts.drawing import Chart, chart

__all__ = ["Chart", "ChartData", "ChartKind", "Series", "chart"]

"""Statistics of letters as an Excel file."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from circulars.enums_statistics import Done, Measure
from circulars.resources import safe
from circulars.services.statistics import NUMBERS, Numbers, PersonLine, Statistics, UnitLine
from portal.core.periods import Period


def statistics_workbook(
    found: Statistics, people: Sequence[PersonLine], steps: Sequence[tuple[Period, int, int]]
) -> bytes:
    """Three sheets: units with the period before, people, and the trend. Times are in hours."""
    book = Workbook(write_only=True)
    heads = [_("Received"), _("Sent"), _("Pending"), _("Overdue")]
    times = [f"{measure.label} ({_('hours')})" for measure in Measure]
    before = [f"{head} ({found.period.before.label})" for head in (*heads, *times)]
    units = ([_name(line), *_values(line.now), *_values(line.before)] for line in _lines(found))
    _sheet(book, _("Units"), found.period, [_("Unit"), *heads, *times, *before], units)
    done = [done.label for done in Done]
    rows = (
        [str(line.person), str(line.unit), *(line.done.get(one, 0) for one in Done), line.open,
         line.overdue]
        for line in people
    )  # fmt: skip
    columns = [_("Person"), _("Unit"), *done, _("Open assignments"), _("Overdue assignments")]
    _sheet(book, _("People"), found.period, columns, rows)
    trend = ([step.label, came, went] for step, came, went in steps)
    _sheet(book, _("Trend"), found.period, [_("Period"), _("Received"), _("Sent")], trend)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(found: Statistics) -> list[UnitLine]:
    return [*found.units, found.total]


def _name(line: UnitLine) -> str:
    return str(line.unit) if line.unit else _("Together")


def _values(numbers: Numbers) -> list[Any]:
    counted = [getattr(numbers, name) for name in NUMBERS]
    return [*counted, *(_hours(numbers.time(measure)) for measure in Measure)]


def _hours(time: timedelta | None) -> float | None:
    return None if time is None else round(time.total_seconds() / 3600, 2)


def _sheet(
    book: Workbook, title: str, period: Period, heads: Sequence[Any], rows: Iterable[list[Any]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B4"
    sheet.column_dimensions["A"].width = 34
    sheet.append([safe(f"{period.label} ({period.span})")])
    sheet.append([])
    cells = [WriteOnlyCell(sheet, value=safe(str(head))) for head in heads]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for row in rows:
        sheet.append([safe(value) for value in row])

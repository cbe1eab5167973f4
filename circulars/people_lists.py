"""Lists of people as somebody brings them: a first row with names of columns, then a row each."""

import csv
import io
from dataclasses import dataclass, field
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.core.errors import InvalidInput
from portal.core.thai.text import normalize

MAX_PEOPLE = 2000
MAX_COLUMNS = 20
MAX_CELL = 200
NAME, POSITION, UNIT = "ชื่อ", "ตำแหน่ง", "สังกัด"
"""Columns of a list that is made of people chosen in the portal."""


@dataclass(frozen=True)
class PeopleList:
    """The rows that can be used, and what is wrong with others by their number in the file."""

    columns: list[str]
    rows: list[dict[str, str]]
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_list(data: bytes, name: str) -> PeopleList:
    """The people of an Excel (.xlsx) or CSV file.

    Raises ``InvalidInput`` for a file that is neither, has no names of columns or too many rows.
    """
    table = _xlsx(data) if name.lower().endswith(".xlsx") else _csv(data)
    filled = [(number, row) for number, row in enumerate(table, 1) if any(row)]
    if len(filled) < 2:
        raise InvalidInput(_("The file needs a first row with names and a row for each person."))
    columns = _columns(filled[0][1])
    if len(filled) - 1 > MAX_PEOPLE:
        raise InvalidInput(
            _("A list has no more than %(count)s people.") % {"count": MAX_PEOPLE}, field="file"
        )
    return _checked(columns, filled[1:])


def _checked(columns: list[str], table: list[tuple[int, list[str]]]) -> PeopleList:
    rows: list[dict[str, str]] = []
    errors: list[tuple[int, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in table:
        values = {name: cells[at] if at < len(cells) else "" for at, name in enumerate(columns)}
        key = tuple(values.values())
        if empty := [name for name, value in values.items() if not value]:
            errors.append((number, _("“%(names)s” is empty.") % {"names": ", ".join(empty)}))
        elif max(map(len, key)) > MAX_CELL:
            errors.append((number, _("A field is longer than %(count)s letters.")
                           % {"count": MAX_CELL}))  # fmt: skip
        elif key in seen:
            errors.append((number, _("The same as row %(row)s.") % {"row": seen[key]}))
        else:
            seen[key] = number
            rows.append(values)
    return PeopleList(columns, rows, errors)


def _columns(cells: list[str]) -> list[str]:
    columns = [cell for cell in cells if cell]
    if len(columns) != len(set(columns)) or cells[: len(columns)] != columns:
        raise InvalidInput(_("Each column needs a name of its own in the first row."))
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(
            _("A list has no more than %(count)s columns.") % {"count": MAX_COLUMNS}
        )
    return columns


def _xlsx(data: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidInput(_("This file is not an Excel workbook.")) from error
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(max_row=MAX_PEOPLE + 50, max_col=MAX_COLUMNS + 5, values_only=True)
    return [[_text(value) for value in row] for row in rows]


def _csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp874"):  # cp874: what Thai Excel writes by default
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [[_text(cell) for cell in row] for row in csv.reader(io.StringIO(text))]
    raise InvalidInput(_("The file’s letters cannot be read: save it as CSV UTF-8."))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else normalize(" ".join(str(value).split()))

"""Letters and registers as Excel files, and old register books read from them."""

from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from circulars.models import Delivery, Letter, Register, RegisterEntry
from circulars.register_words import (
    NUMBER_WORD,
    NUMBER_WORDS,
    OF_THE_YEAR,
    headings,
    remark,
    title,
)
from circulars.services.board import board_rows
from circulars.services.register_imports import MOST_ROWS, Problem, Row
from circulars.services.replies import with_cross_references
from portal.core.thai.dates import short

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOARD_WIDTHS = (8, 14, 36, 20, 20, 14, 22, 22, 22, 14, 22, 22)
REGISTER_WIDTHS = (20, 14, 22, 16, 30, 30, 50, 28, 28)

HEAD_ROWS = 15
"""The headings of an old book stand in one of the first rows."""
BOOK_COLUMNS = {
    "registered_on": ("วันที่ลงทะเบียน", "วันที่ลงรับ", "วันที่รับ", "วันที่ส่ง", "วันเดือนปี"),
    "number": (
        *dict.fromkeys([NUMBER_WORD, *NUMBER_WORDS.values()]), "เลขทะเบียน", "เลขรับ", "เลขส่ง",
    ),
    "reference": ("ที่", "เลขที่หนังสือ", "ที่หนังสือ"),
    "dated": ("ลงวันที่",),
    "sender": ("จาก",),
    "receiver": ("ถึง",),
    "subject": ("เรื่อง",),
    "action": ("การปฏิบัติ",),
    "note": ("หมายเหตุ",),
}  # fmt: skip
"""What clerks write above the columns of forms 13 and 14."""
MAY_LACK = frozenset({"action", "note"})


def board_workbook(letter: Letter) -> bytes:
    """The board of a letter: one row a recipient, with the time of each stage."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Recipients"))
    for index, width in enumerate(BOARD_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.freeze_panes = "A4"
    sheet.append([safe(f"{letter.number_text} {'' if letter.is_secret else letter.subject}")])
    sheet.append([])
    sheet.append([_heading(sheet, text) for text in _board_headings()])
    for index, delivery in enumerate(board_rows(letter=letter), 1):
        sheet.append([safe(value) for value in _board_row(index, delivery)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def safe(value: Any) -> Any:
    """A cell that Excel never takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def moment(value: datetime | None) -> str:
    """A time as clerks write it: 20 พ.ย. 2569 14:05."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{short(local.date())} {local:%H:%M}"


def register_workbook(register: Register) -> bytes:
    """The register with the columns of its form, oldest line first."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(register.year))
    for index, width in enumerate(REGISTER_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.freeze_panes = "A4"
    sheet.append([safe(f"{title(register.kind)} {OF_THE_YEAR} {register.year}")])
    sheet.append([safe(register.unit.name)])
    sheet.append([_heading(sheet, text) for text in headings(register.kind)])
    entries = RegisterEntry.objects.filter(register=register).select_related("reservation")
    for entry in with_cross_references(entries.order_by("number").iterator()):
        sheet.append([_cell(sheet, value) for value in _register_row(entry)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read_book(source: BinaryIO) -> tuple[list[Row], list[Problem]]:
    """The rows of an old register book, below the headings of forms 13 and 14.

    Empty rows are left out. What makes the sheet as a whole unreadable is a problem of row 0.
    """
    try:
        book = load_workbook(source, read_only=True, data_only=True)
        rows = [list(row) for row in islice(book.worksheets[0].values, MOST_ROWS + HEAD_ROWS + 1)]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError):
        return [], [(0, _("The file is no Excel workbook (.xlsx) that can be read."))]
    if len(rows) > MOST_ROWS + HEAD_ROWS:
        return [], [(0, _("The sheet has more than %(most)s rows.") % {"most": MOST_ROWS})]
    head, places = _book_head(rows)
    lacking = [name for name in BOOK_COLUMNS if name not in places and name not in MAY_LACK]
    if lacking:
        words = ", ".join(BOOK_COLUMNS[name][0] for name in lacking)
        return [], [(0, _("Columns are missing: %(columns)s.") % {"columns": words})]
    found = []
    for position, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: row[at] for name, at in places.items() if at < len(row)}
        if any(str(cell).strip() for cell in cells.values() if cell is not None):
            found.append(Row(position, cells))
    return found, []


def _book_head(rows: list[list[Any]]) -> tuple[int, dict[str, int]]:
    """The row of the headings, counted from 0, and the place of each column that it names."""
    names = {word: name for name, words in BOOK_COLUMNS.items() for word in words}
    best: tuple[int, dict[str, int]] = (0, {})
    for index, row in enumerate(rows[:HEAD_ROWS]):
        places: dict[str, int] = {}
        for at, cell in enumerate(row):
            name = names.get("".join(str(cell or "").split()))
            if name:
                places.setdefault(name, at)
        if len(places) > len(best[1]):
            best = (index, places)
    return best


def _register_row(entry: RegisterEntry) -> list[Any]:
    return [
        short(timezone.localdate(entry.registered_at)),
        entry.number,
        entry.reference,
        short(entry.dated) if entry.dated else "",
        entry.sender,
        entry.receiver,
        entry.subject,
        entry.action,
        remark(entry),
    ]


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=safe(value))
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _board_headings() -> list[str]:
    return [
        _("No."), _("Code"), _("Recipient"), _("Amphoe"), _("Network"), _("State"),
        _("Delivered at"), _("Opened at"), _("Registered at"), _("Incoming number"),
        _("Acknowledged at"), _("Answered at"),
    ]  # fmt: skip


def _board_row(index: int, delivery: Delivery) -> list[Any]:
    school = getattr(delivery.unit, "school", None)
    entry = delivery.entry
    return [
        index,
        school.smis_code if school else "",
        delivery.unit.name,
        school.amphoe if school else "",
        str(school.network or "") if school else "",
        delivery.get_state_display(),
        moment(delivery.delivered_at),
        moment(delivery.opened_at),
        moment(entry.registered_at) if entry else "",
        entry.number if entry else "",
        moment(delivery.acknowledged_at),
        moment(delivery.answered_at),
    ]


def _heading(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell

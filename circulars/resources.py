"""Letters as Excel files."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from circulars.models import Delivery, Letter
from circulars.services.board import board_rows
from portal.core.thai.dates import short

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOARD_WIDTHS = (8, 14, 36, 20, 20, 14, 22, 22, 22, 14, 22, 22)


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

"""Forms 19–25 as Excel files."""

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from circulars.archive_words import Form
from circulars.resources import safe

CHARACTERS = 1.3
"""Of Excel's width for one percent of a form's."""


def form_workbook(
    *, form: Form, rows: Iterable[tuple[str, ...]], unit: str, year: int | None = None
) -> bytes:
    """The lines of a form below its title and the name of the unit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"แบบที่ {form.number}")
    for index, (_heading, width) in enumerate(form.columns):
        sheet.column_dimensions[chr(ord("A") + index)].width = width * CHARACTERS
    sheet.freeze_panes = "A4"
    sheet.append([" ".join(line.format(year=year or "") for line in form.title)])
    sheet.append([safe(unit)])
    heads = []
    for heading in form.headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


PLAN_HEADINGS = ("รหัสแฟ้ม", "ชื่อแฟ้ม", "อยู่ในแฟ้ม", "อายุการเก็บ (ปี)", "ข้อ", "เหตุผล")
PLAN_EXAMPLES = (
    ("1", "การบริหารทั่วไป", "", "10", "57", ""),
    ("1.1", "การประชุม", "1", "10", "57", ""),
    ("1.2", "หนังสือเวียนทั่วไป", "1", "1", "57.5", ""),
    ("2", "การเงิน", "", "5", "57.6", ""),
    ("3", "ประวัติหน่วยงาน", "", "ตลอดไป", "57.3", ""),
)


def plan_template() -> bytes:
    """An empty file plan to fill in, with examples; the words are those that import reads."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (PLAN_HEADINGS, *PLAN_EXAMPLES):
        sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()

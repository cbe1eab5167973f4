"""A file plan from Excel: rows, their errors, and the folders made of them."""

from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from circulars.enums_archive import YEARS, Clause, Retention
from circulars.models import Folder
from circulars.services.archive import save_folder
from portal.audit.service import record
from portal.core.errors import InvalidInput
from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize
from portal.org.models import Unit
from portal.users.models import User

MAX_ROWS = 2000
COLUMNS = ("code", "title", "parent", "years", "clause", "reason")
FOR_EVER = ("ตลอดไป", "ห้ามทำลาย", "permanent", "for ever")
_BY_YEARS = {years: kind for kind, years in YEARS.items()}


@dataclass(frozen=True)
class PlanRow:
    """One line of the workbook; ``error`` says why it makes no folder."""

    number: int
    code: str
    title: str
    parent: str
    retention: str
    years: int | None
    clause: str
    reason: str
    error: str = ""


def read_plan(*, data: bytes, unit: Unit) -> list[PlanRow]:
    """The rows below the heading: code, title, code of the folder around it, years (or
    ตลอดไป), clause, reason. Raises InvalidInput for a file that is no workbook or too long."""
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidInput(_("This file is not an Excel workbook."), field="file") from error
    rows: list[PlanRow] = []
    codes = set(Folder.objects.filter(unit=unit).values_list("code", flat=True))
    sheet = book.worksheets[0]
    cells = sheet.iter_rows(min_row=2, max_row=MAX_ROWS + 2, max_col=6, values_only=True)
    for number, values in enumerate(cells, 2):
        words = [_text(value) for value in (*values, *[None] * 6)[:6]]
        if not any(words):
            continue
        row = _row(number, words, codes)
        rows.append(row)
        if not row.error:
            codes.add(row.code)
    if len(rows) > MAX_ROWS:
        raise InvalidInput(
            _("A plan has no more than %(n)s folders.") % {"n": MAX_ROWS}, field="file"
        )
    if not rows:
        raise InvalidInput(_("There is no row below the heading."), field="file")
    return rows


def save_plan(*, rows: list[PlanRow], unit: Unit, actor: User) -> int:
    """Make the folders of the rows without error; how many."""
    made: dict[str, Folder] = {folder.code: folder for folder in Folder.objects.filter(unit=unit)}
    good = [row for row in rows if not row.error]
    with transaction.atomic():
        for row in good:
            made[row.code] = save_folder(
                actor=actor,
                unit=unit,
                code=row.code,
                title=row.title,
                parent=made.get(row.parent),
                retention=row.retention,
                years=row.years,
                clause=row.clause,
                reason=row.reason,
            )
        record(action="folder.import", actor=actor, about=unit, data={"folders": len(good)})
    return len(good)


def _row(number: int, words: list[str], codes: set[str]) -> PlanRow:
    code, title, parent, period, clause, reason = words
    retention, years, error = _period(period, reason)
    if not code or not title:
        error = (
            _("Code and title are missing.")
            if not (code or title)
            else (_("The code is missing.") if not code else _("The title is missing."))
        )
    elif len(code) > 30 or len(title) > 200:
        error = _("Code or title is too long.")
    elif code in codes:
        error = _("There is already a folder of this code.")
    elif parent and parent not in codes:
        error = _("The folder around it (%(code)s) comes before it.") % {"code": parent}
    clause = to_arabic(clause).removeprefix("ข้อ").strip()
    if clause and clause not in Clause.values:
        error = error or _("There is no such clause: %(clause)s.") % {"clause": clause}
    return PlanRow(
        number, code, title, parent, retention, years, clause or _usual(retention), reason, error
    )


def _period(period: str, reason: str) -> tuple[str, int | None, str]:
    """(retention, years of another period, error)."""
    word = to_arabic(period).replace("ปี", "").strip()
    if not word:
        return Retention.TEN, None, ""
    if word.lower() in FOR_EVER:
        return Retention.PERMANENT, None, ""
    if not word.isdecimal() or not 1 <= int(word) <= 99:
        return Retention.TEN, None, _("Years are a number from 1 to 99, or “ตลอดไป”.")
    years = int(word)
    if years in _BY_YEARS:
        return _BY_YEARS[years], None, ""
    missing = "" if reason else _("Another period needs its years and its reason.")
    return Retention.CUSTOM, years, missing


def _usual(retention: str) -> str:
    return {
        Retention.TEN: Clause.ORDINARY,
        Retention.FIVE: Clause.COPY,
        Retention.ONE: Clause.ROUTINE,
        Retention.PERMANENT: Clause.HISTORICAL,
    }.get(Retention(retention), Clause.OTHER)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else normalize(" ".join(str(value).split()))

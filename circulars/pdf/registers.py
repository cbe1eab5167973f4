"""Registers on paper: the layout of forms 13 and 14, and the book of numbers.

The forms have one head with "วันที่ … เดือน … พ.ศ. …" for the lines of a day. A register is
printed without empty lines, so each day has such a line of its own, and each page repeats the
day that it begins with.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from itertools import islice

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from circulars.enums import RegisterKind
from circulars.models import LetterSettings, Register, RegisterEntry, Reservation
from circulars.register_words import COLUMNS, FORM_NUMBERS, STATES, number_word, remark, title
from circulars.services.replies import with_cross_references
from portal.core.pdf import render_pdf
from portal.core.thai.dates import MONTHS, be_year, short
from portal.core.thai.digits import to_thai

FORM = "circulars/pdf/register.html"
BOOK = "circulars/pdf/register_numbers.html"
PART = 1_000
"""Lines that are set at once: what a page costs grows with the length of its table."""


@dataclass(frozen=True)
class Line:
    """One line; ``day`` is the head of its day, which is printed where it ``opens_day``."""

    number: str
    cells: tuple[str, ...]
    day: str = ""
    opens_day: bool = False
    is_void: bool = False


@dataclass(frozen=True)
class Sheet:
    """What is the same on all pages of a register."""

    title: str
    agency: str
    year: str
    form: str
    number_word: str
    columns: tuple[str, ...]
    thai_digits: bool


def register_pdf(register: Register) -> bytes:
    """The register in the layout of its form, A4 across, oldest first."""
    return _pdf(FORM, register, _lines(register))


def numbers_pdf(register: Register) -> bytes:
    """The book of numbers: each number with what became of it, in order."""
    return _pdf(BOOK, register, _numbers(register))


def block_pdf(block: Reservation) -> bytes:
    """Reserved numbers as empty lines of the form, to be filled by hand."""
    register = block.register
    figures = _figures(register)
    empty = ("",) * len(COLUMNS)
    numbers = range(block.first_number, block.last_number + 1)
    lines = [Line(figures(str(number)), empty) for number in numbers]
    return _pdf(FORM, register, iter(lines), is_blank=True)


def register_html(register: Register) -> str:
    """The register as the page that is printed, when it is short enough for one part."""
    return _html(FORM, sheet_of(register), list(_lines(register)), first_page=1)


def sheet_of(register: Register) -> Sheet:
    thai_digits = _has_thai_digits(register)
    figures = to_thai if thai_digits else str
    return Sheet(
        title=title(register.kind),
        agency=figures(_agency(register)),
        year=figures(str(register.year)),
        form=figures(FORM_NUMBERS.get(RegisterKind(register.kind), "")),
        number_word=number_word(register.kind),
        columns=COLUMNS,
        thai_digits=thai_digits,
    )


def _pdf(
    template: str, register: Register, lines: Iterator[Line], *, is_blank: bool = False
) -> bytes:
    """Set part by part, numbering the pages on."""
    sheet = sheet_of(register)
    parts: list[bytes] = []
    pages = 0
    while (part := list(islice(lines, PART))) or not parts:
        if part and part[0].day:
            part[0] = replace(part[0], opens_day=True)  # each part says on which day it begins
        html = _html(template, sheet, part, first_page=pages + 1, is_blank=is_blank)
        parts.append(render_pdf(html, title=f"{sheet.title} {sheet.year}"))
        if len(part) < PART:
            break
        pages += len(PdfReader(BytesIO(parts[-1])).pages)
    if len(parts) == 1:
        return parts[0]
    return _joined(parts, f"{sheet.title} {sheet.year}")


def _joined(parts: list[bytes], name: str) -> bytes:
    writer = PdfWriter()
    for part in parts:
        writer.append(BytesIO(part))
    writer.add_metadata({"/Title": name})
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _html(
    template: str, sheet: Sheet, lines: list[Line], *, first_page: int, is_blank: bool = False
) -> str:
    context = {
        "sheet": sheet,
        "lines": lines,
        "first_page": first_page,
        "is_blank": is_blank,
    }
    return render_to_string(template, context)


def _lines(register: Register) -> Iterator[Line]:
    figures = _figures(register)
    last_day = None
    for entry in with_cross_references(_entries(register)):
        day = timezone.localdate(entry.registered_at)
        cells = (
            figures(entry.reference),
            figures(short(entry.dated)) if entry.dated else "",
            entry.sender, entry.receiver, entry.subject, entry.action, remark(entry),
        )  # fmt: skip
        yield Line(
            day=figures(_day_words(day)),
            opens_day=day != last_day,
            number=figures(str(entry.number)),
            cells=cells,
            is_void=entry.voided_at is not None,
        )
        last_day = day


def _numbers(register: Register) -> Iterator[Line]:
    figures = _figures(register)
    rows = _entries(register).select_related("reservation__person", "registered_by")
    for entry in with_cross_references(rows):
        person = entry.registered_by
        if entry.reservation is not None:
            person = entry.reservation.person
        cells = (
            STATES[entry.state],
            figures(short(timezone.localdate(entry.registered_at))),
            figures(entry.reference),
            entry.subject,
            str(person or ""),
            remark(entry),
        )
        yield Line(figures(str(entry.number)), cells, is_void=entry.voided_at is not None)


def _entries(register: Register) -> QuerySet[RegisterEntry]:
    entries = RegisterEntry.objects.filter(register=register).select_related("reservation")
    return entries.order_by("number")


def _day_words(day: date) -> str:
    """The head of the form, filled in."""
    return f"วันที่ {day.day} เดือน {MONTHS[day.month - 1]} พ.ศ. {be_year(day)}"


def _agency(register: Register) -> str:
    unit = register.unit
    if unit.is_school:
        return unit.name
    office = unit.office.name
    return office if unit.kind == "office" else f"{unit.name} {office}"


def _has_thai_digits(register: Register) -> bool:
    chosen = LetterSettings.objects.filter(office=register.unit.office_id)
    return chosen.values_list("thai_digits", flat=True).first() is not False


def _figures(register: Register) -> Callable[[str], str]:
    return to_thai if _has_thai_digits(register) else str

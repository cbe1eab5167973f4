"""Taking over an old register book: looked through row by row, taken over whole or not at all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import SECRET_REGISTERS, RegisterKind
from circulars.models import Register, RegisterEntry, RegisterImport
from circulars.services.registers import check_keeps
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai import dates
from portal.core.thai.dates import be_year
from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize
from portal.files.models import StoredFile
from portal.org.models import Unit
from portal.users.models import User

VOID_MARK = "ยกเลิก"
"""A line whose remark begins so was void in the book already."""

FIRST_YEAR = 2526
"""The regulation on official correspondence is of that year."""

LONGEST = {
    "reference": 80, "sender": 200, "receiver": 200, "subject": 500, "action": 500, "note": 500,
}  # fmt: skip
"""The columns of a line that hold words, with the characters that fit."""

MOST_ROWS = 50_000
MOST_PROBLEMS = 200
BATCH = 2_000

Problem = tuple[int, str]
"""The row of the sheet (0: the whole sheet), and what is wrong with it."""


@dataclass(frozen=True)
class Row:
    """A row as the sheet has it: cells by the name of their column, untouched."""

    position: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """A row that can be taken over."""

    position: int
    number: int
    registered_on: date
    columns: dict[str, Any]
    void_reason: str = ""


@dataclass(frozen=True)
class Findings:
    lines: list[Checked]
    problems: list[Problem]


def open_import(
    *,
    unit: Unit,
    kind: RegisterKind,
    year: int,
    last_number: int,
    gap_reason: str,
    actor: User,
    file: StoredFile,
) -> RegisterImport:
    """Note which book a file is of. Raises ``NotAllowed`` unless the actor keeps that book."""
    check_keeps(actor, unit=unit, kind=kind, action="register.import")
    if not FIRST_YEAR <= year <= be_year(timezone.localdate()):
        raise InvalidInput(_("Write the year of the book in the Buddhist era."), field="year")
    if not 1 <= last_number <= MOST_ROWS:
        raise InvalidInput(
            _("A book has between 1 and %(most)s numbers.") % {"most": MOST_ROWS},
            field="last_number",
        )
    return RegisterImport.objects.create(
        unit=unit,
        kind=kind,
        year=year,
        last_number=last_number,
        gap_reason=normalize(gap_reason),
        file=file,
        uploaded_by=actor,
    )


def note_findings(*, book: RegisterImport, findings: Findings) -> RegisterImport:
    book.row_count = len(findings.lines)
    book.problems = findings.problems[:MOST_PROBLEMS]
    book.save(update_fields=["row_count", "problems"])
    return book


def look_through(
    *, book: RegisterImport, rows: Sequence[Row], problems: Iterable[Problem] = ()
) -> Findings:
    """What can be taken over from a book, and everything that is wrong with it.

    ``problems`` are those of the sheet itself; with any, its rows are not looked at.
    """
    found = list(problems)
    if found:
        return Findings([], found)
    lines, places = [], []
    for row in rows:
        checked, wrong, number = _check_row(row, book)
        found += [(row.position, text) for text in wrong]
        if checked:
            lines.append(checked)
        if number:
            places.append((row.position, number))
    found += _sequence_problems(book, places)
    return Findings(sorted(lines, key=lambda line: line.number), sorted(found))


def take_over(*, book: RegisterImport, rows: Sequence[Row], actor: User) -> Register:
    """Write all lines of a book into its register; its next number follows the book's last.

    It is looked through again under the register's lock. Raises ``StaleAction`` when it was taken
    over already or the register has gone on meanwhile, so that nothing is ever half done.
    """
    check_keeps(actor, unit=book.unit, kind=book.kind, action="register.import")
    with transaction.atomic():
        fresh = RegisterImport.objects.select_for_update().get(pk=book.pk)
        if fresh.done_at is not None:
            raise StaleAction(_("This book was taken over already."), about=fresh)
        register = _locked_register(fresh)
        findings = look_through(book=fresh, rows=rows)
        if findings.problems:
            note_findings(book=fresh, findings=findings)
            raise InvalidInput(
                _("The register has changed meanwhile, or the book has errors. Look at them.")
            )
        _write(fresh, register, findings.lines, actor)
        fresh.register, fresh.done_at = register, timezone.now()
        fresh.save(update_fields=["register", "done_at"])
        record(
            action="register.import",
            actor=actor,
            about=register,
            data={"rows": len(findings.lines)},
        )
    return register


def may_see(user: User, book: RegisterImport) -> bool:
    try:
        check_keeps(user, unit=book.unit, kind=book.kind, action="register.import")
    except NotAllowed:
        return False
    return True


def _locked_register(book: RegisterImport) -> Register:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO circulars_register (unit_id, kind, year, last_number) "
            "VALUES (%s, %s, %s, 0) ON CONFLICT DO NOTHING",
            [book.unit_id, book.kind, book.year],
        )
    return Register.objects.select_for_update().get(
        unit=book.unit_id, kind=book.kind, year=book.year
    )


def _last_given(book: RegisterImport) -> int:
    books = Register.objects.filter(unit=book.unit_id, kind=book.kind, year=book.year)
    return books.values_list("last_number", flat=True).first() or 0


def _check_row(row: Row, book: RegisterImport) -> tuple[Checked | None, list[str], int | None]:
    """The line, or what is wrong with it; and its number, where that much could be read."""
    problems: list[str] = []

    def read(name: str, reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(row.cells.get(name))
        except ValueError as error:
            problems.append(str(error))
            return None

    number = read("number", _number)
    registered_on = read("registered_on", lambda cell: _day(cell, needed=True))
    dated = read("dated", _day)
    columns = {name: _text(row.cells.get(name)) for name in LONGEST}
    void_reason = columns["note"] if columns["note"].startswith(VOID_MARK) else ""
    if registered_on and be_year(registered_on) != book.year:
        problems.append(
            _("The registration date %(day)s is not in %(year)s.")
            % {"day": dates.short(registered_on), "year": book.year}
        )
    if book.kind in SECRET_REGISTERS:
        columns["subject"] = ""
    elif not columns["subject"] and not void_reason:
        problems.append(_("The subject is missing."))
    problems += _too_long(columns)
    if problems:
        return None, problems, number
    columns["dated"] = dated
    return Checked(row.position, number, registered_on, columns, void_reason), [], number


def _too_long(columns: dict[str, Any]) -> list[str]:
    problems = []
    for name, text in columns.items():
        most = LONGEST[name]
        if len(text) > most:
            problems.append(
                _("“%(text)s…” is longer than %(most)s characters.")
                % {"text": text[:20], "most": most}
            )
    return problems


def _sequence_problems(book: RegisterImport, places: list[tuple[int, int]]) -> list[Problem]:
    """Numbers that come twice, are not in order with the register, or are not there.

    ``places`` are (row, number) pairs.
    """
    given = _last_given(book)
    problems: list[Problem] = []
    first_row: dict[int, int] = {}
    for position, number in places:
        words = {"number": number, "row": first_row.get(number), "last": given}
        if number in first_row:
            text = _("Number %(number)s stands in row %(row)s already.")
            problems.append((position, text % words))
        elif number <= given:
            text = _("Number %(number)s is in the portal's register, which goes to %(last)s.")
            problems.append((position, text % words))
        elif number > book.last_number:
            text = _("Number %(number)s is beyond the last number %(last)s.")
            problems.append((position, text % {**words, "last": book.last_number}))
        first_row.setdefault(number, position)
    if not places:
        return [(0, _("No line of the sheet can be taken over."))]
    if not book.gap_reason:
        wanted = range(given + 1, book.last_number + 1)
        missing = islice((number for number in wanted if number not in first_row), MOST_PROBLEMS)
        problems += [(0, _("Number %(number)s is missing.") % {"number": n}) for n in missing]
    return problems


def _write(book: RegisterImport, register: Register, lines: list[Checked], actor: User) -> None:
    now = timezone.now()
    rows = [_entry(book, register, line, now, actor) for line in lines]
    there = {line.number for line in lines}
    days = {line.number: line.registered_on for line in lines}
    day = date(book.year - dates.ERA, 1, 1)
    for number in range(register.last_number + 1, book.last_number + 1):
        day = days.get(number, day)
        if number not in there:
            gap = Checked(0, number, day, {}, book.gap_reason)
            rows.append(_entry(book, register, gap, now, actor))
    register.last_number = book.last_number
    register.save(update_fields=["last_number"])
    RegisterEntry.objects.bulk_create(sorted(rows, key=lambda row: row.number), batch_size=BATCH)


def _entry(
    book: RegisterImport, register: Register, line: Checked, now: datetime, actor: User
) -> RegisterEntry:
    zone = timezone.get_current_timezone()
    entry = RegisterEntry(
        register=register,
        number=line.number,
        registered_at=datetime.combine(line.registered_on, time(0), zone),
        registered_by=actor,
        batch=book,
        **line.columns,
    )
    if line.void_reason:
        entry.voided_at, entry.voided_by, entry.void_reason = now, actor, line.void_reason
    return entry


def _number(cell: Any) -> int:
    text = to_arabic(_text(cell)).split("/")[0].strip()
    if isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    if not text:
        raise ValueError(_("The register number is missing."))
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1_000_000:
        raise ValueError(_("“%(text)s” is no register number.") % {"text": text[:20]})
    return int(text)


def _day(cell: Any, *, needed: bool = False) -> date | None:
    """A date of the sheet: a date cell of either era, or text in the Buddhist era.

    Whoever types 20/11/2569 into a date cell gets the year 2569 CE; nobody means that.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if cell.year < 2400:
            return cell
        return dates.parse_be(f"{cell.day}/{cell.month}/{cell.year}")
    text = _text(cell)
    if text in ("", "-", "–"):
        if needed:
            raise ValueError(_("The registration date is missing."))
        return None
    return dates.parse_be(text)


def _text(cell: Any) -> str:
    return "" if cell is None else normalize(str(cell))

"""People in a spreadsheet (xlsx or csv): read, check row by row, give back what was refused."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.accounts.permissions import may_invite_as
from portal.accounts.services.invitations import (
    Invitee,
    fillable_positions,
    fillable_units,
    taken_emails,
)
from portal.core.errors import InvalidInput
from portal.core.thai.text import normalize
from portal.org.enums import Role
from portal.org.models import Position, Unit
from portal.users.models import User

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_ROWS = 500

COLUMNS = {
    "title": gettext_lazy("Name prefix"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Role"),
    "position": gettext_lazy("Position"),
}
REQUIRED = ("first_name", "email", "unit", "role")
LENGTHS = {"title": 40, "first_name": 100, "last_name": 100, "email": 254}

Values = dict[str, str]


@dataclass
class PersonRow:
    """A line of the file (``number`` as the spreadsheet counts), and what is wrong with it."""

    number: int
    values: Values
    errors: list[str] = field(default_factory=list)
    invitee: Invitee | None = None

    def cells(self) -> list[str]:
        """The values in the order of ``COLUMNS``."""
        return [self.values.get(name, "") for name in COLUMNS]


def read_people(upload: File) -> list[Values]:
    """The rows of a file as texts, by column, with their line as "number".

    Columns are found by their heading, in any order, in any language of the portal or by their
    code. Raises ``InvalidInput`` when the file as a whole cannot be used.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise InvalidInput(_("The file is larger than 2 MB."), field="file")
    data = upload.read()
    lines = _xlsx_lines(data) if data.startswith(b"PK") else _csv_lines(data)
    return _rows(lines)


def check_people(actor: User, rows: Sequence[Values]) -> list[PersonRow]:
    """Each row with its errors or, when there are none, the person to invite.

    The number of queries does not depend on the number of rows.
    """
    checker = _Checker(actor, rows)
    return [checker.check(values) for values in rows]


def sample_workbook(rows: Iterable[PersonRow] = ()) -> bytes:
    """An xlsx with our headings: empty to be filled in, or with refused rows and the reasons."""
    book = Workbook()
    sheet = book.active
    rows = list(rows)
    sheet.append([str(label) for label in COLUMNS.values()] + ([_("To be mended")] * bool(rows)))
    for row in rows:
        sheet.append([*row.cells(), " / ".join(row.errors)])
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.data_type = "s"  # a value that begins with "=" stays a text
    for column in "ABCDEFGH":
        sheet.column_dimensions[column].width = 24
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_lines(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise InvalidInput(_("The file is larger than 2 MB."), field="file")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [
            [_text(value) for value in line]
            for line in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=30, values_only=True)
        ]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise InvalidInput(_("This file cannot be read."), field="file") from error
    return lines


def _csv_lines(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp874"):  # cp874: what Thai Excel writes by default
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput(_("This file cannot be read."), field="file")
    if "\x00" in text:
        raise InvalidInput(_("This file is neither xlsx nor csv."), field="file")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[_text(value) for value in line] for line in reader]
    except csv.Error as error:
        raise InvalidInput(_("This file cannot be read."), field="file") from error


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a school's code that the spreadsheet took for a number
    return normalize(str(value)).strip() if value is not None else ""


def _rows(lines: Sequence[Sequence[str]]) -> list[Values]:
    head = _heads(lines[0] if lines else [])
    missing = [str(COLUMNS[name]) for name in REQUIRED if name not in head.values()]
    if missing:
        raise InvalidInput(
            _("The first line lacks these headings: %(names)s") % {"names": ", ".join(missing)},
            field="file",
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if any(line):
            values = {head[i]: value for i, value in enumerate(line) if i in head}
            rows.append(values | {"number": str(number)})
    if not rows:
        raise InvalidInput(_("The file has no people in it."), field="file")
    if len(rows) > MAX_ROWS:
        raise InvalidInput(
            _("At most %(number)s people at once.") % {"number": MAX_ROWS}, field="file"
        )
    return rows


def _heads(line: Sequence[str]) -> dict[int, str]:
    names = _by_word((name, label) for name, label in COLUMNS.items())
    return {i: names[word] for i, text in enumerate(line) if (word := _key(text)) in names}


def _by_word(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Codes by their word in any of the portal's languages, and by themselves."""
    words: dict[str, str] = {}
    pairs = list(pairs)
    for language, _name in settings.LANGUAGES:
        with override(language):
            words |= {_key(str(label)): code for code, label in pairs}
    return words | {_key(code): code for code, _label in pairs}


def _key(text: str) -> str:
    return "".join(normalize(text).split()).replace("_", "").replace("-", "").casefold()


class _Checker:
    """Looks everything up once, then judges row by row."""

    def __init__(self, actor: User, rows: Sequence[Values]) -> None:
        self.actor = actor
        emails = [values.get("email", "").lower() for values in rows]
        self.times = Counter(emails)
        self.taken = taken_emails(emails)
        self.roles = _by_word(Role.choices)
        self.units: dict[str, set[Unit]] = {}
        for unit in fillable_units(actor).select_related("school"):
            school = getattr(unit, "school", None)
            for word in (unit.name, unit.short_name, school.smis_code if school else ""):
                if word:
                    self.units.setdefault(_key(word), set()).add(unit)
        self.positions = {_key(row.title): row for row in fillable_positions(actor)}

    def check(self, values: Values) -> PersonRow:
        row = PersonRow(int(values["number"]), values)
        unit = self._unit(row)
        role = self._role(row, unit)
        position = self._position(row)
        self._email(row)
        self._texts(row)
        if not row.errors and unit is not None:
            row.invitee = Invitee(
                email=values["email"].lower(),
                title=values.get("title", ""),
                first_name=values["first_name"],
                last_name=values.get("last_name", ""),
                unit=unit,
                role=role,
                position=position,
            )
        return row

    def _unit(self, row: PersonRow) -> Unit | None:
        found = self.units.get(_key(row.values.get("unit", "")), set())
        if len(found) == 1:
            return next(iter(found))
        row.errors.append(
            _("Several units have this name; write the school's code.")
            if found
            else _("There is no such unit for you to fill.")
        )
        return None

    def _role(self, row: PersonRow, unit: Unit | None) -> str:
        role = self.roles.get(_key(row.values.get("role", "")), "")
        if not role:
            row.errors.append(_("There is no such role."))
        elif unit is not None and not may_invite_as(self.actor, unit, role):
            row.errors.append(_("You may not invite somebody to this role in this unit."))
        return role

    def _position(self, row: PersonRow) -> Position | None:
        word = _key(row.values.get("position", ""))
        if not word:
            return None
        if word not in self.positions:
            row.errors.append(_("There is no such position in your office."))
        return self.positions.get(word)

    def _email(self, row: PersonRow) -> None:
        email = row.values.get("email", "").lower()
        try:
            validate_email(email)
        except ValidationError:
            row.errors.append(_("This is not an e-mail address."))
            return
        if self.times[email] > 1:
            row.errors.append(_("This address is in the file more than once."))
        if email in self.taken:
            row.errors.append(_("This address has an account or an open invitation already."))

    def _texts(self, row: PersonRow) -> None:
        if not row.values.get("first_name"):
            row.errors.append(_("The first name is missing."))
        for name, most in LENGTHS.items():
            if len(row.values.get(name, "")) > most:
                words = {"column": COLUMNS[name], "number": most}
                row.errors.append(_("%(column)s: at most %(number)s letters.") % words)

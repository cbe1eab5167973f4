"""Which register a letter is numbered in, and how its number reads."""

from circulars.enums import CircularSeries, RegisterKind
from circulars.kinds import Numbering, kind_of
from circulars.models import Letter, LetterSettings, RegisterEntry
from portal.org.enums import UnitKind
from portal.org.models import Unit
from portal.org.service import central_registry

CIRCULAR_MARK = "ว"
CLASSIFIED_MARK = "ล"
"""Keeps numbers of the secret register apart from the same numbers of the others."""
CLASSIFIED_MARK = "ล"
"""Before the numbers of secret books, which run beside the others from 1 on."""


def number_text(letter: Letter, entry: RegisterEntry) -> str:
    """ที่ of a letter that takes the register's line ``entry``."""
    return format_number(letter, entry.number, entry.register.year)


def format_number(letter: Letter, number: int, year: int) -> str:
    """The agency code and the number, ว before it for circulars (clauses 11.1 and 32); or the
    number and the year (clauses 16.2 and 24.1). Numbers of the secret register are marked."""
    beginning = number_beginning(letter)
    if kind_of(letter).numbering is Numbering.YEARLY:
        return f"{beginning}{number}/{year}"
    return f"{beginning}{number}"


def number_beginning(letter: Letter) -> str:
    """What is known of ที่ before the letter has its number."""
    kind = kind_of(letter)
    mark = ""
    if letter.is_secret:
        mark = f"{CLASSIFIED_MARK} "
    elif kind.register is RegisterKind.CIRCULAR:
        mark = f"{CIRCULAR_MARK} "
    if kind.numbering is Numbering.YEARLY:
        return mark
    own = letter.unit.letter_code if keeps_own_book(letter) else ""
    return f"{own or letter_code(letter.unit)}/{mark}"


def letter_code(unit: Unit) -> str:
    """The code of the agency that signs: the school's own, or the office's."""
    if unit.is_school and unit.letter_code:
        return unit.letter_code
    return unit.office.letter_code


def signing_unit(unit: Unit) -> Unit:
    """Whose register a letter is numbered in: a school's own, else the office's central one."""
    return unit if unit.kind == UnitKind.SCHOOL else central_registry(unit.office)


def keeps_own_book(letter: Letter) -> bool:
    """A group with a code of its own numbers its memos itself (clause 12.2)."""
    is_memo = kind_of(letter).register is RegisterKind.MEMO
    return is_memo and not letter.is_secret and bool(letter.unit.letter_code)


def number_unit(letter: Letter) -> Unit:
    """The unit whose book the letter is written in."""
    return letter.unit if keeps_own_book(letter) else signing_unit(letter.unit)


def register_kind(letter: Letter) -> RegisterKind:
    """The book of the letter's kind; circulars may share the ordinary one (clause 32).

    Secret letters have a book of their own, whatever their kind.
    """
    if letter.is_secret:
        return RegisterKind.SECRET_OUTGOING
    kind = kind_of(letter).register
    if kind is not RegisterKind.CIRCULAR:
        return kind
    settings = LetterSettings.objects.filter(office=letter.unit.office_id).first()
    if settings and settings.circular_series == CircularSeries.ORDINARY:
        return RegisterKind.OUTGOING
    return kind

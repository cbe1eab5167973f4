"""Rules about numbers, dates and years."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from circulars.enums import SIGNED
from circulars.kinds import Numbering
from circulars.linter.findings import Draft, Finding
from circulars.models import Letter, Register
from circulars.numbering import format_number, number_unit, register_kind
from portal.core.thai.dates import be_year, short

_ISSUED = re.compile(r"(?:สั่ง|ประกาศ|ให้ไว้)\s*ณ\s*วันที่[^\n]{0,40}?(\d{4})")


def date_and_register(draft: Draft) -> Iterator[Finding]:
    """The number is of the calendar year of the letter's date (38.2, 43)."""
    letter = draft.letter
    if letter.entry is None or letter.letter_date is None:
        return
    year = letter.entry.register.year
    if be_year(letter.letter_date) != year:
        words = _("The letter is dated %(date)s, but its number is from the register of %(year)s.")
        said = words % {"date": short(letter.letter_date), "year": year}
        yield draft.error("register_year", said, clause="43")


def year_in_text(draft: Draft) -> Iterator[Finding]:
    """A day of issue typed into the text is of the year in which the number is taken (16.2)."""
    if draft.kind.numbering is not Numbering.YEARLY:
        return
    this_year = be_year(draft.letter.letter_date or draft.today)
    for year in _ISSUED.findall(draft.text):
        if int(year) != this_year:
            words = _("The text is dated %(year)s, but the number will be of %(this_year)s.")
            yield draft.error(
                "issued_year", words % {"year": year, "this_year": this_year}, "body"
            )


def next_number_given(draft: Draft) -> Iterator[Finding]:
    """The number that comes next is not on another letter already (43)."""
    letter = draft.letter
    if letter.is_signed:
        return
    year = be_year(draft.today)
    kind = register_kind(letter)
    book = Register.objects.filter(unit=number_unit(letter), kind=kind, year=year).first()
    number = format_number(letter, (book.last_number if book else 0) + 1, year)
    given = Letter.objects.filter(
        unit__office=letter.unit.office_id, kind=letter.kind, number_text=number, state__in=SIGNED,
        entry__register__year=year, entry__register__kind=kind,
    )  # fmt: skip
    if letter.unit.is_school:
        given = given.filter(unit=letter.unit_id)
    if given.exists():
        words = _("Number %(number)s is on another letter already; the registry has to see to it.")
        yield draft.error("number_given", words % {"number": number}, clause="43")


def edition_given(draft: Draft) -> Iterator[Finding]:
    """Amendments and series are numbered on, a number is there once (17.3, 21.3, 25.2)."""
    for name in ("edition", "meeting_number"):
        number = draft.letter.details.get(name)
        if not number or not draft.kind.part(name):
            continue
        same = Letter.objects.filter(
            kind=draft.letter.kind, subject=draft.letter.subject, state__in=SIGNED,
            unit__office=draft.letter.unit.office_id, **{f"details__{name}": number},
        ).exclude(pk=draft.letter.pk)  # fmt: skip
        if same.exists():
            words = _("No. %(number)s of “%(subject)s” is there already.")
            yield draft.error(
                "edition_given", words % {"number": number, "subject": draft.letter.subject}, name
            )


def due_date(draft: Draft) -> Iterator[Finding]:
    """An answer cannot be due on a day that is over (50)."""
    due = draft.letter.due_on
    if due and due < draft.today:
        words = _("The answer was due on %(date)s, a day that is over.")
        yield draft.warning("due_over", words % {"date": short(due)}, "due_on", clause="50")

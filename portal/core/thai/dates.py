"""Dates in the Buddhist era: written, read, and placed in school and budget years.

The era is CE + 543. Thai years began in April before 2484 (act on the calendar year,
พ.ร.บ.ปีประดิทิน พุทธศักราช 2483); dates before that are written with today's rule.
"""

import datetime
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.core.thai.digits import to_arabic, to_thai
from portal.core.thai.text import normalize

ERA = 543

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

# Years that people type: the office writes of nothing before 2400 (CE 1857) or after 2699.
_BE_YEARS = range(2400, 2700)
_CE_YEARS = range(_BE_YEARS.start - ERA, 2200)

_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_NUMERIC = re.compile(
    r"(?P<day>\d{1,2})\s*[-/. ]\s*(?P<month>\d{1,2})\s*[-/. ]\s*(?P<year>\d{2}|\d{4})"
)
_COMPACT = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})")
_WORDED = re.compile(
    r"(?:วัน\S*?ที่|ที่)?\s*(?P<day>\d{1,2})\s*[-/]?\s*(?:เดือน)?\s*"
    r"(?P<name>[^\W\d]\D*?)\s*[-/]?\s*(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?)?\s*(?P<year>\d{2}|\d{4})"
)


def be_year(day: datetime.date) -> int:
    """The year of ``day`` in the Buddhist era: 2569 for 2026."""
    return day.year + ERA


def numeric(day: datetime.date) -> str:
    """``20/11/2569``, as typed into a form; day and month with two digits."""
    return f"{day.day:02}/{day.month:02}/{be_year(day)}"


def short(day: datetime.date) -> str:
    """``20 พ.ย. 2569``, as shown on pages."""
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {be_year(day)}"


def long(day: datetime.date) -> str:
    """``20 พฤศจิกายน 2569``."""
    return f"{day.day} {MONTHS[day.month - 1]} {be_year(day)}"


def official(day: datetime.date) -> str:
    """``๒๐ พฤศจิกายน ๒๕๖๙``: day, full month, year without พ.ศ. (regulation, clause 11.3)."""
    return to_thai(long(day))


def moment(at: datetime.datetime) -> str:
    """``20 พ.ย. 2569 14:05 น.``; ``at`` is already in the zone to be shown."""
    return f"{short(at)} {at.hour:02}:{at.minute:02} น."


def parse_be(text: str) -> datetime.date:
    """The date that somebody typed, whose year is in the Buddhist era.

    Reads ``20/11/2569``, ``20-11-69``, ``20.11.2569``, ``20112569``, ``20 พ.ย. 2569``,
    ``20 พย 69``, ``วันศุกร์ที่ 20 พฤศจิกายน พ.ศ. 2569``, the ISO form ``2026-11-20`` (whose
    year may be of either era), all with Thai or Arabic digits. Two digits are 25xx.

    Raises ValueError with a message for the person: nothing that is a date, no such day, or a
    year that looks like CE, where guessing would move the date by 543 years.
    """
    typed = to_arabic(normalize(text)).strip(" .,").lower()
    if iso := _ISO.fullmatch(typed):
        return _build(_either_era(int(iso["year"])), int(iso["month"]), int(iso["day"]))
    if match := _NUMERIC.fullmatch(typed) or _COMPACT.fullmatch(typed):
        return _build(_be_to_ce(match["year"]), int(match["month"]), int(match["day"]))
    if match := _WORDED.fullmatch(typed):
        return _build(_worded_year(match), _month(match["name"]), int(match["day"]))
    raise ValueError(_("Write the date as day/month/year, for example 20/11/2569."))


def academic_year(day: datetime.date) -> int:
    """The school year (BE) of ``day``: it starts on 16 May and is named for that year.

    Source: Ministry of Education regulation on the school year, B.E. 2549, clause 5.
    """
    starts_later = (day.month, day.day) < (5, 16)
    return be_year(day) - starts_later


def academic_year_span(year: int) -> tuple[datetime.date, datetime.date]:
    """First and last day of the school year ``year`` (BE): 16 May to 15 May."""
    return datetime.date(year - ERA, 5, 16), datetime.date(year - ERA + 1, 5, 15)


def fiscal_year(day: datetime.date) -> int:
    """The budget year (BE) of ``day``: from 1 October, named for the year it ends in.

    Source: Budget Procedures Act B.E. 2561, section 4.
    """
    return be_year(day) + (day.month >= 10)


def fiscal_year_span(year: int) -> tuple[datetime.date, datetime.date]:
    """First and last day of the budget year ``year`` (BE): 1 October to 30 September."""
    return datetime.date(year - ERA - 1, 10, 1), datetime.date(year - ERA, 9, 30)


def _build(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise ValueError(_("There is no such day in the calendar.")) from error


def _either_era(year: int) -> int:
    return year - ERA if year in _BE_YEARS else _known_ce(year)


def _known_ce(year: int) -> int:
    if year not in _CE_YEARS:
        raise ValueError(_("This year is too far away. Check it."))
    return year


def _be_to_ce(digits: str) -> int:
    year = int(digits) if len(digits) == 4 else 2500 + int(digits)
    if year in _CE_YEARS:
        raise ValueError(
            _("%(typed)s looks like a year CE. Write it in the Buddhist era: %(meant)s.")
            % {"typed": year, "meant": year + ERA}
        )
    if year not in _BE_YEARS:
        raise ValueError(_("This year is too far away. Check it."))
    return year - ERA


def _worded_year(match: re.Match[str]) -> int:
    if match["era"] and match["era"].startswith("ค"):
        return _known_ce(int(match["year"]))
    return _be_to_ce(match["year"])


def _month(name: str) -> int:
    """1 to 12 for a Thai or English month, whole or abbreviated, with or without dots."""
    month = _MONTH_BY_NAME.get(re.sub(r"[.\s]", "", name))
    if month is None:
        raise ValueError(_("“%(name)s” is not a month.") % {"name": name})
    return month


def _month_names() -> Iterator[tuple[str, int]]:
    for number, (name, abbreviation, english) in enumerate(
        zip(MONTHS, SHORT_MONTHS, _ENGLISH_MONTHS, strict=True), start=1
    ):
        yield name, number
        yield re.sub("(คม|ยน|พันธ์)$", "", name), number
        yield abbreviation.replace(".", ""), number
        yield english, number
        yield english[:3], number


_MONTH_BY_NAME = dict(_month_names())

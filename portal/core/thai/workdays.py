"""Working days of a government office.

A day is worked unless it is a Saturday or Sunday, a holiday of the civil service, or one of
the office's own closures, which the caller passes (a Cabinet's extra holiday, a flood).
"""

import datetime
from collections.abc import Iterator, Set
from functools import lru_cache

import holidays

_ONE_DAY = datetime.timedelta(days=1)
_SATURDAY = 5
# In the package's public category, but a holiday under labour law only (Labour Protection
# Act B.E. 2541, section 29): offices of the state work on that day and its substitute.
_NOT_FOR_THE_CIVIL_SERVICE = "วันแรงงาน"
_NO_CLOSURES: frozenset[datetime.date] = frozenset()


def is_working_day(day: datetime.date, closures: Set[datetime.date] = _NO_CLOSURES) -> bool:
    """Whether the office works on ``day``."""
    return day.weekday() < _SATURDAY and day not in closures and holiday_name(day) is None


def holiday_name(day: datetime.date) -> str | None:
    """The Thai name of the civil service's holiday on ``day``, substitutes included, or None.

    Source: the `holidays` package, Thailand, categories public and government.
    """
    names = [name for name in _calendar().get_list(day) if _NOT_FOR_THE_CIVIL_SERVICE not in name]
    return "; ".join(names) or None


def add_working_days(
    day: datetime.date, count: int, closures: Set[datetime.date] = _NO_CLOSURES
) -> datetime.date:
    """The ``count``-th working day after ``day``; before it when ``count`` is negative.

    With 0: ``day`` itself, or the next working day when it is none. A term counted in days
    starts on the day after (Civil and Commercial Code, section 193/3).
    """
    if count == 0:
        return day if is_working_day(day, closures) else add_working_days(day, 1, closures)
    days = _working_days(day, _ONE_DAY if count > 0 else -_ONE_DAY, closures)
    for _number in range(abs(count) - 1):
        next(days)
    return next(days)


def working_days_between(
    start: datetime.date, end: datetime.date, closures: Set[datetime.date] = _NO_CLOSURES
) -> int:
    """How many working days lie after ``start`` up to and with ``end``.

    Negative, counted from ``end``, when ``end`` is before ``start``.
    """
    if end < start:
        return -working_days_between(end, start, closures)
    return sum(
        is_working_day(start + datetime.timedelta(days=offset), closures)
        for offset in range(1, (end - start).days + 1)
    )


def _working_days(
    day: datetime.date, step: datetime.timedelta, closures: Set[datetime.date]
) -> Iterator[datetime.date]:
    while True:
        day += step
        if is_working_day(day, closures):
            yield day


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    """One calendar per process; it computes a year when first asked for one of its days."""
    return holidays.country_holidays(
        "TH", categories=(holidays.PUBLIC, holidays.GOVERNMENT), language="th"
    )

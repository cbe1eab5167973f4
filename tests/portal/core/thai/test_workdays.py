import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai.workdays import (
    add_working_days,
    holiday_name,
    is_working_day,
    working_days_between,
)

ANY_DAY = st.dates(datetime.date(2015, 1, 1), datetime.date(2035, 12, 31))
FLOOD = frozenset({datetime.date(2026, 11, 24), datetime.date(2026, 11, 25)})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (datetime.date(2026, 11, 20), True),  # Friday
        (datetime.date(2026, 11, 21), False),  # Saturday
        (datetime.date(2026, 11, 22), False),  # Sunday
        (datetime.date(2026, 4, 14), False),  # Songkran
        (datetime.date(2026, 5, 1), True),  # labour day is not for the civil service
        (datetime.date(2026, 5, 13), False),  # ploughing day is for the civil service only
        (datetime.date(2026, 6, 1), False),  # in place of Visakha Bucha on a Sunday
        (datetime.date(2026, 12, 7), False),  # in place of 5 December on a Saturday
        (datetime.date(2027, 5, 3), True),  # in place of labour day on a Saturday
        (datetime.date(2026, 12, 10), False),  # constitution day
    ],
)
def test_is_working_day(day: datetime.date, works: bool) -> None:
    assert is_working_day(day) is works


def test_is_working_day_closed_office() -> None:
    assert [is_working_day(datetime.date(2026, 11, day), FLOOD) for day in (23, 24, 25, 26)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_holiday_name_in_thai() -> None:
    assert holiday_name(datetime.date(2026, 12, 10)) == "วันรัฐธรรมนูญ"


def test_holiday_name_of_ordinary_day() -> None:
    assert holiday_name(datetime.date(2026, 11, 20)) is None


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (datetime.date(2026, 11, 20), 1, datetime.date(2026, 11, 23)),
        (datetime.date(2026, 11, 20), 2, datetime.date(2026, 11, 26)),
        (datetime.date(2026, 11, 20), 0, datetime.date(2026, 11, 20)),
        (datetime.date(2026, 11, 21), 0, datetime.date(2026, 11, 23)),
        (datetime.date(2026, 11, 26), -1, datetime.date(2026, 11, 23)),
    ],
)
def test_add_working_days_with_closures(
    start: datetime.date, count: int, end: datetime.date
) -> None:
    assert add_working_days(start, count, FLOOD) == end


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (datetime.date(2026, 12, 4), datetime.date(2026, 12, 11), 3),
        (datetime.date(2026, 12, 11), datetime.date(2026, 12, 4), -3),
        (datetime.date(2026, 12, 4), datetime.date(2026, 12, 4), 0),
        (datetime.date(2026, 12, 4), datetime.date(2026, 12, 6), 0),
    ],
)
def test_working_days_between_over_a_long_weekend(
    start: datetime.date, end: datetime.date, days: int
) -> None:
    assert working_days_between(start, end) == days


@given(start=ANY_DAY, count=st.integers(1, 40), closures=st.sets(ANY_DAY, max_size=5))
def test_add_then_count_round_trip(
    start: datetime.date, count: int, closures: set[datetime.date]
) -> None:
    end = add_working_days(start, count, closures)
    assert is_working_day(end, closures)
    assert working_days_between(start, end, closures) == count


@given(start=ANY_DAY, count=st.integers(1, 40))
def test_add_back_and_forth_from_working_day(start: datetime.date, count: int) -> None:
    day = add_working_days(start, 0)
    assert add_working_days(add_working_days(day, count), -count) == day

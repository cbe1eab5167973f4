import datetime
from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.core.thai import dates
from portal.core.thai.digits import to_thai

DAY = datetime.date(2026, 11, 20)
ANY_DAY = st.dates(datetime.date(1857, 1, 1), datetime.date(2156, 12, 31))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_short_page() -> None:
    assert dates.short(DAY) == "20 พ.ย. 2569"


def test_long_full_month() -> None:
    assert dates.long(datetime.date(2024, 2, 1)) == "1 กุมภาพันธ์ 2567"


def test_official_thai_digits() -> None:
    assert dates.official(DAY) == "๒๐ พฤศจิกายน ๒๕๖๙"


def test_numeric_two_digits() -> None:
    assert dates.numeric(datetime.date(2026, 5, 6)) == "06/05/2569"


def test_moment_minutes_have_two_digits() -> None:
    assert dates.moment(datetime.datetime(2026, 11, 20, 9, 5)) == "20 พ.ย. 2569 09:05 น."


def test_be_year() -> None:
    assert dates.be_year(DAY) == 2569


@pytest.mark.parametrize(
    "typed",
    [
        "20/11/2569",
        "20/11/69",
        "20-11-2569",
        "20.11.2569",
        "20 11 2569",
        "20112569",
        "๒๐/๑๑/๒๕๖๙",
        " 20 / 11 / 2569 ",
        "20 พ.ย. 2569",
        "20 พ.ย.2569",
        "20พย69",
        "20 พย 69",
        "๒๐ พ.ย. ๖๙",
        "20-พ.ย.-2569",
        "20 พฤศจิกายน 2569",
        "20 พฤศจิกา 2569",
        "20 พฤศจิกายน พ.ศ. 2569",
        "20 พฤศจิกายน พ.ศ.2569",
        "วันที่ 20 เดือนพฤศจิกายน พ.ศ. ๒๕๖๙",
        "วันศุกร์ที่ 20 พฤศจิกายน พ.ศ. 2569",
        "20 พฤศจิกายน ค.ศ. 2026",
        "20 November 2569",
        "20 nov 69",
        "2026-11-20",
        "2569-11-20",
        "2026/11/20",
        "20\u00a0พ.ย.\u200b 2569",
    ],
)
def test_parse_be_typed_form(typed: str) -> None:
    assert dates.parse_be(typed) == DAY


@pytest.mark.parametrize("typed", ["1/2/68", "01/02/2568", "1 กุมภา 68", "1 ก.พ. 2568"])
def test_parse_be_single_digits(typed: str) -> None:
    assert dates.parse_be(typed) == datetime.date(2025, 2, 1)


@pytest.mark.parametrize("typed", ["20/11/2026", "20 พ.ย. 2026", "20112026", "20 Nov 2026"])
def test_parse_be_ce_year_says_what_was_meant(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^2026 .* 2569\.$"):
        dates.parse_be(typed)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "for example 20/11/2569"),
        ("พรุ่งนี้", "for example 20/11/2569"),
        ("20/11", "for example 20/11/2569"),
        ("20/11/2569 x", "for example 20/11/2569"),
        ("31/2/2569", "no such day"),
        ("20/13/2569", "no such day"),
        ("0/1/2569", "no such day"),
        ("29 ก.พ. 2568", "no such day"),
        ("20 พ.บ. 2569", "พ.บ."),
        ("20/11/3112", "too far away"),
        ("20/11/1026", "too far away"),
        ("3112-11-20", "too far away"),
        ("20 พ.ย. ค.ศ. 2569", "too far away"),
    ],
)
def test_parse_be_refuses(typed: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dates.parse_be(typed)


@pytest.mark.parametrize("write", [dates.numeric, dates.short, dates.long, dates.official])
@given(day=ANY_DAY)
def test_parse_be_reads_what_is_written(write, day: datetime.date) -> None:
    assert dates.parse_be(write(day)) == day
    assert dates.parse_be(to_thai(write(day))) == day


@given(day=ANY_DAY)
def test_parse_be_reads_iso_of_both_eras(day: datetime.date) -> None:
    assert dates.parse_be(day.isoformat()) == day
    assert dates.parse_be(f"{day.year + 543}-{day:%m-%d}") == day


@given(st.text() | st.text(alphabet="0123456789/-. พยศ๑"))
def test_parse_be_raises_nothing_but_value_error(text: str) -> None:
    try:
        day = dates.parse_be(text)
    except ValueError as error:
        assert str(error) != ""  # noqa: PT017  (either outcome is right, no other is)
    else:
        assert isinstance(day, datetime.date)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (datetime.date(2026, 5, 15), 2568),
        (datetime.date(2026, 5, 16), 2569),
        (datetime.date(2026, 12, 31), 2569),
        (datetime.date(2027, 1, 1), 2569),
    ],
)
def test_academic_year_starts_in_may(day: datetime.date, year: int) -> None:
    assert dates.academic_year(day) == year


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (datetime.date(2026, 9, 30), 2569),
        (datetime.date(2026, 10, 1), 2570),
        (datetime.date(2027, 9, 30), 2570),
    ],
)
def test_fiscal_year_named_for_its_end(day: datetime.date, year: int) -> None:
    assert dates.fiscal_year(day) == year


@given(day=ANY_DAY)
def test_spans_hold_their_days_and_meet(day: datetime.date) -> None:
    for year_of, span in (
        (dates.academic_year, dates.academic_year_span),
        (dates.fiscal_year, dates.fiscal_year_span),
    ):
        first, last = span(year_of(day))
        assert first <= day <= last
        assert span(year_of(day) + 1)[0] == last + datetime.timedelta(days=1)

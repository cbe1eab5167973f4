"""Spans of days in the years that offices count by."""

from datetime import date

import pytest
from django.utils import timezone, translation

from portal.core.periods import Period, PeriodKind

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "start", "end", "label"),
    [
        (PeriodKind.DAY, DAY, DAY, "20 พ.ย. 2569"),
        (PeriodKind.MONTH, date(2026, 11, 1), date(2026, 11, 30), "November 2569"),
        (PeriodKind.FISCAL, date(2026, 10, 1), date(2027, 9, 30), "Fiscal year 2570"),
        (PeriodKind.ACADEMIC, date(2026, 5, 16), date(2027, 5, 15), "Academic year 2569"),
    ],
)
def test_period_of_a_day(kind, start, end, label):
    period = Period.of(kind, DAY)
    assert (period.start, period.end, period.label) == (start, end, label)


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (PeriodKind.DAY, (date(2026, 11, 19), date(2026, 11, 19))),
        (PeriodKind.MONTH, (date(2026, 10, 1), date(2026, 10, 31))),
        (PeriodKind.FISCAL, (date(2025, 10, 1), date(2026, 9, 30))),
        (PeriodKind.ACADEMIC, (date(2025, 5, 16), date(2026, 5, 15))),
    ],
)
def test_period_before_is_of_the_same_kind(kind, before):
    period = Period.of(kind, DAY).before
    assert (period.start, period.end) == before
    assert period.after == Period.of(kind, DAY)


def test_month_is_named_in_thai():
    with translation.override("th"):
        assert Period.of(PeriodKind.MONTH, DAY).label == "พฤศจิกายน 2569"


def test_span_names_both_days():
    assert Period.of(PeriodKind.MONTH, DAY).span == "1 พ.ย. 2569 – 30 พ.ย. 2569"
    assert Period.of(PeriodKind.DAY, DAY).span == "20 พ.ย. 2569"


def test_moments_are_midnights_in_bangkok():
    period = Period.of(PeriodKind.DAY, DAY)
    shown = [timezone.localtime(at).isoformat() for at in (period.starts_at, period.ends_at)]
    assert shown == ["2026-11-20T00:00:00+07:00", "2026-11-21T00:00:00+07:00"]


def test_trend_of_a_month_goes_by_days():
    assert [step.start.day for step in Period.of(PeriodKind.MONTH, DAY).steps] == list(
        range(1, 31)
    )
    assert len(Period.of(PeriodKind.MONTH, DAY).days) == 30


def test_trend_of_a_school_year_begins_and_ends_within_it():
    steps = Period.of(PeriodKind.ACADEMIC, DAY).steps
    assert len(steps) == 13
    assert (steps[0].start, steps[-1].end) == (date(2026, 5, 16), date(2027, 5, 15))

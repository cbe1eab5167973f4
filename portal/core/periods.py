"""Spans of days that offices count by, each with the one before it to compare with."""

import datetime
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.thai import dates

ONE_DAY = datetime.timedelta(days=1)


class PeriodKind(TextChoices):
    DAY = "day", gettext_lazy("Day")
    MONTH = "month", gettext_lazy("Month")
    FISCAL = "fiscal", gettext_lazy("Fiscal year")
    ACADEMIC = "academic", gettext_lazy("Academic year")


@dataclass(frozen=True)
class Period:
    """From ``start`` to ``end``, both days included."""

    kind: PeriodKind
    start: datetime.date
    end: datetime.date

    @classmethod
    def of(cls, kind: PeriodKind, day: datetime.date) -> "Period":
        """The period of this kind in which ``day`` lies."""
        if kind == PeriodKind.DAY:
            return cls(kind, day, day)
        if kind == PeriodKind.MONTH:
            last = monthrange(day.year, day.month)[1]
            return cls(kind, day.replace(day=1), day.replace(day=last))
        if kind == PeriodKind.FISCAL:
            return cls(kind, *dates.fiscal_year_span(dates.fiscal_year(day)))
        return cls(kind, *dates.academic_year_span(dates.academic_year(day)))

    @property
    def before(self) -> "Period":
        return Period.of(self.kind, self.start - ONE_DAY)

    @property
    def after(self) -> "Period":
        return Period.of(self.kind, self.end + ONE_DAY)

    @property
    def label(self) -> str:
        """ "20 พ.ย. 2569", "พฤศจิกายน 2569", "Fiscal year 2570": years are in BE."""
        if self.kind == PeriodKind.DAY:
            return dates.short(self.start)
        if self.kind == PeriodKind.MONTH:
            return month_label(self.start)
        if self.kind == PeriodKind.FISCAL:
            return _("Fiscal year %(year)s") % {"year": dates.fiscal_year(self.start)}
        return _("Academic year %(year)s") % {"year": dates.academic_year(self.start)}

    @property
    def span(self) -> str:
        """Its days in words: "1 พ.ย. 2569 – 30 พ.ย. 2569"."""
        if self.start == self.end:
            return dates.short(self.start)
        return f"{dates.short(self.start)} – {dates.short(self.end)}"

    @property
    def starts_at(self) -> datetime.datetime:
        """Its first moment, in the zone that pages show."""
        return _midnight(self.start)

    @property
    def ends_at(self) -> datetime.datetime:
        """The first moment after it."""
        return _midnight(self.end + ONE_DAY)

    @property
    def days(self) -> list[datetime.date]:
        return [self.start + ONE_DAY * n for n in range((self.end - self.start).days + 1)]

    @property
    def steps(self) -> list["Period"]:
        """What a trend shows: the days of a month, the months of a year."""
        return list(self._steps())

    def _steps(self) -> Iterator["Period"]:
        is_short = self.kind in (PeriodKind.DAY, PeriodKind.MONTH)
        kind = PeriodKind.DAY if is_short else PeriodKind.MONTH
        step = Period.of(kind, self.start)
        while step.start <= self.end:
            yield Period(kind, max(step.start, self.start), min(step.end, self.end))
            step = step.after


def month_label(day: datetime.date) -> str:
    """The month of ``day`` with its BE year, the name in the page's language."""
    if (translation.get_language() or "th").startswith("th"):
        return f"{dates.MONTHS[day.month - 1]} {dates.be_year(day)}"
    return f"{date_format(day, 'F')} {dates.be_year(day)}"


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))

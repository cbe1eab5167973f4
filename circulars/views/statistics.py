"""Statistics of letters: by unit and person, and the director's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from circulars.enums_statistics import Done, Measure
from circulars.permissions_statistics import Scope, decides_for_office, scope_of, sees_office
from circulars.resources_statistics import statistics_workbook
from circulars.services import overview as overviews
from circulars.services import statistics as service
from circulars.views.board import XLSX
from portal.audit.service import record
from portal.core.charts import Chart, ChartData, ChartKind, Series, chart
from portal.core.errors import NotAllowed
from portal.core.periods import Period, PeriodKind
from portal.core.thai import dates
from portal.users.requests import SignedInRequest


@dataclass(frozen=True)
class Asked:
    """What a page was asked for, and the addresses that lead on from it."""

    period: Period
    schools: bool

    def query(self, **changes: object) -> str:
        given = {"period": self.period.kind.value, "on": self.period.start.isoformat()}
        if self.schools:
            given["of"] = "schools"
        return "?" + urlencode({**given, **changes})

    @property
    def before(self) -> str:
        return self.query(on=self.period.before.start.isoformat())

    @property
    def after(self) -> str:
        """Empty where the next period has not begun."""
        start = self.period.after.start
        return self.query(on=start.isoformat()) if start <= timezone.localdate() else ""

    @property
    def kinds(self) -> list[dict[str, object]]:
        """Tabs; each leads to the period that today, or the end of this one, lies in."""
        day = min(self.period.end, timezone.localdate()).isoformat()
        return [
            {
                "label": kind.label,
                "url": self.query(period=kind.value, on=day),
                "active": kind == self.period.kind,
            }
            for kind in PeriodKind
        ]


@require_safe
def statistics(request: SignedInRequest) -> HttpResponse:
    """By unit for who heads or oversees some, by person, and the trend."""
    user, asked = request.user, _asked(request)
    scope = scope_of(user, schools=asked.schools)
    lines = _people(request, scope, asked.period)
    context = {
        "asked": asked,
        "period": asked.period,
        "scope": scope,
        "people": [line for line in lines if line.is_active or not scope.units],
        "idle": sum(not line.is_active for line in lines) if scope.units else 0,
        "done": _columns(request, scope),
        "measures": _measures(scope),
        "tabs": _tabs(asked) if scope.is_office else [],
        "has_overview": decides_for_office(user),
    }
    if scope.units:
        found = service.statistics(scope, asked.period)
        context |= {
            "found": found,
            "most": max([line.now.pending for line in found.units], default=0),
            "trend": None if asked.schools else _trend(service.trend(scope, asked.period), asked),
        }
    return render(request, "circulars/statistics.html", context)


@require_safe
def statistics_export(request: SignedInRequest) -> HttpResponse:
    """What the page shows, as an Excel file; written down in the audit."""
    asked = _asked(request)
    scope = scope_of(request.user, schools=asked.schools)
    record(
        action="statistics.export",
        actor=request.user,
        data={"kind": asked.period.kind.value, "day": asked.period.start.isoformat()},
    )
    data = statistics_workbook(
        service.statistics(scope, asked.period),
        _people(request, scope, asked.period),
        service.trend(scope, asked.period),
    )
    response = HttpResponse(data, content_type=XLSX)
    name = f"statistics-{asked.period.kind.value}-{asked.period.start:%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def director(request: SignedInRequest) -> HttpResponse:
    """One screen for director and deputies; nobody else finds it."""
    if not decides_for_office(request.user):
        raise NotAllowed(action="statistics.director")
    asked = _asked(request)
    found = overviews.overview(request.user, asked.period)
    context = {
        "asked": asked,
        "period": asked.period,
        "overview": found,
        "trend": _trend(found.trend, asked),
        "most": max([line.now.pending for line in found.behind], default=0),
        "most_schools": max([line.now.pending for line in found.schools_behind], default=0),
        "longest": found.slowest[0].time.total_seconds() if found.slowest else 0,
    }
    return render(request, "circulars/statistics_director.html", context)


def _asked(request: SignedInRequest) -> Asked:
    """Period and units of the address; nonsense, and days to come, are not found."""
    given = request.GET
    try:
        kind = PeriodKind(given.get("period", PeriodKind.MONTH))
        day = date.fromisoformat(given["on"]) if "on" in given else timezone.localdate()
    except ValueError as error:
        raise Http404 from error
    if day > timezone.localdate() or day.year < 2000:
        raise Http404
    schools = given.get("of") == "schools" and sees_office(request.user)
    return Asked(Period.of(kind, day), schools)


def _people(request: SignedInRequest, scope: Scope, period: Period) -> list[service.PersonLine]:
    """The people of the units, or the reader alone; schools' people are their own affair."""
    if scope.is_schools:
        return []
    return service.people(scope, period, only=None if scope.units else request.user)


def _columns(request: SignedInRequest, scope: Scope) -> list[Done]:
    """Of many people only the main things, so that the table can be read."""
    if not scope.units:
        return list(Done)
    return [Done.DRAFTED, Done.ENDORSED, Done.SIGNED, Done.REGISTERED, Done.ACKNOWLEDGED,
            Done.REPORTED]  # fmt: skip


def _measures(scope: Scope) -> list[Measure]:
    if scope.is_schools:
        return [Measure.REGISTER, Measure.ACKNOWLEDGE]
    return list(Measure)


def _tabs(asked: Asked) -> list[dict[str, object]]:
    on = {"period": asked.period.kind.value, "on": asked.period.start.isoformat()}
    here = reverse("circulars:statistics")
    return [
        {
            "label": _("Units of the office"),
            "url": f"{here}?{urlencode(on)}",
            "active": not asked.schools,
        },
        {
            "label": _("Schools"),
            "url": f"{here}?{urlencode({**on, 'of': 'schools'})}",
            "active": asked.schools,
        },
    ]


def _trend(steps: list[tuple[Period, int, int]], asked: Asked) -> Chart:
    """Letters in and out, by day or by month."""
    today = dates.short(timezone.localdate())
    by_day = asked.period.kind in (PeriodKind.DAY, PeriodKind.MONTH)
    return chart(
        ChartKind.COLUMNS if len(steps) < 14 else ChartKind.LINES,
        ChartData(
            title=_("Letters in and out, %(period)s") % {"period": asked.period.label},
            unit=_("pieces"),
            head=_("Day") if by_day else _("Month"),
            categories=tuple(_step_name(step, asked.period) for step, _came, _went in steps),
            series=(
                Series(_("Received"), _so_far((step, came) for step, came, _went in steps)),
                Series(_("Signed"), _so_far((step, went) for step, _came, went in steps)),
            ),
            source=_("Counted in the portal on %(day)s.") % {"day": today},
        ),
    )


def _so_far(values: Iterable[tuple[Period, int]]) -> tuple[int | None, ...]:
    """The numbers; of days to come none, not nought."""
    today = timezone.localdate()
    return tuple(number if step.start <= today else None for step, number in values)


def _step_name(step: Period, period: Period) -> str:
    if period.kind == PeriodKind.MONTH:
        return str(step.start.day)
    if period.kind == PeriodKind.DAY:
        return dates.short(step.start)
    return f"{dates.SHORT_MONTHS[step.start.month - 1]} {dates.be_year(step.start) % 100}"

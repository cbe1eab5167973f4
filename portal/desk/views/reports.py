"""Reports of the people below, for their superior."""

from collections import Counter

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit import service as audit
from portal.core import notices
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.periods import Period, PeriodKind
from portal.desk.enums import ReportState
from portal.desk.forms import DecideForm
from portal.desk.models import MonthReport
from portal.desk.services import records, reports
from portal.desk.views.records import parse_month, pdf_response
from portal.desk.workflow import MONTH_REPORT
from portal.users.models import User
from portal.users.requests import signed_in
from portal.workflow.service import available

SAID = {
    "take_back": gettext_lazy("The report is yours again."),
    "approve": gettext_lazy("Approved."),
    "give_back": gettext_lazy("Returned for correction."),
}


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Who of the people below has handed in a month, and who has not."""
    user = signed_in(request)
    today = timezone.localdate()
    usual = Period.of(PeriodKind.MONTH, today).before.start
    given = request.GET.get("month")
    period = Period.of(PeriodKind.MONTH, parse_month(given) if given else usual)
    lines = reports.reports_below(user, period.start)
    if not lines:
        raise NotAllowed(action="desk.reports")
    counts = Counter(line.state for line in lines)
    context = {
        "period": period,
        "lines": lines,
        "counts": [(state.value, state.label, counts[state]) for state in ReportState],
        "before": period.before.start,
        "after": period.after.start if period.after.start <= today else None,
    }
    return render(request, "desk/report_list.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was handed in; the superior decides here."""
    user = signed_in(request)
    row = _visible(user, pk)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = _move(user, row, request.POST, form.cleaned_data["remark"])
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            notices.done(request, str(SAID[name]))
            if name == "take_back":
                return redirect("desk:month", f"{row.month:%Y-%m}")
            return redirect("desk:report", row.pk)
    elif row.person != user:
        audit.record(action="desk.report_read", actor=user, about=row)
    context = {
        "record": records.record_of(row, viewer=user if row.person == user else None),
        "report": row,
        "form": form,
        "moves": [move for move in available(MONTH_REPORT, row, user) if move.name in SAID],
    }
    return render(request, "desk/report_detail.html", context, status=422 if form.errors else 200)


@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    row = _visible(signed_in(request), pk)
    return pdf_response(records.record_of(row, viewer=None))


def _visible(user: User, pk: int) -> MonthReport:
    rows = MonthReport.objects.visible_to(user).select_related(
        "person", "unit", "to_unit__office", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


def _move(user: User, row: MonthReport, posted: QueryDict, remark: str) -> str:
    """Do the move that was pressed, unless the report has moved on since the page was made."""
    name, expected = posted.get("move"), posted.get("expected")
    if expected != row.state:
        raise StaleAction(
            _("Someone was faster: this is now “%(state)s”.") % {"state": row.get_state_display()},
            state=row.state,
            about=row,
        )
    if name == "take_back":
        reports.take_back(actor=user, report=row)
    elif name == "approve":
        reports.approve(actor=user, report=row, remark=remark)
    elif name == "give_back":
        reports.give_back(actor=user, report=row, remark=remark)
    else:
        raise NotAllowed(action="desk.month_report", about=row)
    return str(name)

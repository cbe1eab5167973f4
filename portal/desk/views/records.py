"""A person's own daily record and month."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import notices
from portal.core.errors import InvalidInput
from portal.core.periods import ONE_DAY
from portal.core.thai import dates
from portal.desk.forms import EntryForm, SubmitForm
from portal.desk.models import DayEntry
from portal.desk.pdf import month_report_pdf
from portal.desk.services import records, reports
from portal.desk.workflow import MONTH_REPORT
from portal.users.requests import signed_in
from portal.workflow.service import available

STRIP_DAYS = 7


def today(request: HttpRequest) -> HttpResponse:
    return redirect("desk:record", timezone.localdate().isoformat())


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, day: str) -> HttpResponse:
    """What the person did on a day; a new entry is written below it."""
    user, on = signed_in(request), parse_day(day)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            records.save_entry(actor=user, day=on, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            notices.done(request, _("Written down for %(day)s.") % {"day": dates.short(on)})
            return redirect("desk:record", on.isoformat())
    now = timezone.localdate()
    context = {
        "record": records.day_record(user, on),
        "form": form,
        "today": now,
        "yesterday": on - ONE_DAY,
        "tomorrow": on + ONE_DAY if on < now else None,
        "strip": [now - timedelta(days=back) for back in range(STRIP_DAYS)],
    }
    return render(request, "desk/report_day.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an entry while its day is open."""
    user = signed_in(request)
    row = get_object_or_404(DayEntry.objects.filter(person=user), pk=pk)
    form = EntryForm(request.POST or None, initial=EntryForm.of(row))
    if request.method == "POST" and form.is_valid():
        try:
            records.save_entry(actor=user, day=row.day, entry=row, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            notices.done(request, _("Changed."))
            return redirect("desk:record", row.day.isoformat())
    context = {"entry": row, "form": form}
    return render(request, "desk/report_entry.html", context, status=422 if form.errors else 200)


@require_POST
def entry_delete(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    row = get_object_or_404(DayEntry.objects.filter(person=user), pk=pk)
    records.delete_entry(actor=user, entry=row)
    notices.done(request, _("Taken out."))
    return redirect("desk:record", row.day.isoformat())


@require_http_methods(["GET", "POST"])
def month(request: HttpRequest, month: str) -> HttpResponse:
    """The person's own month; from here it is handed in."""
    user, day = signed_in(request), parse_month(month)
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reports.submit(actor=user, month=day, summary=form.cleaned_data["summary"])
        notices.done(request, _("Submitted to your superior."))
        return redirect("desk:month", month)
    found = records.month_record(user, day, viewer=user)
    if not form.is_bound:
        form = SubmitForm(initial={"summary": found.report.summary})
    names = {move.name for move in available(MONTH_REPORT, found.report, user)}
    context = {
        "record": found,
        "report": found.report,
        "form": form,
        "may_submit": "submit" in names and found.period.start <= timezone.localdate(),
        "may_take_back": "take_back" in names and found.report.pk,
        "before": month_address(found.period.before.start),
        "after": _next_month(found.period.after.start),
    }
    return render(request, "desk/report_month.html", context)


@require_safe
def month_pdf(request: HttpRequest, month: str) -> HttpResponse:
    """The own month as PDF, handed in or not."""
    user = signed_in(request)
    found = records.month_record(user, parse_month(month), viewer=None)
    return pdf_response(found)


def pdf_response(found: records.MonthRecord) -> HttpResponse:
    response = HttpResponse(month_report_pdf(found), content_type="application/pdf")
    year, number = dates.be_year(found.period.start), found.period.start.month
    name = f"report-{found.report.person.username}-{year}-{number:02}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def parse_day(text: str) -> date:
    """``2026-11-20`` of an address; no such day, or one to come, is not found."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if day > timezone.localdate():
        raise Http404
    return day


def parse_month(text: str) -> date:
    """The first day of ``2026-11``."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Http404 from error


def month_address(day: date) -> str:
    return reverse("desk:month", args=[f"{day:%Y-%m}"])


def _next_month(day: date) -> str:
    return month_address(day) if day <= timezone.localdate() else ""

"""Forms 19–25 to take away, as PDF or Excel."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from circulars import archive_words as words
from circulars.archive_words import Form
from circulars.enums_archive import ListKind
from circulars.models import (
    ArchiveList,
    Destruction,
    KeptLetter,
    Loan,
    StoringList,
)
from circulars.pdf.archive import certificate_pdf, form_pdf
from circulars.querysets_archive import KeptQuerySet
from circulars.resources_archive import form_workbook, plan_template
from circulars.views.archive_destruction import visible_destruction
from portal.audit.service import record
from portal.org.models import Unit
from portal.users.requests import SignedInRequest

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 5_000
"""Lines of a register on paper at once; more is a matter of choosing a folder or year."""


def storing_list(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Form 19 of letters put away together."""
    batch = get_object_or_404(StoringList.objects.select_related("unit__office"), pk=pk)
    rows = _seen(request).filter(storing_list=batch).order_by("number")
    if not rows.exists():
        raise Http404
    lines = [words.storing_row(number, row) for number, row in enumerate(rows, 1)]
    day = timezone.localdate(batch.filed_at)
    return _answer(request, batch, words.STORING, lines, batch.unit, kind, day=day)


def kept_register(request: SignedInRequest, unit: int, kind: str) -> HttpResponse:
    """Form 20 of a unit, in the order of its numbers; ``?year=`` of one BE year."""
    rows = _seen(request).filter(unit=unit).order_by("number")
    year = request.GET.get("year", "")
    if year.isdecimal():
        rows = rows.filter(filed_on__year=int(year) - 543)
    first = rows.first()
    if first is None:
        raise Http404
    lines = [words.kept_row(row) for row in rows[:MOST]]
    return _answer(request, first.unit, words.KEPT, lines, first.unit, kind)


def archive_list_paper(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Form 21, 22 or 23."""
    seen = ArchiveList.objects.visible_to(request.user).select_related("house__office")
    row = get_object_or_404(seen, pk=pk)
    form = words.OF_LIST[ListKind(row.kind)]
    found = row.lines.select_related("kept__folder")
    lines = [words.sent_row(row.kind, n, line.kept) for n, line in enumerate(found, 1)]
    return _answer(request, row, form, lines, row.house, kind, year=row.year, day=row.made_on)


def loan_card(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Form 24, the card that stands in the letter's place: all its loans."""
    row = get_object_or_404(_seen(request).select_related("unit__office"), pk=pk)
    loans = Loan.objects.visible_to(request.user).filter(kept=row).exclude(lent_on=None)
    lines = [
        words.loan_row(loan)
        for loan in loans.select_related("kept__folder", "borrower").order_by("lent_on", "pk")
    ]
    return _answer(request, row, words.LOAN, lines, row.unit, kind)


def destruction_paper(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Form 25."""
    row = visible_destruction(request, pk)
    lines = [words.destruction_row(line) for line in row.lines.select_related("kept__folder")]
    return _answer(
        request, row, words.DESTRUCTION, lines, row.house, kind, year=row.year, day=row.made_on
    )


def certificate(request: SignedInRequest, pk: int) -> HttpResponse:
    """The record of a destruction that has happened."""
    row: Destruction = visible_destruction(request, pk)
    if row.destroyed_on is None:
        raise Http404
    record(action="archive.print", actor=request.user, about=row, data={"form": "certificate"})
    return _file(certificate_pdf(row), "application/pdf", f"destruction-{row.year}.pdf")


def plan_example(request: SignedInRequest) -> HttpResponse:
    """An empty file plan to fill in."""
    return _file(plan_template(), EXCEL, "file-plan.xlsx")


def _seen(request: SignedInRequest) -> KeptQuerySet:
    return KeptLetter.objects.visible_to(request.user).select_related("folder", "unit__office")


def _answer(
    request: SignedInRequest,
    about: Model,
    form: Form,
    lines: Iterable[tuple[str, ...]],
    unit: Unit,
    kind: str,
    *,
    year: int | None = None,
    day: date | None = None,
) -> HttpResponse:
    record(action="archive.print", actor=request.user, about=about, data={"form": form.number})
    name = f"form-{form.number}-{about.pk}"
    if kind == "xlsx":
        data = form_workbook(form=form, rows=lines, unit=str(unit), year=year)
        return _file(data, EXCEL, f"{name}.xlsx")
    data = form_pdf(form=form, rows=lines, unit=unit, year=year, day=day)
    return _file(data, "application/pdf", f"{name}.pdf")


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

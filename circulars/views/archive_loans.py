"""Loans of kept letters."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from circulars.filters_archive import LoanFilter
from circulars.forms.archive import LOAN_FORMS
from circulars.models import Loan
from circulars.services import archive_loans
from circulars.views.archive_moves import move_page
from circulars.workflow_archive import LOAN
from portal.audit.service import record
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest
from portal.workflow.service import available


def loans(request: SignedInRequest) -> HttpResponse:
    """Loans of one's own, of one's people, and of letters that one keeps."""
    filters = LoanFilter(
        request.GET, queryset=Loan.objects.visible_to(request.user), request=request
    )
    page = keyset_page(
        filters.qs.select_related("kept", "borrower"),
        order=filters.order,
        cursor=request.GET.get("cursor"),
    )
    return render(request, "circulars/archive_loans.html", {"page": page, "filter": filters})


def loan(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    context = {
        "loan": row,
        "moves": available(LOAN, row, request.user),
        "may_read": row.may_be_read and row.borrower_id == request.user.pk,
    }
    return render(request, "circulars/archive_loan.html", context)


def loan_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    row = _visible(request, pk)
    return move_page(
        request, obj=row, name=name, table=LOAN, forms=LOAN_FORMS,
        act=partial(archive_loans.move, loan=row),
    )  # fmt: skip


def loan_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lent electronic letter, for its borrower, until its day."""
    row = _visible(request, pk)
    if row.borrower_id != request.user.pk or not row.may_be_read:
        raise Http404
    record(action="archive.read_lent", actor=request.user, about=row)
    context = {"loan": row, "files": archive_loans.files_of(row.kept)}
    return render(request, "circulars/archive_read.html", context)


def _visible(request: SignedInRequest, pk: int) -> Loan:
    rows = Loan.objects.visible_to(request.user).select_related(
        "kept__unit", "kept__folder", "kept__letter__pdf", "borrower", "unit", "asked_by",
        "confirmed_by", "approved_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)

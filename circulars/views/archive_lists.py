"""Lists for the National Archives: forms 21, 22 and 23."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.enums_archive import ListState
from circulars.forms.archive import LIST_FORMS, ListForm
from circulars.models import ArchiveList, ArchiveListLine, KeptLetter
from circulars.permissions_archive import keeps_house
from circulars.services import archive_lists
from circulars.views.archive_forms import posted
from circulars.views.archive_moves import move_page
from circulars.workflow_archive import ARCHIVE_LIST
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest
from portal.workflow.service import available

OFFERED = 100


def archive_lists_page(request: SignedInRequest) -> HttpResponse:
    """The lists of one's house, and beginning one."""
    form = ListForm(posted(request), user=request.user)
    houses = archive_lists.houses(request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = archive_lists.begin(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The list is begun."))
            return redirect(made)
    rows = ArchiveList.objects.visible_to(request.user).select_related("house")
    page = keyset_page(rows, order=("-year", "-pk"), cursor=request.GET.get("cursor"))
    context = {"page": page, "form": form if houses.exists() else None}
    return render(
        request, "circulars/archive_lists.html", context, status=422 if form.errors else 200
    )


def archive_list(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    may_change = keeps_house(request.user, row) and row.state == ListState.DRAFT
    page = keyset_page(
        row.lines.select_related("kept__folder"),
        order=("position", "pk"),
        cursor=request.GET.get("cursor"),
    )
    context = {
        "list": row,
        "page": page,
        "moves": available(ARCHIVE_LIST, row, request.user),
        "may_change": may_change,
        "offered": _offered(row) if may_change else [],
        "deadline": archive_lists.deadline(row),
    }
    return render(request, "circulars/archive_list.html", context)


def archive_list_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    row = _visible(request, pk)
    return move_page(
        request, obj=row, name=name, table=ARCHIVE_LIST, forms=LIST_FORMS,
        act=partial(archive_lists.move, archive_list=row),
    )  # fmt: skip


@require_POST
def archive_list_add(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    chosen = [number for number in request.POST.getlist("kept") if number.isdecimal()]
    kept = KeptLetter.objects.visible_to(request.user).filter(pk__in=chosen)
    added = archive_lists.add(archive_list=row, kept=list(kept), actor=request.user)
    done(request, _("Put on the list: %(n)s") % {"n": added})
    return redirect(row)


@require_POST
def archive_list_line(request: SignedInRequest, pk: int, line: int, what: str) -> HttpResponse:
    """Take a line off, or keep its letter here instead (form 22)."""
    row = _visible(request, pk)
    found = get_object_or_404(ArchiveListLine.objects.filter(archive_list=row), pk=line)
    if what == "keep":
        archive_lists.keep_here(line=found, actor=request.user)
        done(request, _("The letter is on form 22 now."))
    else:
        archive_lists.take_off(line=found, actor=request.user)
        done(request, _("Taken off the list."))
    return redirect(row)


def _offered(row: ArchiveList) -> list[KeptLetter]:
    return list(archive_lists.candidates(row).select_related("folder")[:OFFERED])


def _visible(request: SignedInRequest, pk: int) -> ArchiveList:
    rows = ArchiveList.objects.visible_to(request.user).select_related(
        "house__office", "made_by", "approved_by"
    )
    return get_object_or_404(rows, pk=pk)

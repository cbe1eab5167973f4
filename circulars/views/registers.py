"""The registers as people read them: the columns of forms 13 and 14, on screen and on paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.books import kept_units
from circulars.enums import PaperKind, RegisterKind
from circulars.filters import EntryFilter
from circulars.forms.registers import LineForm, VoidLineForm, book_key
from circulars.models import Register, RegisterEntry, RegisterPaper, Reservation
from circulars.register_papers import MAKERS, paper_name
from circulars.services import papers, registers, replies
from circulars.services.settings import may_change_settings
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.files.service import url as file_url
from portal.users.requests import SignedInRequest

TRIES = 3
"""After so many failures a page says that a paper could not be made."""


def register_list(request: SignedInRequest) -> HttpResponse:
    """The books this person keeps or may read, the newest year first."""
    books = (
        Register.objects.visible_to(request.user)
        .select_related("unit")
        .order_by("-year", "unit__position", "unit__sort_key", "kind")
    )
    context = {
        "registers": books,
        "may_change_settings": may_change_settings(request.user),
        "keeps_books": bool(kept_units(request.user, RegisterKind.INCOMING)),
        "unused": RegisterEntry.objects.unused()
        .filter(reservation__in=Reservation.objects.of(request.user).values("pk"))
        .count(),
    }
    return render(request, "circulars/register_list.html", context)


def register_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One book, the latest number first; void numbers stay visible with their reason."""
    register = visible_register(request, pk)
    entries = RegisterEntry.objects.filter(register=register)
    filters = EntryFilter(request.GET, queryset=entries, request=request)
    page = keyset_page(
        filters.qs.select_related("letter", "delivery", "reservation"),
        order=filters.order,
        cursor=request.GET.get("cursor"),
    )
    for entry in replies.with_cross_references(page.items):
        entry.register = register
    context = {
        "register": register,
        "page": page,
        "filter": filters,
        "keeps": registers.keeps(request.user, register),
        "book": book_key(register.unit_id, register.kind),
        "paper_kinds": [kind for kind in PaperKind if kind in MAKERS],
    }
    return render(request, "circulars/register_detail.html", context)


def register_enter(request: SignedInRequest) -> HttpResponse:
    """Give a paper that the portal does not hold its number; ``?book=`` chooses the book."""
    data = request.POST if request.method == "POST" else None
    form = LineForm(data, user=request.user, book=request.GET.get("book", ""))
    if data is not None and form.is_valid():
        try:
            entry = registers.enter(actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Number %(number)s is given.") % {"number": entry})
            return redirect(entry.register)
    context = {"form": form}
    return render(
        request, "circulars/register_enter.html", context, status=422 if form.errors else 200
    )


def register_void(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a line void that was written by hand."""
    entries = RegisterEntry.objects.filter(
        register__in=Register.objects.kept_by(request.user).values("pk")
    ).select_related("register__unit", "reservation")
    entry = get_object_or_404(entries, pk=pk)
    form = VoidLineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            registers.void_line(entry=entry, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("%(number)s is void.") % {"number": entry})
            return redirect(entry.register)
    context = {"entry": entry, "register": entry.register, "form": form}
    return render(
        request, "circulars/register_void.html", context, status=422 if form.errors else 200
    )


@require_POST
def register_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print a register or take it as Excel: at once when it is short, else by a task."""
    register = visible_register(request, pk)
    kind = request.POST.get("kind", "")
    if kind not in {str(known) for known in MAKERS}:
        return redirect(register)
    kind = PaperKind(kind)
    if papers.is_large(register):
        return redirect(papers.ask_paper(register=register, kind=kind, actor=request.user))
    papers.note_paper(register=register, kind=kind, actor=request.user)
    maker = MAKERS[kind]
    answer = HttpResponse(maker.make(register), content_type=maker.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{paper_name(register, kind)}"'
    return answer


def register_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a paper is, and where it can be fetched; asked again by the page itself."""
    papers_seen = RegisterPaper.objects.visible_to(request.user).exclude(kind=PaperKind.PACK)
    rows = papers_seen.select_related("register__unit", "file__blob")
    paper = get_object_or_404(rows, pk=pk)
    context = {"paper": paper, "register": paper.register, **progress_of(paper)}
    is_poll = request.headers.get("HX-Request") and not paper.made_at
    template = "circulars/_paper_progress.html" if is_poll else "circulars/register_paper.html"
    answer = render(request, template, context)
    if request.headers.get("HX-Request") and paper.made_at:
        answer["HX-Refresh"] = "true"
    return answer


def progress_of(paper: RegisterPaper) -> dict[str, object]:
    return {
        "file_url": file_url(paper.file) if paper.file else "",
        "failed": paper.made_at is None and paper.failures >= TRIES,
    }


def visible_register(request: SignedInRequest, pk: int) -> Register:
    books = Register.objects.visible_to(request.user).select_related("unit__office")
    return get_object_or_404(books, pk=pk)

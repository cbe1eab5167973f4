"""Reserved numbers: taking, looking after and giving them up; packs for days without network."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from circulars.books import kept_units
from circulars.enums import PaperKind, RegisterKind
from circulars.filters import ReservationFilter
from circulars.forms.registers import HandwrittenForm, PackForm, ReleaseForm, ReserveForm
from circulars.models import RegisterEntry, RegisterPaper, Reservation
from circulars.services import continuity, reservations
from circulars.services.registers import keeps
from circulars.views.registers import progress_of
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest


def reservation_list(request: SignedInRequest) -> HttpResponse:
    """Reservations of the books that this person reads, and their own; the unused first asked."""
    rows = Reservation.objects.visible_to(request.user)
    filters = ReservationFilter(request.GET, queryset=rows, request=request)
    page = keyset_page(
        filters.qs.with_counts().select_related("register__unit", "person"),
        order=filters.order,
        cursor=request.GET.get("cursor"),
    )
    context = {
        "filter": filters,
        "page": page,
        "keeps_books": bool(kept_units(request.user, RegisterKind.INCOMING)),
    }
    return render(request, "circulars/register_reservations.html", context)


def reserve(request: SignedInRequest) -> HttpResponse:
    data = _posted(request)
    form = ReserveForm(data, user=request.user, book=request.GET.get("book", ""))
    if data is not None and form.is_valid():
        try:
            made = reservations.reserve(actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Reserved: %(numbers)s.") % {"numbers": made})
            return redirect(made)
    return _page(request, "circulars/register_reserve.html", {"form": form})


def reservation_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The numbers of a reservation and what became of each; POST gives some of them up."""
    reservation = visible_reservation(request, pk)
    entries = list(
        RegisterEntry.objects.filter(reservation=reservation)
        .select_related("register", "reservation", "letter", "delivery")
        .order_by("number")
    )
    unused = [entry.number for entry in entries if entry.state == "reserved"]
    may_release = reservations.may_release(request.user, reservation)
    data = _posted(request)
    form = ReleaseForm(data, numbers=unused) if may_release else None
    if data is not None and form is not None and form.is_valid():
        count = reservations.release(
            reservation=reservation, actor=request.user, **form.cleaned_data
        )
        done(
            request,
            ngettext("%(count)s number is void.", "%(count)s numbers are void.", count)
            % {"count": count},
        )
        return redirect(reservation)
    context = {
        "reservation": reservation,
        "register": reservation.register,
        "entries": entries,
        "unused": len(unused),
        "form": form if unused else None,
        "may_key_in": reservation.pack_id and keeps(request.user, reservation.register),
    }
    return _page(request, "circulars/register_reservation.html", context)


def pack_list(request: SignedInRequest) -> HttpResponse:
    """Packs for days without network, the newest first, and the form for another one."""
    data = _posted(request)
    keeps_books = bool(kept_units(request.user, RegisterKind.INCOMING))
    form = PackForm(data, user=request.user)
    if data is not None and form.is_valid():
        try:
            pack = continuity.ask_pack(actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("The numbers are reserved; the pack is being made."))
            return redirect(pack)
    packs = RegisterPaper.objects.visible_to(request.user).filter(kind=PaperKind.PACK)
    page = keyset_page(
        packs.select_related("unit", "requested_by"),
        order=("-requested_at", "-pk"),
        cursor=request.GET.get("cursor"),
    )
    context = {"form": form if keeps_books else None, "page": page}
    return _page(request, "circulars/register_packs.html", context)


def pack_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One pack: its file, and each block of numbers with how far it is reconciled."""
    packs = RegisterPaper.objects.visible_to(request.user).filter(kind=PaperKind.PACK)
    pack = get_object_or_404(packs.select_related("unit", "requested_by", "file__blob"), pk=pk)
    if request.headers.get("HX-Request") and not pack.made_at:
        return render(
            request, "circulars/_paper_progress.html", {"paper": pack, **progress_of(pack)}
        )
    blocks = pack.blocks.with_counts().select_related("register__unit").order_by("pk")
    answer = render(
        request,
        "circulars/register_pack.html",
        {"paper": pack, "blocks": blocks, **progress_of(pack)},
    )
    if request.headers.get("HX-Request"):
        answer["HX-Refresh"] = "true"
    return answer


def block_key_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Key in what was written by hand on the numbers of a block, and reconcile it."""
    block = get_object_or_404(
        Reservation.objects.of(request.user)
        .filter(pack__isnull=False)
        .select_related("register__unit__office"),
        pk=pk,
    )
    data = _posted(request)
    unused = RegisterEntry.objects.filter(reservation=block).unused().order_by("number")
    numbers = list(unused.values_list("number", flat=True))
    forms = [HandwrittenForm(data, number=number, block=block) for number in numbers]
    sound = [form.is_valid() for form in forms]  # all of them, so that each says what is wrong
    if data is not None and all(sound):
        written = {form.number: hand for form in forms if (hand := form.handwritten())}
        try:
            counts = continuity.reconcile(block=block, actor=request.user, written=written)
        except InvalidInput as error:
            _put_back(forms, error)
        else:
            done(
                request,
                _("Reconciled: %(used)s used, %(void)s void, %(left)s left.") % vars(counts),
            )
            return redirect(block)
    context = {"reservation": block, "register": block.register, "forms": forms}
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "circulars/register_key_in.html", context, status=status)


def visible_reservation(request: SignedInRequest, pk: int) -> Reservation:
    rows = Reservation.objects.visible_to(request.user).select_related(
        "register__unit__office", "person", "reserved_by", "pack"
    )
    return get_object_or_404(rows, pk=pk)


def _put_back(forms: list[HandwrittenForm], error: InvalidInput) -> None:
    """Show a refusal at the number and column that it is about."""
    number, _dash, name = (error.field or "").partition("-")
    for form in forms:
        if str(form.number) == number:
            form.add_error(name if name in form.fields else None, str(error))


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    return render(request, template, context, status=422 if form and form.errors else 200)

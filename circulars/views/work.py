"""Lists of what waits at somebody's desk, and deciding many letters with one look."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from circulars.forms.batch import BatchForm
from circulars.registrations.handling import ROWS, TILES
from circulars.services import batch as service
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest

ORDERS = {
    "assigned": ("due_on", "pk"),
    "to_order": ("due_at", "pk"),
    "reported": ("reported_at", "pk"),
    "late_below": ("due_on", "pk"),
    "copies": ("arrived_at", "pk"),
    "no_holder": ("due_on", "pk"),
}
TILE_OF = {tile.code.rpartition(".")[2]: tile() for tile in TILES}


def work_list(request: SignedInRequest, tab: str) -> HttpResponse:
    """One kind of what waits for me; the most pressing first."""
    if tab not in TILE_OF:
        raise Http404
    tile = TILE_OF[tab]
    rows = tile.rows(request.user).select_related(*ROWS)
    page = keyset_page(rows, order=ORDERS[tab], cursor=request.GET.get("cursor"))
    context = {"page": page, "title": tile.title, "tab": tab, "tabs": work_tabs(request, tab)}
    return render(request, "circulars/work_list.html", context)


def work_tabs(request: SignedInRequest, current: str) -> list[dict[str, object]]:
    """The way from one list of waiting things to the others."""
    waiting = {
        "label": _("To endorse or sign"),
        "url": reverse("circulars:waiting"),
        "active": current == "waiting",
    }
    others = [
        {"label": tile.title, "url": tile.url(request.user), "active": name == current}
        for name, tile in TILE_OF.items()
        if name == current or name in ("to_order", "assigned") or tile.count(request.user)
    ]
    return [waiting, *others]


def batch(request: SignedInRequest) -> HttpResponse:
    """Sign or approve up to twenty letters that were opened, with one proof of identity."""
    waiting = service.waiting_for(request.user)
    data = request.POST if request.method == "POST" else None
    form = BatchForm(data, user=request.user, items=waiting)
    outcomes: list[service.Outcome] = []
    if data is not None and form.is_valid():
        outcomes = service.decide(
            actor=request.user,
            keys=form.cleaned_data["letters"],
            remark=form.cleaned_data["remark"],
        )
        failed = sum(not outcome.is_done for outcome in outcomes)
        if not failed:
            said = _("%(count)s letters decided.") % {"count": len(outcomes)}
            done(request, said)
            return redirect("circulars:batch")
    context = {"form": form, "items": waiting, "outcomes": outcomes, "limit": service.LIMIT}
    status = 422 if form.errors else 200
    return render(request, "circulars/batch.html", context, status=status)

"""Who stands in for whom: daily work of the director, the registry and the administrator."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.core.thai.dates import short
from portal.org import service
from portal.org.enums import Role
from portal.org.forms import ActingForm, EndActingForm
from portal.org.models import Acting, Membership
from portal.org.querysets import today
from portal.org.views.common import for_acting_managers, own_office
from portal.users.requests import signed_in

HEADS = (Role.DIRECTOR, Role.DEPUTY, Role.GROUP_DIRECTOR)
RELATED = ("person", "membership__person", "membership__unit__office", "membership__position")
POSTS_SHOWN = 50


@require_safe
@for_acting_managers
def acting_list(request: HttpRequest) -> HttpResponse:
    """Who acts now or will; what is over comes below, page by page."""
    rows = Acting.objects.visible_to(signed_in(request)).select_related(*RELATED)
    over = rows.filter(ends_on__lt=today())
    context = {
        "running": rows.filter(ends_on__gte=today()).order_by("starts_on", "pk"),
        "page": keyset_page(over, order=("-ends_on", "-pk"), cursor=request.GET.get("cursor")),
        "today": today(),
    }
    return render(request, "org/acting_list.html", context)


@require_safe
@for_acting_managers
def acting_choose(request: HttpRequest) -> HttpResponse:
    """First step: whose post it is. Heads of the office are offered, others are searched."""
    query = request.GET.get("q", "").strip()
    office = own_office(request)
    if query:
        posts = service.find_staff(office, query)
    else:
        posts = service.current_posts(office).filter(role__in=HEADS)
    ordered = posts.order_by("unit__position", "unit__sort_key", "position__rank", "pk")
    context = {
        "query": query,
        "posts": ordered[:POSTS_SHOWN],
        "vacant": service.vacant_posts(office, (*HEADS, Role.PRINCIPAL)),
    }
    return render(request, "org/acting_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_acting_managers
def acting_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Second step: who stands in for the holder of this post, and when."""
    post = get_object_or_404(_posts(request), pk=pk)
    form = ActingForm(request.POST or None, post=post)
    if form.is_valid():
        try:
            acting = service.set_acting(
                actor=signed_in(request), membership=post, **form.cleaned_data
            )
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            words = {"person": acting.person, "day": short(acting.ends_on)}
            done(request, _("%(person)s acts until %(day)s.") % words)
            return redirect("org:acting")
    return render(request, "org/acting_new.html", {"post": post, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_acting_managers
def acting_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an acting earlier, or call off one that has not begun."""
    rows = Acting.objects.visible_to(signed_in(request)).select_related(*RELATED)
    acting = get_object_or_404(rows, pk=pk)
    soonest = min(today(), acting.starts_on) - timedelta(days=1)
    initial = soonest if acting.starts_on > today() else today()
    form = EndActingForm(request.POST or None, initial={"ends_on": initial})
    if form.is_valid():
        try:
            left = service.end_acting(actor=signed_in(request), acting=acting, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _ended(acting, left))
            return redirect("org:acting")
    return render(request, "org/acting_end.html", {"acting": acting, "form": form})


def _ended(acting: Acting, left: Acting | None) -> str:
    if left is None:
        return _("%(person)s does not act: it was called off.") % {"person": acting.person}
    words = {"person": acting.person, "day": short(left.ends_on)}
    return _("%(person)s acts until %(day)s.") % words


def _posts(request: HttpRequest) -> QuerySet[Membership]:
    """Posts that somebody can stand in for: also vacant ones, whose holder has left."""
    rows = Membership.objects.visible_to(signed_in(request))
    return rows.select_related("person", "unit__office", "position")

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.org.models import Committee
from portal.org.querysets import today
from portal.org.views.common import for_members, own_office, tabs


@require_safe
@for_members
def committees(request: HttpRequest) -> HttpResponse:
    """Committees whose term runs, then those whose term is over."""
    rows = Committee.objects.filter(office=own_office(request))
    rows = rows.annotate(seats=Count("members"))
    over = Q(ends_on__lt=today())
    context = {
        "tabs": tabs(request),
        "running": rows.exclude(over),
        "over": rows.filter(over).order_by("-ends_on", "name"),
    }
    return render(request, "org/committees.html", context)


@require_safe
@for_members
def committee_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits in a committee, by which order and for which term."""
    rows = Committee.objects.filter(office=own_office(request))
    committee = get_object_or_404(rows, pk=pk)
    context = {
        "committee": committee,
        "seats": committee.members.select_related("person", "unit"),
        "is_over": committee.ends_on is not None and committee.ends_on < today(),
    }
    return render(request, "org/committee.html", context)

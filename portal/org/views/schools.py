from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.paging import keyset_page
from portal.org.filters import SchoolFilter
from portal.org.models import School
from portal.org.views.common import for_members, tabs
from portal.users.requests import signed_in


@require_safe
@for_members
def schools(request: HttpRequest) -> HttpResponse:
    """The office's schools, by name in dictionary order unless sorted otherwise."""
    rows = School.objects.visible_to(signed_in(request)).select_related("unit", "network")
    found = SchoolFilter(request.GET, queryset=rows, request=request)
    context = {
        "tabs": tabs(request),
        "filter": found,
        "count": found.qs.count(),
        "page": keyset_page(found.qs, order=found.order, cursor=request.GET.get("cursor")),
    }
    return render(request, "org/schools.html", context)

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.org.querysets import today
from portal.org.service import phone_book as entries_of
from portal.org.views.common import for_members, own_office, tabs


@require_safe
@for_members
def phone_book(request: HttpRequest) -> HttpResponse:
    """The phone book for the office and its schools, with internal lines and mobile numbers.

    One page, so that it can be printed whole; an office has some hundred entries.
    """
    office = own_office(request)
    query = request.GET.get("q", "").strip()
    context = {
        "tabs": tabs(request),
        "query": query,
        "office": office,
        "entries": entries_of(office, query=query),
        "today": today(),
    }
    return render(request, "org/phone_book.html", context)

"""The registers as people read them: the columns of forms 13 and 14."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from circulars.enums import RegisterKind
from circulars.filters import EntryFilter
from circulars.models import Register, RegisterEntry
from circulars.services.settings import may_change_settings
from portal.core.paging import keyset_page
from portal.users.requests import SignedInRequest


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
    }
    return render(request, "circulars/register_list.html", context)


def register_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One book, the latest number first; void numbers stay visible with their reason."""
    books = Register.objects.visible_to(request.user).select_related("unit")
    register = get_object_or_404(books, pk=pk)
    entries = RegisterEntry.objects.filter(register=register)
    filters = EntryFilter(request.GET, queryset=entries, request=request)
    page = keyset_page(
        filters.qs.select_related("letter", "delivery", "registered_by"),
        order=filters.order,
        cursor=request.GET.get("cursor"),
    )
    context = {
        "register": register,
        "page": page,
        "filter": filters,
        "is_incoming": register.kind == RegisterKind.INCOMING,
    }
    return render(request, "circulars/register_detail.html", context)

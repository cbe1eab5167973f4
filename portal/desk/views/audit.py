"""The audit for those who read it for the office."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.audit import service as audit
from portal.audit.models import AuditRow
from portal.core.errors import NotAllowed
from portal.core.paging import keyset_page
from portal.desk.filters import AuditFilter
from portal.desk.resources import audit_csv
from portal.users.models import User
from portal.users.requests import signed_in

PAGE_SIZE = 50


@require_safe
@never_cache
def audit_list(request: HttpRequest) -> HttpResponse:
    """All rows of the office, newest first; each new search is itself written down."""
    user, found = _search(request, "audit.read")
    cursor = request.GET.get("cursor")
    if cursor is None:
        audit.record(action="audit.read", actor=user, data=_used(found))
    page = keyset_page(_rows(found), order=("-pk",), cursor=cursor, size=PAGE_SIZE)
    return render(request, "desk/audit_list.html", {"filter": found, "page": page})


@require_safe
@never_cache
def audit_export(request: HttpRequest) -> StreamingHttpResponse:
    """What the page shows for the same filters, whole, as CSV."""
    user, found = _search(request, "audit.exported")
    audit.record(action="audit.exported", actor=user, data=_used(found))
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        audit_csv(_rows(found), language=translation.get_language() or "th"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _search(request: HttpRequest, action: str) -> tuple[User, AuditFilter]:
    user = signed_in(request)
    if not audit.reads_office(user):
        raise NotAllowed(action=action)
    found = AuditFilter(request.GET, queryset=audit.rows_visible_to(user), request=request)
    found.form.is_valid()
    return user, found


def _rows(found: AuditFilter) -> QuerySet[AuditRow]:
    return found.qs.select_related("actor").order_by("-pk")


def _used(found: AuditFilter) -> dict[str, list[str]]:
    return {"filters": found.used} if found.used else {}

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.audit.models import AuditRow
from portal.audit.service import rows_visible_to
from portal.core.admin import LookOnlyAdmin


@admin.register(AuditRow)
class AuditRowAdmin(LookOnlyAdmin):
    """The bare rows; auditors have a page of their own with names and filters."""

    list_display = ["at", "action", "actor", "object_label", "ip", "request_id"]
    list_select_related = ["actor"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["=action", "=about_id", "=request_id"]
    fields = [
        "at",
        "action",
        "actor",
        "office",
        "object_label",
        "data",
        "ip",
        "request_id",
        "session",
    ]
    readonly_fields = ["object_label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditRow]:
        return rows_visible_to(request.user).order_by("-pk")  # type: ignore[arg-type]

    @admin.display(description=_("Object"))
    def object_label(self, row: AuditRow) -> str:
        return row.about_label

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core import tasks
from portal.core.models import DeferredState, DeferredTask


class LookOnlyAdmin(admin.ModelAdmin):
    """Rows that services write: found and read in the back-office, never changed there."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(DeferredTask)
class DeferredTaskAdmin(LookOnlyAdmin):
    """Tasks and how they fared; those that were given up get another round of attempts."""

    list_display = [
        "pk",
        "name",
        "state",
        "attempts",
        "error_code",
        "publish_after",
        "finished_at",
    ]
    list_filter = ["state", "name"]
    search_fields = ["name", "error_code", "request_id"]
    fields = [
        "name",
        "args",
        "state",
        "attempts",
        "error_code",
        "publish_after",
        "claimed_until",
        "created_at",
        "finished_at",
        "request_id",
    ]
    actions = ["try_again"]

    @admin.action(description=_("Try again what was given up"), permissions=["view"])
    def try_again(self, request: HttpRequest, rows: QuerySet[DeferredTask]) -> None:
        dead = rows.filter(state=DeferredState.DEAD)
        for row in dead:
            self.log_change(request, row, "retry")
        count = tasks.retry(dead)
        said = ngettext(
            "%(count)s task is tried again.", "%(count)s tasks are tried again.", count
        )
        messages.success(request, said % {"count": count})

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class LookOnlyAdmin(admin.ModelAdmin):
    """Rows that services write: found and read in the back-office, never changed there."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

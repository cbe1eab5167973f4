"""What the back-office shows of accounts: to look at, never to change by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from portal.accounts.models import Invitation, KnownDevice, SignIn


class LookOnly(admin.ModelAdmin):
    """Rows that services write: found, read, never changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(LookOnly):
    list_display = ["email", "full_name", "unit", "role", "created_at", "expires_at", "state"]
    list_select_related = ["unit"]
    list_filter = ["role"]
    search_fields = ["email", "first_name", "last_name"]
    exclude = ["nonce", "sent_nonce"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(SignIn)
class SignInAdmin(LookOnly):
    list_display = ["at", "user", "result", "method", "browser", "ip"]
    list_select_related = ["user"]
    list_filter = ["result"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(KnownDevice)
class KnownDeviceAdmin(LookOnly):
    list_display = ["user", "browser", "ip", "first_seen_at", "last_seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    exclude = ["token_hash"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        office = request.user.office_id
        return rows if office is None else rows.filter(user__office_id=office)

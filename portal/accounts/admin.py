"""What the back-office shows of accounts: to look at, never to change by hand."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from portal.accounts import permissions
from portal.accounts.models import Invitation, KnownDevice, SignIn
from portal.core.admin import LookOnlyAdmin
from portal.users.models import User
from portal.users.requests import signed_in


class AccountsAdmin(LookOnlyAdmin):
    """For those who look after accounts, who see their own office."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_reset_factors(cast(User, request.user))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return permissions.may_reset_factors(cast(User, request.user))


@admin.register(Invitation)
class InvitationAdmin(AccountsAdmin):
    list_display = ["email", "full_name", "unit", "role", "created_at", "expires_at", "state"]
    list_select_related = ["unit"]
    list_filter = ["role"]
    search_fields = ["email", "first_name", "last_name"]
    exclude = ["nonce", "sent_nonce"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast(Any, super().get_queryset(request)).visible_to(request.user)


@admin.register(SignIn)
class SignInAdmin(AccountsAdmin):
    list_display = ["at", "user", "result", "method", "browser", "ip"]
    list_select_related = ["user"]
    list_filter = ["result"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast(Any, super().get_queryset(request)).visible_to(request.user)


@admin.register(KnownDevice)
class KnownDeviceAdmin(AccountsAdmin):
    list_display = ["user", "browser", "ip", "first_seen_at", "last_seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    exclude = ["token_hash"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        office = signed_in(request).office_id
        return rows if office is None else rows.filter(user__office_id=office)

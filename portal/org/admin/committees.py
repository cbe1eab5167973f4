"""Committees and who sits in them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest

from portal.org.admin.scope import OFFICE_PATHS, Deletable, in_scope, may_look_after
from portal.org.models import Committee, CommitteeMember


class SeatInline(admin.TabularInline):
    model = CommitteeMember
    extra = 1
    autocomplete_fields = ["person", "unit"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        model = db_field.remote_field.model
        rows = model._default_manager.all()
        kwargs["queryset"] = in_scope(rows, OFFICE_PATHS[model], request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request)


@admin.register(Committee)
class CommitteeAdmin(Deletable):
    list_display = ["name", "order_number", "starts_on", "ends_on"]
    list_filter = [("office", RelatedOnlyFieldListFilter)]
    search_fields = ["name", "order_number", "members__outside_name"]
    inlines = [SeatInline]

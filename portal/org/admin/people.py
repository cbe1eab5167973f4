"""People of the office: the account's face from ``portal.users``, the posts from here."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest

from portal.org import service
from portal.org.admin.scope import OfficeScopedAdmin, ServiceForm, may_look_after
from portal.org.models import Membership
from portal.users.admin import PersonAdmin
from portal.users.models import User
from portal.users.requests import signed_in


class NewPersonForm(ServiceForm):
    """Somebody who cannot sign in yet: an invitation or a password reset comes next."""

    def perform(self) -> User:
        return service.add_person(actor=self.actor, **self.cleaned_data)

    class Meta:
        model = User
        fields = ["office", "username", "title", "first_name", "last_name", "email", "phone"]


class PostsInline(admin.TabularInline):
    """What the person holds and held; changed at the posts themselves."""

    model = Membership
    fields = ("unit", "role", "position", "starts_on", "ends_on")
    readonly_fields = ("unit", "role", "position", "starts_on", "ends_on")
    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class OfficePersonAdmin(OfficeScopedAdmin, PersonAdmin):
    add_form = NewPersonForm
    inlines = [PostsInline]
    list_filter = ["is_active", "is_staff", ("office", RelatedOnlyFieldListFilter)]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or signed_in(request).office_id is None:
            return fixed
        return (*fixed, "office", "is_superuser")  # nobody gives themselves more than their office

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            form.base_fields["office"].required = True
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            obj.save()
        else:
            obj.__dict__.update(form.perform().__dict__)

"""How people look in the back-office; ``portal.org`` registers it, limited to the office."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.users.models import User


class PersonAdmin(UserAdmin):
    """Names, addresses and whether the account is open.

    No passwords (people set their own by invitation or reset), no groups and permissions (what
    a person may do is a dated role).
    """

    list_display = ["username", "full_name", "email", "phone", "is_active", "last_login"]
    list_display_links = ["username", "full_name"]
    search_fields = ["username", "first_name", "last_name", "email", "phone"]
    ordering = ["sort_key", "pk"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["office", "username", "title", "first_name", "last_name"]}),
        (_("Contact"), {"fields": ["email", "phone", "phone_is_public", "language"]}),
        (
            _("Account"),
            {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]},
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["office", "username", "title", "first_name", "last_name"]}),
        (_("Contact"), {"fields": ["email", "phone"]}),
    ]

    @admin.display(description=_("name"), ordering="sort_key")
    def full_name(self, person: User) -> str:
        return person.get_full_name()

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  (the name that Django passes)
        form_url: str = "",
    ) -> HttpResponse:
        """Not for anybody: who sets another's password could sign in their name."""
        raise Http404

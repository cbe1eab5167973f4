"""The back-office: Django's admin in our look, entered through the portal's own sign-in."""

from typing import Any, cast

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    SolarSchedule,
)

from portal.accounts.services.policy import has_second_factor
from portal.audit import service as audit
from portal.core.thai.collation import sort_key
from portal.users.models import User

# Written by allauth or by services only, or without use here: roles are rows of ``org``, and
# what runs by the clock stands in the settings.
LEFT_OUT = frozenset(
    {
        EmailAddress, EmailConfirmation, Authenticator, UserSession, Group,
        ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule,
    }
)  # fmt: skip

SECTIONS: tuple[tuple[str, str | Promise, frozenset[str]], ...] = (
    ("people", _("People and units"), frozenset({"org", "users"})),
    ("accounts", _("Accounts"), frozenset({"accounts", "account"})),
    (
        "system",
        _("System"),
        frozenset({"audit", "core", "notifications", "files", "django_celery_beat", "search"}),
    ),
)
OTHER = ("work", _("Daily work"))


class Audited:
    """Mixed into every model's admin: whatever is changed by hand is in the audit."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        request.back_office_fields = list(form.changed_data)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record("back_office.added", request, obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record("back_office.changed", request, obj)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            _record("back_office.deleted", request, obj)
        return super().log_deletions(request, queryset)  # type: ignore[misc]


class BackOffice(admin.AdminSite):
    """For staff with a second factor; others see the sign-in page or that there is nothing."""

    site_title = _("Back-office")
    site_header = _("Back-office of the portal")
    index_title = _("What would you like to look after?")
    site_url = "/desk/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        base = admin_class or admin.ModelAdmin
        audited = type(base.__name__, (Audited, base), {"__module__": base.__module__})
        for model in models:
            if model not in LEFT_OUT:
                super().register(model, audited, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.SECOND_FACTOR_ENFORCED or has_second_factor(cast(User, request.user))

    @method_decorator(login_not_required)
    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """No second door: the portal's sign-in, then back here. Who may not enter is told."""
        target = request.GET.get("next") or request.get_full_path()
        if not request.user.is_authenticated:
            return redirect_to_login(target, resolve_url(settings.LOGIN_URL))
        if self.has_permission(request):
            return redirect("admin:index")
        audit.record(action="account.back_office_refused", actor=request.user, about=request.user)
        messages.error(request, _("You may not open the back-office."))
        return redirect(settings.LOGIN_REDIRECT_URL)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One way out for the whole portal, which asks before it signs out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One page for it, which also signs out the other devices."""
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The index by what people look after, not by where the code lies."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        names = {code: name for code, name, _labels in SECTIONS} | dict([OTHER])
        models: dict[str, list[Any]] = {code: [] for code in names}
        for app in apps:
            models[section_of(app["app_label"])].extend(app["models"])
        return [
            {
                "name": str(names[code]),
                "app_label": code,
                "app_url": "",
                "has_module_perms": True,
                "models": sorted(found, key=lambda model: sort_key(str(model["name"]))),
            }
            for code, found in models.items()
            if found
        ]


def _record(action: str, request: HttpRequest, obj: Model) -> None:
    fields = getattr(request, "back_office_fields", [])
    data = {"fields": fields} if fields else None
    audit.record(action=action, actor=request.user, about=obj, data=data)  # type: ignore[arg-type]


def section_of(label: str) -> str:
    """The section of the index that an app stands in."""
    return next((code for code, _name, labels in SECTIONS if label in labels), OTHER[0])

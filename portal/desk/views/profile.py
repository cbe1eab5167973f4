"""A person's own page."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core import notices
from portal.desk.forms import ProfileForm
from portal.desk.roles import roles_with_dates
from portal.desk.services import update_profile
from portal.users.requests import signed_in


@dataclass(frozen=True)
class AccountLink:
    """A page about the person's account that another app holds."""

    label: str
    text: str
    url: str
    icon: str


def _account_links() -> list[AccountLink]:
    planned = [
        (
            "mfa_index",
            _("Second factor"),
            _("App codes, passkeys, recovery codes"),
            "shield-lock",
        ),
        ("account_change_password", _("Password"), _("Change it"), "key"),
        ("account_email", _("E-mail addresses"), _("Where mails of the portal go"), "envelope"),
        (
            "usersessions_list",
            _("Open sessions"),
            _("Where you are signed in; sign out there"),
            "laptop",
        ),
        (
            "accounts:history",
            _("Sign-in history"),
            _("When and with which browser"),
            "clock-history",
        ),
        (
            "notifications:preferences",
            _("Notifications"),
            _("What reaches you by mail and what by the bell"),
            "bell",
        ),
    ]
    return [AccountLink(label, text, reverse(name), icon) for name, label, text, icon in planned]


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, contact, consent, language, roles with dates, and the ways to account pages."""
    user = signed_in(request)
    current = {
        "phone": user.phone,
        "phone_is_public": user.phone_is_public,
        "language": user.language,
    }
    form = ProfileForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        update_profile(actor=user, **form.cleaned_data)
        with translation.override(user.language):
            notices.done(request, _("Your profile is saved."))
        return redirect("desk:profile")
    context = {"form": form, "roles": roles_with_dates(user), "links": _account_links()}
    return render(request, "desk/profile.html", context)

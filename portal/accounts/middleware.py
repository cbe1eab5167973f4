"""Leads who must own a second factor to set one up, and keeps track of living sessions."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from portal.accounts.services.policy import has_second_factor, must_have_second_factor

Respond = Callable[[HttpRequest], HttpResponse]

FACTOR_KEY = "accounts.second_factor"
SEEN_KEY = "accounts.seen"
SEEN_SECONDS = 10 * 60

# What stays open until the factor is set up: setting it up, signing out, changing language.
OPEN_NAMES = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_confirm_email",
        "account_inactive",
        "set_language",
        "accounts:factor_needed",
        "accounts:demo_codes",
    }
)
OPEN_PREFIX = "mfa_"


class SecondFactorMiddleware:
    """A person of a role in ``SECOND_FACTOR_ROLES`` without a factor sees only its set-up.

    Once found, the factor is remembered in the session; taking the last one off, by the person
    or by an administrator, ends that.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if not self._lacks_factor(request) or _is_open(request.resolver_match):
            return None
        target = reverse("accounts:factor_needed")
        if not getattr(request, "htmx", False):
            return HttpResponseRedirect(target)
        if _stands_on_open_page(request):  # the bell asks there, too, and must not disturb
            return HttpResponse(status=204)
        return HttpResponse(headers={"HX-Redirect": target})

    def _lacks_factor(self, request: HttpRequest) -> bool:
        user = request.user
        if not settings.SECOND_FACTOR_ENFORCED or not user.is_authenticated:
            return False
        if request.session.get(FACTOR_KEY):
            return False
        if not must_have_second_factor(user):
            return False
        if has_second_factor(user):
            request.session[FACTOR_KEY] = True
            return False
        return True


class SeenMiddleware:
    """Notes at most every ten minutes that a session lives, for the list of sessions.

    The clock starts at sign-in, which stores the first row itself.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and now - self._seen(request, now) > SEEN_SECONDS:
            request.session[SEEN_KEY] = now
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    def _seen(self, request: HttpRequest, now: int) -> int:
        return request.session.get(SEEN_KEY, now)


def _is_open(match: ResolverMatch | None) -> bool:
    name = match.view_name if match else ""
    return name in OPEN_NAMES or name.startswith(OPEN_PREFIX)


def _stands_on_open_page(request: HttpRequest) -> bool:
    """Whether the page that a script asks from is one of the set-up."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    try:
        return _is_open(resolve(path))
    except Resolver404:
        return False

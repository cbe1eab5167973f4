"""What happens when a session has ended in the middle of work."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.http import HttpResponse as Response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends who is not signed in to the sign-in page, and brings them back to their form.

    A script's request gets a 401 that ``page.js`` turns into a sentence; a form that was sent
    returns to the page it stood on, where ``drafts.js`` puts the typing back.
    """

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if _from_script(request):
            return Response(status=401, headers={"X-Portal-Session": "ended"})
        if request.method in SAFE:
            return super().handle_no_permission(request, view_func)
        messages.warning(
            request, _("Your session had ended. Sign in again; what you typed comes back.")
        )
        return redirect_to_login(_page_of(request))


def _from_script(request: HttpRequest) -> bool:
    return (
        bool(getattr(request, "htmx", False)) or request.headers.get("X-Requested-With") == "fetch"
    )


def _page_of(request: HttpRequest) -> str:
    """Path of the page whose form was sent; the desk when it is unknown or another site's."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return "/desk/"
    parts = urlsplit(referer)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/desk/"

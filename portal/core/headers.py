"""Response headers that Django does not set itself."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class PermissionsPolicyMiddleware:
    """Switches off the devices of the browser that no page uses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


def nonce(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``csp_nonce`` marks the scripts of this one answer as ours.

    The policy allows it from the moment that a template shows it.
    """
    return {"csp_nonce": getattr(request, "csp_nonce", "")}

"""Turns what a person should be told into pages and messages, in one place."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found

from portal.core.errors import NotAllowed, NotReady, PortalError, StaleAction, denied

Respond = Callable[[HttpRequest], HttpResponse]

SAFE = ("GET", "HEAD", "OPTIONS")


class ErrorsMiddleware:
    """Stands last, next to the views, after messages, sessions and htmx.

    After a POST the person is led back to the page they came from, with the message on it; a
    page that cannot be shown at all says why. What they may not do does not exist (404).
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed | PermissionDenied):
            denied.send(sender=type(self), exception=exception, request=request)
        if isinstance(exception, NotAllowed):
            return page_not_found(request, Http404(str(exception)))
        if isinstance(exception, PortalError):
            return _answer(request, exception)
        return None


def _answer(request: HttpRequest, error: PortalError) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "fetch":
        return _with_message(
            JsonResponse({"error": str(error), "code": error.code}, status=error.status), error
        )
    from_htmx = bool(getattr(request, "htmx", False))
    if request.method in SAFE:
        return _fragment(error) if from_htmx else _page(request, error)
    back = _way_back(request, error)
    if back is None:
        return _fragment(error) if from_htmx else _page(request, error)
    level = messages.WARNING if isinstance(error, StaleAction | NotReady) else messages.ERROR
    messages.add_message(request, level, str(error))
    if from_htmx:
        return HttpResponse(status=error.status, headers={"HX-Redirect": back})
    return HttpResponseRedirect(back)


def _page(request: HttpRequest, error: PortalError) -> HttpResponse:
    context = {"message": str(error), "back_url": _url_of(error)}
    return render(request, "core/problem.html", context, status=error.status)


def _fragment(error: PortalError) -> HttpResponse:
    return _with_message(HttpResponse(status=error.status), error)


def _with_message(response: HttpResponse, error: PortalError) -> HttpResponse:
    """The page's script shows this header as a notice."""
    response["X-Portal-Message"] = quote(str(error))
    return response


def _way_back(request: HttpRequest, error: PortalError) -> str | None:
    """The page the person was on, if it is one of ours; else the page of the object."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not ours:
        return _url_of(error) or None
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _url_of(error: PortalError) -> str:
    find = getattr(error.about, "get_absolute_url", None)
    return find() if find else ""

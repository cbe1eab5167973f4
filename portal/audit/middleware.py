"""Gives each request a number, so that all that it did can be found together."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.core.context import new_request_id, originating

Respond = Callable[[HttpRequest], HttpResponse]


class AuditMiddleware:
    """Stands first, so that the audit knows the request from anywhere below it.

    Session and address are read when a row is written: at sign-in the session changes.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with originating(request_id=new_request_id(), request=request) as here:
            response = self.get_response(request)
        response["X-Request-ID"] = here.request_id
        return response

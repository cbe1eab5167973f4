"""Which language a page speaks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


def language_of(request: HttpRequest) -> str:
    """The person's own setting, else the choice kept in a cookie, else the portal's language.

    The browser's preference is left aside: office computers often run an English system whose
    people want Thai pages.
    """
    user = getattr(request, "user", None)
    chosen = [
        getattr(user, "language", ""),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    ]
    offered = {code for code, _name in settings.LANGUAGES}
    return next((code for code in chosen if code in offered), settings.LANGUAGE_CODE)


class PersonLanguageMiddleware:
    """Stands in place of Django's LocaleMiddleware, after the person is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response

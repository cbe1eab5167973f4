"""Which language a page speaks: the person's, else the cookie's, else Thai."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from portal.core.middleware_locale import PersonLanguageMiddleware
from portal.users.models import User


def seen_language(*, user=None, cookie="", accept="") -> tuple[str, HttpResponse]:
    request = RequestFactory().get("/", headers={"accept-language": accept} if accept else {})
    if user is not None:
        request.user = user
    if cookie:
        request.COOKIES["django_language"] = cookie
    seen = []

    def view(request):
        seen.append((translation.get_language(), request.LANGUAGE_CODE))
        return HttpResponse()

    response = PersonLanguageMiddleware(view)(request)
    [(active, told)] = seen
    assert active == told
    return active, response


@pytest.mark.parametrize(
    ("user_language", "cookie", "accept", "language"),
    [
        ("th", "", "", "th"),
        ("en", "", "", "en"),
        ("en", "th", "", "en"),
        ("th", "en", "en", "th"),
        ("xx", "en", "", "en"),
        ("xx", "yy", "en", "th"),
        (None, "", "", "th"),
        (None, "en", "", "en"),
        (None, "", "en-US,en", "th"),
    ],
)
def test_language_is_the_persons_then_the_cookies_then_thai(
    settings, user_language, cookie, accept, language
):
    settings.LANGUAGE_CODE = "th"
    user = User(language=user_language) if user_language else None
    assert seen_language(user=user, cookie=cookie, accept=accept)[0] == language


def test_answer_says_its_language_and_that_it_varies():
    _language, response = seen_language(cookie="en")
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Vary"] == "Cookie"


def test_language_ends_with_the_request():
    with translation.override("th"):
        seen_language(cookie="en")
        assert translation.get_language() == "th"

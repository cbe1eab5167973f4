"""Error pages in the portal's look; those for a broken portal need nothing but their template."""

import re

import pytest
from allauth.core.ratelimit import respond_429
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import translation
from django.views import defaults
from pytest_django import DjangoAssertNumQueries

from tests.factories import UserFactory


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [
    path("", include("portal.urls")),
    path("forbidden/", forbidden),
    path("suspicious/", suspicious),
    path("broken/", broken),
    path("too-many/", respond_429),
]

CASES = [
    ("/nothing-here/", 404, "This page was not found"),
    ("/forbidden/", 403, "This is not open to you"),
    ("/suspicious/", 400, "The portal did not understand"),
    ("/broken/", 500, "Something went wrong"),
    ("/too-many/", 429, "Too many tries"),
]


def heading(response: HttpResponse) -> list[str]:
    return re.findall(r"<h1[^>]*>(.*?)</h1>", response.content.decode())


@pytest.mark.urls(__name__)
@pytest.mark.django_db
@pytest.mark.parametrize(("url", "status", "words"), CASES)
def test_error_page_says_what_happened(client: Client, url, status, words):
    client.force_login(UserFactory(language="en"))
    client.raise_request_exception = False
    response = client.get(url)
    assert (response.status_code, heading(response)) == (status, [words])


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_page_of_a_visitor_has_no_menu(client: Client):
    client.cookies["django_language"] = "en"
    html = client.get("/nothing-here/").content.decode()
    assert (html.count('class="sidenav"'), html.count('href="/accounts/login/"')) == (0, 1)


@pytest.mark.django_db
def test_page_of_a_person_has_the_menu(client: Client):
    client.force_login(UserFactory())
    html = client.get("/nothing-here/").content.decode()
    assert html.count('class="sidenav"') == 1


@pytest.mark.django_db
def test_form_of_an_old_page_is_explained():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(language="en"))
    response = client.post("/desk/profile/", {"phone": ""})
    assert (response.status_code, heading(response)) == (403, ["This page was open too long"])


@pytest.mark.parametrize("view", [defaults.server_error, lambda r: defaults.bad_request(r, None)])
@pytest.mark.parametrize("language", ["th", "en"])
def test_pages_of_a_broken_portal_need_no_database(
    view, language, django_assert_num_queries: DjangoAssertNumQueries, db
):
    with translation.override(language), django_assert_num_queries(0):
        response = view(RequestFactory().get("/"))
    html = response.content.decode()
    assert html.count(f'<html lang="{language}">') == 1
    assert re.findall(r"<script|\{\{|\{%", html) == []

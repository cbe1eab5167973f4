"""What a person sees when a view raises one of our errors."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, NotReady, StaleAction
from tests.apps.sample.models import Paper
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

WORDS = "มีผู้ดำเนินการไปก่อนแล้ว"
ERRORS = {
    "stale": lambda: StaleAction(WORDS, state="signed", about=Paper(pk=3)),
    "stale-nowhere": lambda: StaleAction(WORDS),
    "invalid": lambda: InvalidInput(WORDS, field="subject"),
    "not-ready": lambda: NotReady(WORDS),
    "not-allowed": lambda: NotAllowed(action="sample.sign", about=Paper(pk=3)),
    "denied": PermissionDenied,
    "bug": lambda: ZeroDivisionError("bug"),
}


def raising(request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]()


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


urlpatterns = [
    path("raise/<str:kind>/", raising),
    path("public/<str:kind>/", login_not_required(raising)),
    path("home/", home),
    path("", include("portal.urls")),
]


@pytest.fixture
def client(client: Client) -> Iterator[Client]:
    client.force_login(UserFactory())
    return client


def told(response: HttpResponse) -> list[tuple[str, str]]:
    request = response.wsgi_request
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def test_stale_click_leads_back_to_the_page_with_a_warning(client: Client) -> None:
    response = client.post("/raise/stale/", headers={"Referer": "http://testserver/home/?a=1"})

    assert (response.status_code, response["Location"]) == (302, "/home/?a=1")
    assert told(response) == [("warning", WORDS)]


def test_stale_click_without_referer_leads_to_the_object(client: Client) -> None:
    response = client.post("/raise/stale/")

    assert (response.status_code, response["Location"]) == (302, "/sample/3/")


@pytest.mark.parametrize(
    "referer", ["https://evil.example/home/", "//evil.example/", "javascript:alert(1)", "http://"]
)
def test_foreign_referer_is_not_followed(client: Client, referer: str) -> None:
    response = client.post("/raise/stale/", headers={"Referer": referer})

    assert response["Location"] == "/sample/3/"


def test_plain_http_referer_is_not_followed_from_https(client: Client) -> None:
    response = client.post(
        "/raise/stale/", headers={"Referer": "http://testserver/home/"}, secure=True
    )

    assert response["Location"] == "/sample/3/"


def test_click_with_nowhere_to_go_back_to_shows_the_reason(client: Client) -> None:
    response = client.post("/raise/stale-nowhere/")

    assert response.status_code == 409
    assert response.context["message"] == WORDS
    assert response.context["back_url"] == ""
    assert response.templates[0].name == "core/problem.html"


@pytest.mark.parametrize(("kind", "level"), [("invalid", "error"), ("not-ready", "warning")])
def test_other_errors_lead_back_with_a_message_too(client: Client, kind: str, level: str) -> None:
    response = client.post(f"/raise/{kind}/", headers={"Referer": "http://testserver/home/"})

    assert response["Location"] == "/home/"
    assert told(response) == [(level, WORDS)]


@pytest.mark.parametrize(("kind", "status"), [("stale", 409), ("invalid", 400)])
def test_page_that_cannot_be_shown_says_why(client: Client, kind: str, status: int) -> None:
    """It does not redirect: the page it came from may be the same one."""
    response = client.get(f"/raise/{kind}/", headers={"Referer": "http://testserver/home/"})

    assert response.status_code == status
    assert response.context["message"] == WORDS
    assert WORDS in response.content.decode()


def test_page_that_cannot_be_shown_links_to_the_object(client: Client) -> None:
    response = client.get("/raise/stale/")

    assert 'href="/sample/3/"' in response.content.decode()


def test_public_page_that_cannot_be_shown_says_why_without_sign_in() -> None:
    response = Client().get("/public/not-ready/")

    assert response.status_code == 409
    assert WORDS in response.content.decode()


def test_stale_click_through_htmx_loads_the_page_again(client: Client) -> None:
    response = client.post(
        "/raise/stale/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/home/"},
    )

    assert (response.status_code, response["HX-Redirect"]) == (409, "/home/")
    assert told(response) == [("warning", WORDS)]


def test_click_through_htmx_with_nowhere_to_go_carries_the_message(client: Client) -> None:
    response = client.post("/raise/stale-nowhere/", headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert unquote(response["X-Portal-Message"]) == WORDS


def test_fragment_that_cannot_be_shown_carries_the_message(client: Client) -> None:
    """No redirect: a fragment loaded by its page would load that page for ever."""
    response = client.get("/raise/stale/", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (409, b"")
    assert unquote(response["X-Portal-Message"]) == WORDS
    assert "HX-Redirect" not in response


def test_draft_that_saves_itself_gets_the_error_as_json(client: Client) -> None:
    response = client.post("/raise/invalid/", headers={"X-Requested-With": "fetch"})

    assert response.status_code == 400
    assert response.json() == {"error": WORDS, "code": "invalid"}
    assert unquote(response["X-Portal-Message"]) == WORDS


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_allowed_does_not_exist(client: Client, method: str) -> None:
    response = getattr(client, method)("/raise/not-allowed/")

    assert response.status_code == 404
    assert "sample.sign" not in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "status", "data", "about"),
    [
        ("not-allowed", 404, {"tried": "sample.sign"}, "sample.paper:3"),
        ("denied", 403, {}, ""),
    ],
)
def test_refusal_is_audited_with_who_and_where_from(
    client: Client, kind: str, status: int, data: dict[str, Any], about: str
) -> None:
    response = client.get(f"/raise/{kind}/")

    assert response.status_code == status
    row = AuditRow.objects.get()
    assert (row.action, row.data, row.about) == ("access.denied", data, about)
    assert row.actor_id == int(client.session["_auth_user_id"])
    assert row.request_id == response["X-Request-ID"]
    assert row.ip == "127.0.0.1"


def test_refusal_of_a_visitor_is_audited_without_a_person() -> None:
    Client().get("/public/not-allowed/")

    assert AuditRow.objects.get().actor is None


def test_other_errors_are_left_to_django(client: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/raise/bug/")

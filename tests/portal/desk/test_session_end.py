"""A session that ends in the middle of work."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

pytestmark = pytest.mark.django_db


def test_page_leads_to_sign_in_and_back(client: Client):
    response = client.get("/desk/profile/?tab=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/login/?next=/desk/profile/%3Ftab%3D1"


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"x-requested-with": "fetch"}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_script_is_told_that_the_session_ended(client: Client, headers, method):
    response = getattr(client, method)("/desk/profile/", headers=headers)
    assert (response.status_code, response.headers["X-Portal-Session"]) == (401, "ended")
    assert response.content == b""


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/circulars/new/?kind=w#top", "/circulars/new/%3Fkind%3Dw"),
        ("http://testserver", "/desk/"),
        ("https://elsewhere.example/page/", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_sent_form_returns_to_the_page_it_stood_on(client: Client, referer, target):
    headers = {"referer": referer} if referer else {}
    response = client.post("/desk/profile/", {"phone": "1"}, headers=headers)
    assert response.headers["Location"] == f"/accounts/login/?next={target}"
    assert [message.level_tag for message in get_messages(response.wsgi_request)] == ["warning"]

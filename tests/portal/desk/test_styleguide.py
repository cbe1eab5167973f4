"""The styleguide: only where DEBUG is on, and its answers to the scripts."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/styleguide/"
# Parts of the frame, which the page shows by being a page.
FRAME = {
    "bottom_bar", "error_panel", "language_switch", "menu_list", "messages", "phone_menu",
    "search_box", "side_nav", "tone_mark", "user_menu",
}  # fmt: skip


@pytest.fixture
def client(client: Client, settings) -> Client:
    settings.DEBUG = True
    client.force_login(UserFactory())
    return client


def test_styleguide_is_not_there_without_debug(client, settings):
    settings.DEBUG = False
    assert client.get(URL).status_code == 404


def test_styleguide_shows_every_component(client):
    templates = Path(django_settings.BASE_DIR) / "templates"
    names = {path.stem for path in (templates / "components").glob("*.html")} - FRAME
    source = (templates / "desk" / "styleguide.html").read_text(encoding="utf-8")
    used = set(re.findall(r'{% (?:ui|component) "(\w+)"', source))
    # A form draws its fields and errors, moves their bar.
    assert names - used == {"field", "form_errors", "thumb_bar"}
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize(
    ("sent", "value", "done"), [("0", "22", False), ("71", "93", False), ("93", "114", True)]
)
def test_progress_goes_on_until_done(client, sent, value, done):
    html = client.get(URL, {"sent": sent}).content.decode()
    assert re.findall(r'value="(\d+)"', html) == [value]
    assert ("hx-get" not in html) is done


def test_draft_is_answered_without_content(client):
    response = client.post(URL, {}, headers={"x-requested-with": "fetch"})
    assert (response.status_code, response.content) == (204, b"")


def test_sent_form_leads_to_my_work(client):
    response = client.post(URL, {"move": "sign"})
    assert response.headers["Location"] == "/desk/"

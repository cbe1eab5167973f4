"""The language switch: kept with the account and, for visitors, in a cookie."""

import pytest
from django.conf import settings
from django.test import Client

from portal.audit.models import AuditRow
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/i18n/setlang/"


def test_switch_keeps_the_choice_with_the_account(client: Client):
    user = UserFactory(language="th")
    client.force_login(user)
    response = client.post(URL, {"language": "en", "next": "/desk/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
    user.refresh_from_db()
    assert user.language == "en"
    row = AuditRow.objects.get(action="person.profile_changed")
    assert row.data == {"fields": ["language"]}
    assert client.get("/desk/").headers["Content-Language"] == "en"


def test_visitors_choice_is_kept_in_a_cookie(client: Client):
    client.post(URL, {"language": "en", "next": "/accounts/login/"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert client.get("/accounts/login/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["", "fr", "xx"])
def test_unknown_language_changes_nothing(client: Client, language):
    user = UserFactory(language="th")
    client.force_login(user)
    client.post(URL, {"language": language})
    user.refresh_from_db()
    assert (
        user.language,
        AuditRow.objects.filter(actor=user, action="person.profile_changed").count(),
    ) == ("th", 0)


def test_switch_does_not_lead_to_another_site(client: Client):
    response = client.post(URL, {"language": "en", "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"


def test_switch_takes_posts_only(client: Client):
    assert client.get(URL).status_code == 405

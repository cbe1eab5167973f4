"""Demo accounts can be tried out, and nothing of it exists elsewhere."""

import io

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from portal.accounts.demo import AccountsDemo, demo_code
from portal.core import registry
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory, person, role_holders
from tests.portal.accounts.conftest import COMPULSORY

pytestmark = pytest.mark.django_db

PAGE = "/accounts/demo-codes/"


def load() -> str:
    out = io.StringIO()
    AccountsDemo().load(out)
    return out.getvalue()


def test_loader_runs_after_the_people():
    loader = registry.demo_loaders.get("accounts")
    assert (type(loader), loader.order) == (AccountsDemo, 20)


def test_compulsory_accounts_get_the_known_factor():
    holders = role_holders(OfficeFactory())
    assert load() == "accounts: 0 addresses confirmed, 6 second factors\n"
    owners = set(Authenticator.objects.values_list("user_id", flat=True))
    assert owners == {holders[role].pk for role in COMPULSORY}


def test_addresses_are_confirmed_also_of_people_loaded_in_bulk():
    person()
    User.objects.bulk_create(
        [User(username="bulk", email="bulk@example.com"), User(username="none")]
    )
    load()
    assert set(EmailAddress.objects.values_list("email", "verified", "primary")) == {
        (User.objects.get(username=name).email, True, True)
        for name in User.objects.exclude(email="").values_list("username", flat=True)
    }


def test_loading_again_changes_nothing():
    person(Role.DIRECTOR)
    load()
    assert load() == "accounts: 0 addresses confirmed, 0 second factors\n"


def test_account_that_was_used_is_left_alone():
    person(Role.DIRECTOR, last_login=timezone.now())
    load()
    assert Authenticator.objects.count() == 0


def test_code_of_the_page_signs_in(client, settings, sign_in_form):
    settings.DEMO = True
    person(Role.DIRECTOR, username="director")
    load()
    page = client.get(PAGE)
    assert [user.username for user in page.context["people"]] == ["director"]
    sign_in_form("director")
    client.post("/accounts/2fa/authenticate/", {"code": page.context["code"]})
    assert "_auth_user_id" in client.session


def test_page_shows_this_code_and_the_next(client, settings):
    settings.DEMO = True
    context = client.get(PAGE).context
    codes = (demo_code(-1), demo_code(), demo_code(1))
    assert (context["code"], context["next_code"]) in {codes[:2], codes[1:]}
    assert 1 <= context["seconds_left"] <= 30


def test_page_is_not_there_outside_a_demo(client):
    assert client.get(PAGE).status_code == 404
    client.force_login(UserFactory())
    assert client.get(PAGE).status_code == 404


def test_real_factor_is_not_listed(client, settings, prove):
    settings.DEMO = True
    TOTP.activate(person(Role.DIRECTOR), generate_totp_secret())
    assert client.get(PAGE).context["people"] == []


@pytest.mark.parametrize("demo", [True, False])
def test_sign_in_page_leads_to_the_codes_in_a_demo_only(client, settings, demo):
    settings.DEMO = demo
    page = client.get("/accounts/login/").content.decode()
    assert page.count(f'href="{PAGE}"') == int(demo)

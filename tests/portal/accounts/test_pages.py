"""Every page of accounts opens, in a known number of queries."""

import pytest
from django.urls import reverse

from tests.factories import person

PUBLIC = [
    ("account_login", 200),
    ("account_logout", 302),
    ("account_inactive", 200),
    ("account_reset_password", 200),
    ("account_reset_password_done", 200),
    ("account_reset_password_from_key_done", 200),
    ("account_email_verification_sent", 200),
    ("mfa_authenticate", 302),
    ("mfa_login_webauthn", 302),
    ("accounts:accept_invitation", 404),
]
OWN = [
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_list_webauthn",
    "usersessions_list",
    "accounts:security",
    "accounts:history",
    "accounts:factor_needed",
    "account_logout",
]
PROVEN = ["mfa_activate_totp", "mfa_add_webauthn"]
WITH_APP = ["mfa_reauthenticate", "accounts:passkey_options"]
PROVEN_WITH_APP = ["mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), PUBLIC)
def test_public_page_opens_without_sign_in(client, name, status):
    assert client.get(reverse(name)).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("name", OWN)
def test_own_page_opens(client, name):
    client.force_login(person())
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROVEN)
def test_page_behind_proof_opens(client, prove, name):
    user = person()
    client.force_login(user)
    prove(client, user)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", WITH_APP)
def test_page_for_who_has_a_factor_opens(client, with_app, name):
    client.force_login(with_app(person()))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROVEN_WITH_APP)
def test_page_behind_proof_for_who_has_a_factor_opens(
    client, with_app, prove, recovery_codes, name
):
    user = with_app(person())
    recovery_codes(user)
    client.force_login(user)
    prove(client, user)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.django_db
def test_sign_up_is_not_there(client):
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.django_db
def test_root_of_accounts_leads_to_sign_in(client):
    response = client.get("/accounts/")
    assert (response.status_code, response["Location"]) == (302, reverse("account_login"))

"""Signing in by name or address, with and without a second factor; wrong tries and the lock."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from portal.accounts.adapters import LOCKED, WRONG_LOGIN
from portal.accounts.demo import demo_code
from portal.accounts.models import SignIn
from portal.audit.models import AuditRow
from portal.settings import accounts as settings_module
from tests.factories import person
from tests.portal.accounts.conftest import IPHONE, WINDOWS

pytestmark = pytest.mark.django_db

WRONG = "not-the-Password-1"


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def text_of(response) -> str:
    """The page without what differs at every request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    page = re.sub(r'nonce="[^"]*"', "", page)
    return re.sub(r'name="login" value="[^"]*"', "", page)


def actions() -> list[str]:
    return list(AuditRow.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(
    "typed", ["somchai", "SOMCHAI", "somchai@example.com", "Somchai@Example.Com"]
)
def test_sign_in_by_name_or_address(client, sign_in_form, typed):
    user = person(username="somchai")
    response = sign_in_form(typed)
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert signed_in_as(client) == str(user.pk)


def test_sign_in_leads_back_to_the_page_that_was_asked(sign_in_form):
    person(username="somchai")
    assert sign_in_form("somchai", next="/desk/profile/?a=1")["Location"] == "/desk/profile/?a=1"


def test_sign_in_never_leads_to_another_site(sign_in_form):
    person(username="somchai")
    assert sign_in_form("somchai", next="https://evil.example/")["Location"] == "/desk/"


def test_page_of_a_signed_out_person_leads_to_sign_in_and_back(client):
    response = client.get("/desk/profile/?a=1")
    assert response["Location"] == "/accounts/login/?next=/desk/profile/%3Fa%3D1"


@pytest.mark.parametrize("address", ["", "@example.com"])
def test_wrong_password_and_unknown_name_look_the_same(sign_in_form, address):
    person(username="somchai")
    known = sign_in_form("somchai" + address, WRONG)
    unknown = sign_in_form("nobody" + address, WRONG)
    assert text_of(known) == text_of(unknown)
    assert known.context["form"].non_field_errors() == [str(WRONG_LOGIN)]


def test_closed_account_is_told_only_with_the_right_password(client, sign_in_form):
    person(username="somchai", is_active=False)
    unknown = sign_in_form("nobody", WRONG)
    assert text_of(sign_in_form("somchai", WRONG)) == text_of(unknown)
    assert sign_in_form("somchai")["Location"] == reverse("account_inactive")
    assert signed_in_as(client) is None


def test_history_tells_result_browser_and_address(sign_in_form):
    user = person(username="somchai")
    sign_in_form("somchai", WRONG, by=Client(headers={"User-Agent": IPHONE}))
    sign_in_form("somchai", by=Client(headers={"User-Agent": WINDOWS}, REMOTE_ADDR="192.0.2.7"))
    rows = SignIn.objects.filter(user=user).order_by("pk")
    assert list(rows.values_list("result", "method", "browser", "ip")) == [
        ("wrong_password", "", "Mobile Safari 17 · iOS 17", "127.0.0.1"),
        ("signed_in", "password", "Chrome 130 · Windows 10", "192.0.2.7"),
    ]


def test_closed_account_leaves_a_row(sign_in_form):
    person(username="somchai", is_active=False)
    sign_in_form("somchai")
    assert list(SignIn.objects.values_list("result", flat=True)) == ["inactive"]


def test_what_was_typed_for_an_unknown_name_is_kept_nowhere(sign_in_form):
    sign_in_form("my-secret-password", WRONG)
    assert SignIn.objects.count() == 0
    row = AuditRow.objects.get()
    assert (row.action, row.actor, row.about, row.data) == (
        "account.sign_in_failed",
        None,
        "",
        {"result": "wrong_password"},
    )


def test_sign_in_failure_and_sign_out_are_audited(client, sign_in_form):
    user = person(username="somchai")
    sign_in_form("somchai", WRONG)
    sign_in_form("somchai")
    client.post(reverse("account_logout"))
    assert actions() == ["account.sign_in_failed", "account.signed_in", "account.signed_out"]
    assert set(AuditRow.objects.values_list("about_type", "about_id", "office_id")) == {
        ("users.user", str(user.pk), user.office_id)
    }


def test_failure_names_nobody_as_the_actor(sign_in_form):
    person(username="somchai")
    sign_in_form("somchai", WRONG)
    assert AuditRow.objects.get().actor is None


def test_five_wrong_tries_lock_the_account(client, sign_in_form):
    person(username="somchai")
    for _try in range(5):
        sign_in_form("somchai", WRONG)
    response = sign_in_form("somchai")
    assert response.context["form"].non_field_errors() == [str(LOCKED)]
    assert signed_in_as(client) is None
    assert list(SignIn.objects.order_by("pk").values_list("result", flat=True)) == [
        *["wrong_password"] * 5,
        "locked",
    ]


def test_name_and_address_share_one_lock(sign_in_form):
    person(username="somchai")
    for typed in ("somchai", "somchai@example.com", "SOMCHAI", "somchai", "Somchai@example.com"):
        sign_in_form(typed, WRONG)
    response = sign_in_form("somchai@example.com")
    assert response.context["form"].non_field_errors() == [str(LOCKED)]


def test_lock_is_for_one_account_only(client, sign_in_form):
    person(username="somchai")
    other = person(username="malee")
    for _try in range(6):
        sign_in_form("somchai", WRONG)
    sign_in_form("malee")
    assert signed_in_as(client) == str(other.pk)


def test_unknown_name_is_locked_in_the_same_words(sign_in_form):
    person(username="somchai")
    for name in ("somchai", "nobody"):
        for _try in range(5):
            sign_in_form(name, WRONG)
    assert text_of(sign_in_form("somchai", WRONG)) == text_of(sign_in_form("nobody", WRONG))


def test_lock_opens_after_five_minutes(client, sign_in_form, monkeypatch):
    user = person(username="somchai")
    for _try in range(6):
        sign_in_form("somchai", WRONG)
    later = time.time() + 5 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    sign_in_form("somchai")
    assert signed_in_as(client) == str(user.pk)


def test_right_sign_in_does_not_use_up_tries(client, sign_in_form):
    user = person(username="somchai")
    for _try in range(7):
        sign_in_form("somchai", by=Client())
    sign_in_form("somchai")
    assert signed_in_as(client) == str(user.pk)


def test_too_many_requests_from_one_address_show_our_page(client, sign_in_form, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _try in range(2):
        sign_in_form("nobody", WRONG)
    response = sign_in_form("nobody", WRONG)
    assert response.status_code == 429
    assert [t.name for t in response.templates][:1] == ["429.html"]


def test_session_ends_with_the_browser_unless_asked_to_stay(sign_in_form):
    person(username="somchai")
    short, long = Client(), Client()
    sign_in_form("somchai", by=short)
    sign_in_form("somchai", by=long, remember="on")
    assert (short.cookies["sessionid"]["max-age"], long.cookies["sessionid"]["max-age"]) == (
        "",
        14 * 24 * 60 * 60,
    )


def test_second_factor_is_asked_after_the_password(client, sign_in_form, with_app):
    user = with_app(person(username="somchai"))
    assert sign_in_form("somchai")["Location"] == reverse("mfa_authenticate")
    assert signed_in_as(client) is None
    response = client.post(reverse("mfa_authenticate"), {"code": demo_code()})
    assert (response["Location"], signed_in_as(client)) == ("/desk/", str(user.pk))
    assert SignIn.objects.get().method == "password+totp"


def test_next_page_survives_the_second_factor(client, sign_in_form, with_app):
    with_app(person(username="somchai"))
    sign_in_form("somchai", next="/desk/profile/")
    response = client.post(reverse("mfa_authenticate"), {"code": demo_code()})
    assert response["Location"] == "/desk/profile/"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_clock_may_differ_by_half_a_minute(client, sign_in_form, with_app, steps):
    user = with_app(person(username="somchai"))
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": demo_code(steps)})
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize("steps", [-3, 3])
def test_code_of_another_minute_is_refused(client, sign_in_form, with_app, steps):
    with_app(person(username="somchai"))
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": demo_code(steps)})
    assert signed_in_as(client) is None


def test_code_in_thai_digits_with_a_blank_is_read(client, sign_in_form, with_app):
    user = with_app(person(username="somchai"))
    sign_in_form("somchai")
    thai = demo_code().translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    client.post(reverse("mfa_authenticate"), {"code": f"{thai[:3]} {thai[3:]}"})
    assert signed_in_as(client) == str(user.pk)


def test_code_is_accepted_once(client, sign_in_form, with_app):
    with_app(person(username="somchai"))
    code, other = demo_code(), Client()
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": code})
    sign_in_form("somchai", by=other)
    response = other.post(reverse("mfa_authenticate"), {"code": code})
    assert response.context["form"].errors == {
        "code": ["The code is not right or was used already. Wait for the next one."]
    }
    assert signed_in_as(other) is None


def test_code_is_still_spent_when_its_half_minute_is_over(
    client, sign_in_form, with_app, monkeypatch
):
    """With a tolerance of one step the code would be right for another half minute."""
    with_app(person(username="somchai"))
    start = (int(time.time()) // 30) * 30 + 1
    monkeypatch.setattr(time, "time", lambda: start)
    code, other = demo_code(), Client()
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": code})
    monkeypatch.setattr(time, "time", lambda: start + 35)
    sign_in_form("somchai", by=other)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in_as(other) is None


def test_recovery_code_is_accepted_once(client, sign_in_form, with_app, recovery_codes):
    user = with_app(person(username="somchai"))
    code, other = recovery_codes(user)[0], Client()
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": code})
    sign_in_form("somchai", by=other)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert (signed_in_as(client), signed_in_as(other)) == (str(user.pk), None)


def test_wrong_code_is_in_the_history_and_the_audit(client, sign_in_form, with_app):
    with_app(person(username="somchai"))
    sign_in_form("somchai")
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert SignIn.objects.get().result == "wrong_code"
    assert actions() == ["account.sign_in_failed"]


def test_five_wrong_codes_lock_the_second_step(client, sign_in_form, with_app):
    with_app(person(username="somchai"))
    sign_in_form("somchai")
    for _try in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    response = client.post(reverse("mfa_authenticate"), {"code": demo_code()})
    assert response.context["form"].errors == {"code": [str(LOCKED)]}


def test_sign_in_page_shows_words_of_ours_only(client):
    page = client.get(reverse("account_login")).content.decode()
    labels = re.findall(r"<label[^>]*>([^<]*)<", page)
    assert [label.strip() for label in labels] == [
        "User name or e-mail address",
        "Password",
        "Stay signed in on this device for two weeks",
    ]
    assert escape("Forgot the password?") in page


def test_argon2_comes_first():
    assert settings_module.PASSWORD_HASHERS[0].rpartition(".")[2] == "Argon2PasswordHasher"

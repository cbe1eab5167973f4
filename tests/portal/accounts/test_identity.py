"""Showing once more who one is, before something that cannot be undone."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django import forms

from portal.accounts.demo import demo_code
from portal.accounts.forms import IdentityForm
from portal.accounts.service import confirm_identity
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

BLOCKED = "Too many wrong tries. Wait five minutes, then try again."


def refusal(user, **given) -> tuple[str | None, str]:
    with pytest.raises(InvalidInput) as caught:
        confirm_identity(user, **given)
    return caught.value.field, str(caught.value)


def audited() -> list[tuple[str, dict]]:
    return list(AuditRow.objects.order_by("pk").values_list("action", "data"))


def test_password_is_enough_without_a_factor():
    user = person()
    confirm_identity(user, password=PASSWORD)
    assert audited() == [("account.identity_confirmed", {"method": "password"})]
    assert AuditRow.objects.get().actor == user


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": "wrong"}, "The password is not right."),
        ({"password": ""}, "Enter your password."),
        ({"code": "123456"}, "The password is not right."),
        ({}, "Enter your password."),
    ],
)
def test_wrong_password_is_refused(given, message):
    assert refusal(person(), **given) == ("password", message)
    assert audited() == [("account.identity_refused", {})]


def test_password_is_not_enough_with_a_factor(with_app):
    user = with_app(person())
    assert refusal(user, password=PASSWORD)[0] == "code"


def test_code_is_enough_with_a_factor(with_app):
    confirm_identity(with_app(person()), code=demo_code())
    assert audited() == [("account.identity_confirmed", {"method": "totp"})]


def test_code_notes_its_use(with_app):
    user = with_app(person())
    confirm_identity(user, code=demo_code())
    assert Authenticator.objects.get(user=user).last_used_at is not None


def test_code_is_accepted_once(with_app):
    user, code = with_app(person()), demo_code()
    confirm_identity(user, code=code)
    assert refusal(user, code=code) == (
        "code",
        "The code is not right or was used already. Wait for the next one.",
    )


def test_code_typed_at_sign_in_cannot_sign_a_letter(client, with_app):
    user, code = with_app(person(username="somchai")), demo_code()
    client.post("/accounts/login/", {"login": "somchai", "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert refusal(user, code=code)[0] == "code"
    confirm_identity(user, code=demo_code(1))


def test_code_of_somebody_else_is_not_spent(with_app):
    first, second, code = with_app(person()), with_app(person()), demo_code()
    confirm_identity(first, code=code)
    confirm_identity(second, code=code)


def test_recovery_code_is_accepted_once(with_app, recovery_codes):
    user = with_app(person())
    code = recovery_codes(user)[3]
    confirm_identity(user, code=f"{code[:4]}-{code[4:]}")
    assert refusal(user, code=code)[0] == "code"
    assert audited()[0] == ("account.identity_confirmed", {"method": "recovery_codes"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Enter the code of your authenticator app or a recovery code."),
        ({"code": "000000"}, "The code is not right or was used already. Wait for the next one."),
        ({"code": " - "}, "The code is not right or was used already. Wait for the next one."),
        (
            {"passkey": "no json"},
            "The code is not right or was used already. Wait for the next one.",
        ),
        ({"passkey": "[]"}, "The code is not right or was used already. Wait for the next one."),
        ({"passkey": "{}"}, "The code is not right or was used already. Wait for the next one."),
    ],
)
def test_wrong_code_is_refused(with_app, given, message):
    assert refusal(with_app(person()), **given) == ("code", message)


def test_five_wrong_tries_close_the_door_even_to_the_right_answer():
    user = person()
    for _try in range(5):
        refusal(user, password="wrong")
    assert refusal(user, password=PASSWORD) == ("password", BLOCKED)
    assert [action for action, _data in audited()] == [
        *["account.identity_refused"] * 5,
        "account.identity_blocked",
    ]


def test_door_opens_after_five_minutes(monkeypatch):
    user = person()
    for _try in range(6):
        refusal(user, password="wrong")
    later = time.time() + 5 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    confirm_identity(user, password=PASSWORD)


def test_right_answer_opens_the_count_anew():
    user = person()
    for _round in range(3):
        for _try in range(4):
            refusal(user, password="wrong")
        confirm_identity(user, password=PASSWORD)


def test_door_of_one_person_does_not_close_that_of_another():
    user, other = person(), person()
    for _try in range(6):
        refusal(user, password="wrong")
    confirm_identity(other, password=PASSWORD)


class SigningForm(IdentityForm):
    remark = forms.CharField()


def test_form_asks_what_the_person_has(with_app):
    assert list(SigningForm(user=person()).fields) == ["password", "remark"]
    assert list(SigningForm(user=with_app(person())).fields) == ["code", "passkey", "remark"]


def test_form_puts_the_refusal_at_its_field(with_app):
    by_password = SigningForm({"remark": "ok", "password": "wrong"}, user=person())
    by_code = SigningForm({"remark": "ok", "code": "000000"}, user=with_app(person()))
    assert by_password.errors == {"password": ["The password is not right."]}
    assert by_code.errors == {
        "code": ["The code is not right or was used already. Wait for the next one."]
    }


def test_form_with_another_mistake_does_not_spend_the_code(with_app):
    user, code = with_app(person()), demo_code()
    assert not SigningForm({"remark": "", "code": code}, user=user).is_valid()
    assert SigningForm({"remark": "ok", "code": code}, user=user).is_valid()


def test_count_survives_the_end_of_its_window(settings):
    """The window may end between its two steps; the try then counts as the first."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    confirm_identity(person(), password=PASSWORD)

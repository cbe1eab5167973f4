"""Where a person is signed in, and signing out there."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditRow
from tests.factories import PASSWORD, person
from tests.portal.accounts.conftest import IPHONE, WINDOWS

pytestmark = pytest.mark.django_db

LIST = "/accounts/sessions/"


@pytest.fixture
def computer(sign_in_form) -> Client:
    person(username="somchai")
    browser = Client(headers={"User-Agent": WINDOWS})
    sign_in_form("somchai", by=browser)
    return browser


@pytest.fixture
def phone(sign_in_form, computer) -> Client:
    browser = Client(headers={"User-Agent": IPHONE})
    sign_in_form("somchai", by=browser)
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/accounts/security/").status_code == 200


def session_of(browser: Client) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def test_list_shows_own_sessions_only(computer, phone, sign_in_form):
    person(username="malee")
    sign_in_form("malee")
    rows = computer.get(LIST).context["rows"]
    assert [(row["browser"], row["is_here"]) for row in rows] == [
        ("Mobile Safari 17 · iOS 17", False),
        ("Chrome 130 · Windows 10", True),
    ]


def test_sign_out_there_ends_that_session_only(computer, phone):
    response = computer.post(reverse("accounts:end_session", args=[session_of(phone).pk]))
    assert response["Location"] == LIST
    assert (is_signed_in(computer), is_signed_in(phone)) == (True, False)
    assert len(computer.get(LIST).context["rows"]) == 1


def test_ending_the_present_session_signs_out_here(computer):
    computer.post(reverse("accounts:end_session", args=[session_of(computer).pk]))
    assert not is_signed_in(computer)


def test_session_of_somebody_else_is_not_there(computer, sign_in_form):
    person(username="malee")
    other = Client()
    sign_in_form("malee", by=other)
    response = computer.post(reverse("accounts:end_session", args=[session_of(other).pk]))
    assert (response.status_code, is_signed_in(other)) == (404, True)


def test_sign_out_needs_a_click(computer, phone):
    assert (
        computer.get(reverse("accounts:end_session", args=[session_of(phone).pk])).status_code
        == 405
    )


def test_sign_out_everywhere_but_here(computer, phone):
    computer.post(LIST)
    assert (is_signed_in(computer), is_signed_in(phone)) == (True, False)


def test_sign_out_there_is_audited(computer, phone):
    computer.post(reverse("accounts:end_session", args=[session_of(phone).pk]))
    computer.post(LIST)
    wanted = ("account.session_ended", "account.other_sessions_ended")
    rows = AuditRow.objects.filter(action__in=wanted).order_by("pk")
    assert tuple(rows.values_list("action", flat=True)) == wanted


def test_change_of_password_signs_out_the_others(computer, phone):
    new = "another-Password-7"
    computer.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert (is_signed_in(computer), is_signed_in(phone)) == (True, False)
    assert UserSession.objects.count() == 1
    assert AuditRow.objects.filter(action="account.password_changed").count() == 1


def test_expired_session_is_not_listed(computer, phone):
    Session.objects.filter(session_key=phone.session.session_key).update(
        expire_date=timezone.now() - timezone.timedelta(minutes=1)
    )
    assert [row["is_here"] for row in computer.get(LIST).context["rows"]] == [True]


@pytest.mark.parametrize("minutes", [9, 11])
def test_last_use_is_noted_every_ten_minutes(computer, monkeypatch, minutes):
    before = session_of(computer).last_seen_at
    now = time.time() + minutes * 60
    monkeypatch.setattr(time, "time", lambda: now)
    computer.get(LIST)
    assert (session_of(computer).last_seen_at > before) is (minutes > 10)


def test_list_takes_the_same_queries_for_many_sessions(
    computer, django_assert_num_queries, sign_in_form
):
    computer.get(LIST)
    with django_assert_num_queries(6):
        computer.get(LIST)
    for _number in range(10):
        sign_in_form("somchai", by=Client())
    with django_assert_num_queries(6):
        assert len(computer.get(LIST).context["rows"]) == 11

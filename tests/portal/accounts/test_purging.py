"""Old rows go, young ones stay."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts.enums import SignInResult
from portal.accounts.models import AccountMail, KnownDevice, SignIn
from portal.accounts.services.purging import purge
from portal.accounts.tasks import purge as task
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """One row of each kind that is due, and one that a day is missing to."""
    user, now = person(), timezone.now()

    def days(number: int):
        return now - timedelta(days=number)

    for age in (731, 729):
        SignIn.objects.create(user=user, result=SignInResult.SIGNED_IN, at=days(age))
    for age in (401, 399):
        KnownDevice.objects.create(user=user, token_hash=str(age), last_seen_at=days(age))
    for age in (31, 29):
        AccountMail.objects.create(to="a@example.com", subject="x", text="", sent_at=days(age))
    AccountMail.objects.create(to="a@example.com", subject="waits", text="", created_at=days(99))
    for key, age in (("old", 1), ("young", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=days(age))
        UserSession.objects.create(user=user, ip="192.0.2.1", session_key=key, user_agent="x")


@pytest.mark.usefixtures("rows")
def test_old_rows_go():
    assert purge() == {"sign_ins": 1, "devices": 1, "mails": 1, "sessions": 1}


@pytest.mark.usefixtures("rows")
def test_young_rows_and_waiting_mails_stay():
    task()
    assert purge() == {"sign_ins": 0, "devices": 0, "mails": 0, "sessions": 0}
    assert [d.token_hash for d in KnownDevice.objects.all()] == ["399"]
    assert {m.subject for m in AccountMail.objects.all()} == {"x", "waits"}
    assert [s.session_key for s in UserSession.objects.all()] == ["young"]

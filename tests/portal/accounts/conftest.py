"""People with and without second factors, and browsers that sign in like people do."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.org.enums import Role
from portal.org.models import Office
from portal.users.models import User
from tests.factories import PASSWORD, OfficeFactory, person

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)


COMPULSORY = {
    Role.DIRECTOR,
    Role.DEPUTY,
    Role.REGISTRY,
    Role.COMPLAINT_OFFICER,
    Role.IDENTITY_CUSTODIAN,
    Role.SYSADMIN,
}
"""Roles that need a second factor, as the settings have it."""


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The words of these tests are those of the code."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


@pytest.fixture
def clerk(office: Office) -> User:
    """Somebody who invites."""
    return person(Role.REGISTRY, office=office)


@pytest.fixture
def recovery_codes() -> Callable[[User], list[str]]:
    def make(user: User) -> list[str]:
        return RecoveryCodes.activate(user).get_unused_codes()

    return make


@pytest.fixture
def sign_in_form(client: Client) -> Callable[..., HttpResponse]:
    """``sign_in_form(login, password)`` posts the sign-in page."""

    def post(login: str, password: str = PASSWORD, *, by: Client = client, **extra: Any):
        return by.post(reverse("account_login"), {"login": login, "password": password} | extra)

    return post


@pytest.fixture
def prove() -> Callable[[Client, User], None]:
    """``prove(client, user)``: the person showed a moment ago that it is them."""

    def confirm(client: Client, user: User) -> None:
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()

    return confirm


@pytest.fixture
def outbox(run_deferred: Callable[..., int]) -> Callable[[], list[EmailMessage]]:
    """What has left once the waiting tasks have run."""

    def send() -> list[EmailMessage]:
        run_deferred()
        return mail.outbox

    return send


def factor_kinds(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))

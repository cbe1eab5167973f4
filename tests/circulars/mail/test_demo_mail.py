"""The demo office has mails that wait, once."""

import io

import pytest

from circulars.demo_mail import MAILS, MailDemo
from circulars.mail.enums import MailState
from circulars.models import IncomingMail
from portal.core import registry

pytestmark = pytest.mark.django_db


def test_demo_mails_wait_and_load_once() -> None:
    MailDemo().load(io.StringIO())
    assert IncomingMail.objects.count() == 0
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())
    for _run in range(2):
        MailDemo().load(io.StringIO())
    states = sorted(IncomingMail.objects.values_list("state", flat=True))
    assert states == [MailState.SET_ASIDE] + [MailState.WAITING] * (len(MAILS) - 1)

"""Two clerks at one mail, two workers at one mailbox."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from circulars.models import IncomingMail, Letter, Outbound, RegisterEntry
from circulars.services import mail_in, mail_triage
from portal.core.errors import PortalError
from portal.org.enums import Role
from portal.org.service import central_registry
from tests.factories import person
from tests.factories.letters import make_world
from tests.factories.mails import mail_bytes, make_mailbox

pytestmark = pytest.mark.django_db(transaction=True)
ARRIVED = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run the calls in threads that start together; the kinds of what they returned or met."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=20)
            return call()
        except PortalError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(type(result).__name__ for result in pool.map(run, calls))


def test_two_clerks_register_a_mail_at_once(settings: object) -> None:
    settings.INSIDE_HOSTS = ["127.0.0.1"]
    world = make_world(schools=0)
    second = person(Role.REGISTRY, central_registry(world.office))
    mail = mail_in.keep(mailbox=make_mailbox(world), raw=mail_bytes(), arrived_at=ARRIVED)
    assert mail is not None

    def confirm(clerk: object) -> object:
        own = IncomingMail.objects.select_related("mailbox__office").get(pk=mail.pk)
        return mail_triage.confirm(mail=own, actor=clerk, sender="x", subject="x")

    outcome = at_once(lambda: confirm(world.registry), lambda: confirm(second))
    assert outcome == ["Delivery", "StaleAction"]
    assert [Letter.objects.count(), Outbound.objects.count()] == [1, 1]
    assert list(RegisterEntry.objects.values_list("number", flat=True)) == [1]


def test_two_workers_keep_a_mail_at_once(settings: object) -> None:
    settings.INSIDE_HOSTS = ["127.0.0.1"]
    mailbox = make_mailbox(make_world(schools=0))
    keep = [lambda: mail_in.keep(mailbox=mailbox, raw=mail_bytes(), arrived_at=ARRIVED)] * 2
    assert at_once(*keep) == ["IncomingMail", "NoneType"]
    assert IncomingMail.objects.count() == 1

"""Real Celery workers, a real mail server, and SIGKILL in the middle."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from portal.notifications.enums import DeliveryState
from portal.notifications.models import Delivery
from portal.notifications.sending import NOTED_TOGETHER, sweep
from portal.notifications.service import notify
from portal.org.models import Office
from portal.users.models import User
from tests.factories import OfficeFactory
from tests.plugins.deferred import Worker, wait_for
from tests.servers.smtp import MailServer

PEOPLE = 500
PROCESSES = 2
LEASE = 3  # seconds


def people_of(office: Office) -> list[User]:
    return User.objects.bulk_create(
        User(office=office, username=f"p{n}", email=f"p{n}@example.com", first_name=f"คนที่ {n}")
        for n in range(PEOPLE)
    )


def tell_all(office: Office) -> None:
    with transaction.atomic():
        notify(
            kind="files.infected",
            to=User.objects.filter(office=office),
            about=office,
            url="/desk/",
            context={"name": "a.pdf", "signature": "Test"},
        )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """Not started yet; the workers are told of it."""
    server = MailServer()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv("NOTIFICATIONS_LEASE", str(LEASE))
    return server


def count(state: DeliveryState) -> int:
    return Delivery.objects.filter(state=state).count()


def test_worker_killed_in_the_middle_of_500_mails_loses_none(
    start_worker: Callable[..., Worker], server: MailServer
) -> None:
    office = OfficeFactory()
    people = people_of(office)
    first = start_worker(processes=PROCESSES)

    def kill_at_200(mails: int) -> None:
        # The server has this mail and has not said so yet: the sender will never know.
        if mails == 200:
            first.kill()

    server.on_mail = kill_at_200
    with server:
        tell_all(office)
        wait_for(lambda: first.process.poll() is not None)
        taken = len(server.mails)
        marked = count(DeliveryState.SENT)
        assert 200 <= taken < PEOPLE
        assert 1 <= taken - marked <= PROCESSES * NOTED_TOGETHER
        assert count(DeliveryState.CLAIMED) >= 1

        start_worker(processes=PROCESSES)
        over = Delivery.objects.filter(state=DeliveryState.CLAIMED, next_at__gt=timezone.now())
        wait_for(lambda: not over.filter(next_at__gt=timezone.now()).exists())
        assert sweep() >= 1
        Delivery.objects.filter(state=DeliveryState.FAILED).update(next_at=timezone.now())
        sweep()
        wait_for(lambda: count(DeliveryState.SENT) == PEOPLE)

    received = Counter(server.recipients)
    assert set(received) == {user.email for user in people}
    doubled = {address for address, times in received.items() if times > 1}
    assert len(server.mails) - PEOPLE == taken - marked == len(doubled)
    ids = Counter(server.ids())
    assert len(ids) == PEOPLE
    assert sorted(ids.values()) == sorted(received.values())
    assert {
        mail["To"].addresses[0].addr_spec for mail in server.mails if ids[mail["Message-ID"]] > 1
    } == doubled


def test_two_workers_send_each_mail_once(
    start_worker: Callable[..., Worker], server: MailServer
) -> None:
    office = OfficeFactory()
    people = people_of(office)
    with server:
        start_worker(processes=PROCESSES)
        tell_all(office)
        wait_for(lambda: count(DeliveryState.SENT) == PEOPLE)

    assert Counter(server.recipients) == Counter(user.email for user in people)
    assert len(set(server.ids())) == PEOPLE

"""Batches, refusals, outages, leases: what becomes of every mail."""

import smtplib
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.core.models import DeferredTask
from portal.notifications import sending
from portal.notifications.claiming import Queue
from portal.notifications.enums import DeliveryState
from portal.notifications.lines import Line
from portal.notifications.models import Delivery
from portal.notifications.outcomes import BACK_OFF, Failure, failure_of
from portal.notifications.sending import send_due, sweep
from portal.notifications.service import notify
from portal.notifications.tasks import sweep as sweep_task
from tests.factories import OfficeFactory, UserFactory
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.usefixtures("wording")

S = DeliveryState


def tell(office, count: int = 1, kind: str = "sample.news") -> list[Delivery]:
    people = [UserFactory(office=office) for _number in range(count)]
    notify(kind=kind, to=people, about=office, url="/desk/", context={"title": "x"})
    return list(Delivery.objects.filter(notification__person__in=people).order_by("pk"))


def reread(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_related("notification__person").get(pk=delivery.pk)


def address(delivery: Delivery) -> str:
    return delivery.notification.person.email


def states() -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def make_due() -> None:
    """Let the clock pass every waiting time."""
    Delivery.objects.exclude(state__in=[S.SENT, S.DEAD]).update(next_at=timezone.now())


def waits(delivery: Delivery) -> timedelta:
    """Until the next attempt, to the half minute."""
    left = reread(delivery).next_at - timezone.now()
    return timedelta(seconds=30 * round(left.total_seconds() / 30))


# Sending


def test_send_due_sends_all_its_batches_over_one_connection(
    settings, office, smtp: MailServer
) -> None:
    settings.NOTIFICATIONS_BATCH = 4
    deliveries = tell(office, 10)

    assert send_due() == 10

    assert sorted(smtp.recipients) == sorted(address(delivery) for delivery in deliveries)
    assert smtp.sessions == 1
    for delivery in Delivery.objects.all():
        assert (delivery.state, delivery.attempts, delivery.reason) == (S.SENT, 1, "")
        assert delivery.sent_at is not None


def test_send_due_with_nothing_due_opens_no_connection(office, smtp: MailServer) -> None:
    [delivery] = tell(office)
    Delivery.objects.update(next_at=timezone.now() + timedelta(seconds=30))

    assert (send_due(), smtp.sessions) == (0, 0)
    assert reread(delivery).state == S.PENDING


def test_send_due_run_twice_sends_once(office, smtp: MailServer) -> None:
    tell(office, 3)

    assert (send_due(), send_due(), len(smtp.mails)) == (3, 0, 3)


def test_send_due_leaves_the_rest_to_another_task_when_its_turn_is_over(
    settings, office, smtp: MailServer, monkeypatch
) -> None:
    monkeypatch.setattr(sending, "TURN", 0)
    settings.NOTIFICATIONS_BATCH = 2
    tell(office, 3)
    DeferredTask.objects.all().delete()

    assert send_due() == 2
    assert list(DeferredTask.objects.values_list("name", flat=True)) == ["notifications.send_due"]
    assert states() == {S.SENT: 2, S.PENDING: 1}


def test_send_due_takes_a_fixed_number_of_queries_and_one_for_every_ten_mails(
    office, smtp: MailServer, django_assert_num_queries
) -> None:
    fixed = 7
    for count, noted in ((1, 1), (10, 1), (11, 2), (30, 3)):
        tell(office, count)
        with django_assert_num_queries(fixed + noted):
            assert send_due() == count


def test_fault_in_the_middle_of_a_batch_forgets_nothing_that_was_sent(
    office, smtp: MailServer, monkeypatch
) -> None:
    real = Line.send

    def faulty(line, mail) -> None:
        if len(smtp.mails) == 3:
            raise KeyboardInterrupt
        real(line, mail)

    monkeypatch.setattr(Line, "send", faulty)
    tell(office, 5)

    with pytest.raises(KeyboardInterrupt):
        send_due()
    assert states() == {S.SENT: 3, S.CLAIMED: 2}


def test_synchronous_commit_is_the_servers_again_afterwards(office, smtp: MailServer) -> None:
    tell(office)
    send_due()

    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
        assert cursor.fetchone() != ("session",)


# Refusals


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 5.1.1 No such user", S.DEAD),
        ("552 5.2.2 Mailbox full", S.DEAD),
        ("450 4.2.1 Try again later", S.FAILED),
        ("451 Greylisted", S.FAILED),
    ],
)
def test_refused_recipient(office, smtp: MailServer, answer: str, state: DeliveryState) -> None:
    first, second, third = tell(office, 3)
    smtp.answers[address(second)] = answer

    assert send_due() == 2

    refused = reread(second)
    assert (refused.state, refused.attempts, refused.reason) == (state, 1, answer)
    assert (reread(first).state, reread(third).state) == (S.SENT, S.SENT)
    assert smtp.sessions == 1


@pytest.mark.parametrize(
    ("answer", "state"), [("554 5.7.1 Spam", S.DEAD), ("452 4.3.1 Full", S.FAILED)]
)
def test_refused_content(office, smtp: MailServer, answer: str, state: DeliveryState) -> None:
    [delivery] = tell(office)
    smtp.data_answer = lambda envelope: answer

    assert send_due() == 0
    assert (reread(delivery).state, reread(delivery).reason) == (state, answer)


def test_refused_sender_is_never_the_fault_of_a_mail(office, smtp: MailServer) -> None:
    [delivery] = tell(office)
    smtp.sender_answer = "550 Sender unknown"

    send_due()
    assert (reread(delivery).state, reread(delivery).reason) == (S.FAILED, "550 Sender unknown")


def test_temporary_failure_is_tried_again_ever_later_and_then_given_up(
    office, smtp: MailServer
) -> None:
    [delivery] = tell(office)
    smtp.answers[address(delivery)] = "450 Not now"
    waited = []
    for _attempt in range(len(BACK_OFF)):
        send_due()
        assert reread(delivery).state == S.FAILED
        waited.append(waits(delivery))
        assert send_due() == 0
        make_due()

    assert waited == list(BACK_OFF)
    assert waited[:4] == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]
    send_due()
    dead = reread(delivery)
    assert (dead.state, dead.attempts, dead.reason) == (S.DEAD, 10, "450 Not now")
    make_due()
    assert (send_due(), reread(delivery).state) == (0, S.DEAD)


def test_temporary_failure_that_passes_is_sent(office, smtp: MailServer) -> None:
    [delivery] = tell(office)
    smtp.answers[address(delivery)] = "450 Not now"
    send_due()
    smtp.answers.clear()
    make_due()

    assert send_due() == 1
    assert (reread(delivery).state, reread(delivery).attempts, reread(delivery).reason) == (
        S.SENT,
        2,
        "",
    )


def test_address_that_is_none_is_given_up(office, smtp: MailServer) -> None:
    bad, good = tell(office, 2)
    bad.notification.person.email = "no address at all@"
    bad.notification.person.save()

    assert send_due() == 1
    assert reread(bad).state == S.DEAD
    assert reread(good).state == S.SENT


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_person_who_left_meanwhile_gets_no_mail(office, smtp: MailServer, change: dict) -> None:
    [delivery] = tell(office)
    for name, value in change.items():
        setattr(delivery.notification.person, name, value)
    delivery.notification.person.save()

    assert (send_due(), smtp.mails) == (0, [])
    assert (reread(delivery).state, reread(delivery).reason) == (
        S.DEAD,
        "The person has no address.",
    )


def test_wording_that_fails_holds_up_no_other_mail(office, smtp: MailServer) -> None:
    [broken] = tell(office, kind="sample.broken")
    [fine] = tell(office)

    assert send_due() == 1
    assert (reread(broken).state, reread(broken).reason) == (
        S.FAILED,
        "Wording: TemplateSyntaxError",
    )
    assert reread(fine).state == S.SENT


# Outages


def test_server_down_for_an_hour_loses_nothing(
    settings, office, run_deferred: Callable[..., int]
) -> None:
    settings.NOTIFICATIONS_BATCH = 50
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with MailServer() as gone:
        settings.EMAIL_PORT = gone.port
    deliveries = tell(office, 120)

    for _minute in range(60):
        sweep()
        run_deferred()
        make_due()
    assert states()[S.FAILED] >= 50
    assert set(states()) <= {S.FAILED, S.PENDING}
    assert {delivery.attempts for delivery in Delivery.objects.all()} == {0}

    with MailServer(settings.EMAIL_PORT) as back:
        sweep()
        run_deferred()

    assert states() == {S.SENT: 120}
    assert sorted(back.recipients) == sorted(address(delivery) for delivery in deliveries)


def test_server_down_is_asked_again_after_a_minute_by_one_batch_only(settings, office) -> None:
    settings.NOTIFICATIONS_BATCH = 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with MailServer() as gone:
        settings.EMAIL_PORT = gone.port
    deliveries = tell(office, 5)

    assert send_due() == 0
    assert states() == {S.FAILED: 2, S.PENDING: 3}
    assert waits(deliveries[0]) == timedelta(minutes=1)
    assert reread(deliveries[0]).reason == "ConnectionRefusedError: [Errno 111] Connection refused"


def test_server_that_goes_away_in_the_middle(office, smtp: MailServer) -> None:
    """The mail in hand has failed; what was not tried goes back as it was."""
    tell(office, 5)
    smtp.data_answer = lambda envelope: "421 Going down" if len(smtp.mails) == 2 else ""

    assert send_due() == 2

    assert states() == {S.SENT: 2, S.FAILED: 1, S.PENDING: 2}
    failed = Delivery.objects.get(state=S.FAILED)
    assert (failed.attempts, failed.reason) == (1, "421 Going down")
    assert set(Delivery.objects.filter(state=S.PENDING).values_list("attempts", "reason")) == {
        (0, "")
    }
    smtp.data_answer = lambda envelope: ""
    make_due()
    assert send_due() == 3
    assert len(set(smtp.ids())) == 5


def test_server_that_takes_only_two_mails_over_a_connection(office, smtp: MailServer) -> None:
    """It says so with 421 and waits for a new connection; no mail has failed by that."""
    tell(office, 5)
    taken = iter(["", "", "421 Too many mails"] * 3)
    smtp.data_answer = lambda envelope: next(taken)

    assert send_due() == 5

    assert states() == {S.SENT: 5}
    assert (smtp.sessions, len(set(smtp.ids()))) == (3, 5)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_batch_that_takes_too_long_gives_the_rest_back(settings, office, smtp: MailServer) -> None:
    settings.NOTIFICATIONS_LEASE = 0
    tell(office, 3)

    [first, *rest] = Queue().claim(timezone.now())
    settings.NOTIFICATIONS_LEASE = -1
    with closing(Line()) as line:
        assert sending._send_batch([first, *rest], sending.Wordings(), line) == (1, True)
    assert states() == {S.SENT: 1, S.PENDING: 2}


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            smtplib.SMTPRecipientsRefused({"a@b": (550, b"No\n such user")}),
            Failure("550 No such user", permanent=True),
        ),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"Later")}), Failure("450 Later")),
        (smtplib.SMTPSenderRefused(550, b"No", "a@b"), Failure("550 No")),
        (smtplib.SMTPDataError(554, "Spam"), Failure("554 Spam", permanent=True)),
        (smtplib.SMTPDataError(421, b"Bye"), Failure("421 Bye", is_over=True)),
        (
            smtplib.SMTPNotSupportedError("no UTF8"),
            Failure("SMTPNotSupportedError: no UTF8", permanent=True),
        ),
        (ValueError("bad"), Failure("ValueError: bad", permanent=True)),
        (
            smtplib.SMTPServerDisconnected("lost"),
            Failure("SMTPServerDisconnected: lost", is_over=True),
        ),
        (TimeoutError("timed out"), Failure("TimeoutError: timed out", is_over=True)),
        (
            smtplib.SMTPDataError(554, b"x" * 400),
            Failure("554 " + "x" * 296, permanent=True),
        ),
    ],
)
def test_failure_of(error: Exception, failure: Failure) -> None:
    assert failure_of(error) == failure


# Claims and leases


def test_claim_takes_a_batch_that_nobody_else_gets(transactional_db, settings) -> None:
    settings.NOTIFICATIONS_BATCH = 3
    tell(OfficeFactory(), 9)
    taken: list[list[int]] = []
    ready = threading.Barrier(3)

    def take() -> None:
        try:
            ready.wait(10)
            taken.append([delivery.pk for delivery in Queue().claim(timezone.now())])
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    everything = [pk for batch in taken for pk in batch]
    assert len(taken) == 3
    assert len(everything) == len(set(everything))
    assert states().get(S.CLAIMED, 0) == len(everything)


def test_claim_takes_the_longest_due_first(settings, office) -> None:
    settings.NOTIFICATIONS_BATCH = 1
    old, *_others = tell(office, 3)[::-1]
    Delivery.objects.filter(pk=old.pk).update(next_at=timezone.now() - timedelta(hours=1))

    assert [delivery.pk for delivery in Queue().claim(timezone.now())] == [old.pk]


def test_sweep_frees_what_a_dead_worker_held(
    settings, office, smtp: MailServer, run_deferred: Callable[..., int]
) -> None:
    settings.NOTIFICATIONS_LEASE = 300
    tell(office, 2)
    Queue().claim(timezone.now())
    assert (sweep(), states()) == (0, {S.CLAIMED: 2})

    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert sweep() == 2
    assert states() == {S.FAILED: 2}
    freed = Delivery.objects.first()
    assert (freed.attempts, freed.reason) == (
        1,
        "The worker that was sending it did not finish.",
    )
    make_due()
    run_deferred()
    assert states() == {S.SENT: 2}


def test_sweep_gives_up_a_mail_that_kills_every_worker(office) -> None:
    [delivery] = tell(office)
    for _attempt in range(len(BACK_OFF) + 1):
        make_due()
        Queue().claim(timezone.now())
        Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        sweep()

    assert (reread(delivery).state, reread(delivery).attempts) == (S.DEAD, 10)


def test_sweep_starts_senders_only_where_mails_wait_and_nobody_is_at_work(
    settings, office
) -> None:
    settings.NOTIFICATIONS_SENDERS = 2

    def started() -> int:
        DeferredTask.objects.all().delete()
        sweep_task()
        return DeferredTask.objects.filter(name="notifications.send_due").count()

    assert started() == 0
    first, second = tell(office, 2)
    assert started() == 2
    Delivery.objects.filter(pk=first.pk).update(
        state=S.CLAIMED, next_at=timezone.now() + timedelta(minutes=5)
    )
    assert started() == 0
    Delivery.objects.filter(pk=first.pk).update(state=S.SENT)
    Delivery.objects.filter(pk=second.pk).update(next_at=timezone.now() + timedelta(hours=1))
    assert started() == 0

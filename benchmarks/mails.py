"""Notices by mail through two workers, against one connection that sends the same messages."""

import smtplib
import time
from collections.abc import Callable
from functools import partial

from aiosmtpd.controller import Controller
from celery import current_app
from django.db.models import QuerySet

from benchmarks.database import execute, vacuum
from benchmarks.mailserver import Keeper, Message
from benchmarks.report import Figure
from benchmarks.servers import free_port, listens, running
from benchmarks.timing import interleaved, seconds
from circulars.effects.notices import tell
from circulars.models import Letter
from portal.core.models import DeferredState, DeferredTask
from portal.embedded.children import Child
from portal.notifications.enums import DeliveryState
from portal.notifications.models import Delivery
from portal.org.models import Office
from portal.users.models import User

REACH = 1.0
WORKERS = 2
PATIENCE = 300  # seconds until a mail that was not sent counts as lost
POLL = 0.02  # seconds
TABLES = (
    "notifications_delivery",
    "notifications_notification",
    "notifications_notice",
    "core_deferredtask",
)


def measure(office: Office, letter: Letter, mails: int, rounds: int) -> Figure:
    """Mails a second, from the call that tells ``mails`` people until all are marked sent."""
    people = _people(office, mails)
    port = free_port()
    address = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "C_FORCE_ROOT": "1"}
    worker = ["-m", "celery", "-A", "portal", "worker", "--concurrency", str(WORKERS)]
    worker += ["--loglevel", "INFO"]
    sink = ["-m", "benchmarks.mailserver", str(port)]
    current_app.control.purge()
    with running("worker", *worker, ready=_is_ready, **address):
        work = partial(_by_workers, letter, people, mails)
        messages = _kept(port, work)
        with running("mail server", *sink, ready=listens(port)):
            work()  # untimed: connections are made anew
            rates = interleaved(rounds, work=work, ceiling=partial(_by_hand, port, messages))
    _take_out()
    return Figure(
        name="notification mails",
        size=f"{mails:,} mails, {WORKERS} workers",
        unit="mails",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=REACH,
        held=len(messages) == mails,
        note=f"{len(messages[0][2]) / 1024:.1f} KiB each",
    )


def _people(office: Office, count: int) -> "QuerySet[User]":
    """The first people of an office: their keys follow one another."""
    first = User.objects.filter(office=office).order_by("pk").values_list("pk", flat=True)[0]
    return User.objects.filter(office=office, pk__gte=first, pk__lt=first + count)


def _is_ready(worker: Child) -> bool:
    return " ready." in worker.log.read_text()


def _by_workers(letter: Letter, people: "QuerySet[User]", mails: int) -> float:
    _take_out()
    told = partial(tell, "delivered", people, letter, letter.drafter, letter.get_received_url())

    def deliver() -> None:
        told()
        _wait_until_sent(mails)

    return mails / seconds(deliver)


def _wait_until_sent(mails: int) -> None:
    sent = Delivery.objects.filter(state=DeliveryState.SENT)
    left = Delivery.objects.exclude(state__in=[DeliveryState.SENT, DeliveryState.DEAD])
    _wait_while(left)
    if sent.count() != mails:
        raise RuntimeError(f"{sent.count()} of {mails} mails were sent")


def _by_hand(port: int, messages: list[Message]) -> float:
    return len(messages) / seconds(partial(_send_all, port, messages))


def _send_all(port: int, messages: list[Message]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for sender, to, data in messages:
            server.sendmail(sender, to, data)


def _kept(port: int, send: Callable[[], object]) -> list[Message]:
    """The messages of one round, as they came over the line."""
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        send()
    finally:
        controller.stop()
    return keeper.messages


def _take_out() -> None:
    """Empty tables for the next round, once the workers have put down what they had."""
    _wait_while(DeferredTask.objects.filter(state=DeferredState.PENDING))
    execute(f"TRUNCATE {', '.join(TABLES)}")
    vacuum(*TABLES)


def _wait_while(rows: QuerySet) -> None:
    deadline = time.monotonic() + PATIENCE
    while rows.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"Still there after {PATIENCE} s: {rows.count()} rows")
        time.sleep(POLL)

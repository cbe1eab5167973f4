"""Work promised by a transaction and done by Celery after it, even when a process dies.

``defer()`` stores a row in the caller's transaction and publishes it after commit. A worker
claims the row for the task's lease, runs the task and marks the row done. Whatever got lost on
the way (broker down, process killed) is published again by ``core.republish_deferred``. So a
task may run twice, and must be safe to.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ParamSpec

from celery import Task, current_app, shared_task
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.core.context import new_request_id, origin, originating
from portal.core.errors import NotAllowed, PortalError, denied
from portal.core.models import DeferredState, DeferredTask

__all__ = ["defer", "known_names", "portal_task", "purge", "republish", "retry", "run_pending"]

logger = logging.getLogger(__name__)
P = ParamSpec("P")

# Seconds until the next attempt after the first, second … failure; then the task is dead.
BACK_OFF = (60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600)
LEASE = 300  # seconds that one run may take
FIRST_SWEEP = 60  # seconds after which an unfinished publication counts as lost
NEXT_SWEEP = 300  # seconds between further publications of the same row
SWEEP_SIZE = 1000


@dataclass(frozen=True, slots=True)
class _Known:
    """A task of ours: what to run and how long and how often it may be tried."""

    name: str
    work: Callable[..., None]
    lease: int
    back_off: Sequence[int]


_known: dict[str, _Known] = {}


def defer(name: str, *args: int | str, countdown: int = 0, times: int = 1) -> None:
    """Have the task ``name`` run with ``args`` once the current transaction has committed.

    ``countdown`` is in seconds; more than a minute is kept to the minute. With ``times`` so many
    workers share the work.
    """
    start = timezone.now() + timedelta(seconds=countdown)
    soon = countdown < FIRST_SWEEP
    rows = DeferredTask.objects.bulk_create(
        DeferredTask(
            name=name,
            args=list(args),
            publish_after=start + timedelta(seconds=FIRST_SWEEP if soon else 0),
            request_id=origin().request_id,
        )
        for _one in range(times)
    )
    for row in rows if soon else ():
        transaction.on_commit(partial(_publish_quietly, row.pk, name, countdown))


def portal_task(
    name: str, *, lease: int = LEASE, back_off: Sequence[int] = BACK_OFF
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function the task ``name``; it stays callable as before.

    One run may take ``lease`` seconds, CELERY_TASK_TIME_LIMIT at most: after that the broker
    would give the message to a second worker. After a failure it is tried again when the next
    number of seconds in ``back_off`` has passed, and given up when there is none left.
    """
    if lease > settings.CELERY_TASK_TIME_LIMIT:
        raise ImproperlyConfigured(f"{name}: a lease of {lease} s is longer than any task may run")

    def decorate(work: Callable[P, None]) -> Callable[P, None]:
        known = _Known(name, work, lease, tuple(back_off))
        _known[name] = known

        @shared_task(name=name, bind=True, time_limit=lease, ignore_result=True)
        def run(task: Task, deferred_id: int) -> None:
            _run(known, deferred_id, message_id=task.request.id or "")

        return work

    return decorate


def known_names() -> frozenset[str]:
    """The names of all tasks that can be deferred."""
    current_app.loader.import_default_modules()
    return frozenset(_known)


def retry(rows: QuerySet[DeferredTask]) -> int:
    """Give tasks that were given up another full round of attempts; returns how many."""
    return rows.filter(state=DeferredState.DEAD).update(
        state=DeferredState.PENDING,
        attempts=0,
        error_code="",
        publish_after=timezone.now(),
        claimed_until=None,
        claimed_by="",
        finished_at=None,
    )


def republish() -> int:
    """Publish what is due and was lost by a crash or a broken connection; returns how many."""
    names, now, sent = known_names(), timezone.now(), 0
    with transaction.atomic():
        due = DeferredTask.objects.select_for_update(skip_locked=True).filter(
            state=DeferredState.PENDING, publish_after__lte=now
        )
        for row in due.order_by("publish_after")[:SWEEP_SIZE]:
            if row.name not in names:
                _bury(row.pk, "unknown_task")
                continue
            if not _publish_quietly(row.pk, row.name, 0):
                break
            row.publish_after = now + timedelta(seconds=NEXT_SWEEP)
            row.save(update_fields=["publish_after"])
            sent += 1
    return sent


def purge(*, days: int | None = None) -> int:
    """Delete what was done more than ``days`` days ago; returns how many rows."""
    keep = settings.DEFERRED_KEEP_DAYS if days is None else days
    old = DeferredTask.objects.filter(
        state=DeferredState.DONE, finished_at__lt=timezone.now() - timedelta(days=keep)
    )
    return old.delete()[0]


def run_pending(*, later: bool = False, propagate: bool = True) -> int:
    """Run what is waiting in this process, until nothing is left; returns how many runs.

    For tests and the shell. ``later`` includes what waits for a back-off or countdown;
    ``propagate`` lets the errors of the tasks out instead of storing them.
    """
    names, run_id, runs = known_names(), new_request_id(), 0
    seen: set[int] = set()
    while row := _next_pending(later=later, leave=seen):
        seen.add(row.pk)
        if row.name not in names:
            raise LookupError(f"No task is named {row.name!r}")
        runs += _run(_known[row.name], row.pk, message_id=run_id, propagate=propagate)
    return runs


def _next_pending(*, later: bool, leave: set[int]) -> DeferredTask | None:
    rows = DeferredTask.objects.filter(state=DeferredState.PENDING).exclude(pk__in=leave)
    if not later:
        now = timezone.now()
        fresh = Q(attempts=0, publish_after__lte=now + timedelta(seconds=FIRST_SWEEP))
        rows = rows.filter(fresh | Q(publish_after__lte=now))
    return rows.order_by("pk").first()


def _publish_quietly(deferred_id: int, name: str, countdown: int) -> bool:
    """Hand a row to the broker; when the broker is away, the sweeper will do it later."""
    try:
        current_app.send_task(name, args=[deferred_id], countdown=countdown, retry=False)
    except OperationalError:
        logger.warning("Broker away: task %s #%s is left to the sweeper", name, deferred_id)
        return False
    return True


def _run(known: _Known, deferred_id: int, *, message_id: str, propagate: bool = False) -> bool:
    """Claim the row and run its task; False when there is nothing (left) to do."""
    row = _claim(known, deferred_id, message_id)
    if row is None:
        return False
    try:
        with originating(request_id=row.request_id or new_request_id()):
            known.work(*row.args)
    except Exception as error:  # the boundary of a task: whatever fails is tried again
        _failed(known, row, error)
        if propagate:
            raise
        return True
    _finish(row)
    return True


def _claim(known: _Known, deferred_id: int, message_id: str) -> DeferredTask | None:
    """Take the row for one lease, unless it is finished or another message is at work on it.

    A message that comes back to us was given back by the broker since its worker died.
    """
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_by=message_id)
    until = now + timedelta(seconds=known.lease)
    taken = DeferredTask.objects.filter(free, pk=deferred_id, state=DeferredState.PENDING).update(
        attempts=F("attempts") + 1,
        claimed_by=message_id,
        claimed_until=until,
        publish_after=until,
    )
    if not taken:
        return None
    row = DeferredTask.objects.get(pk=deferred_id)
    if row.attempts > len(known.back_off) + 1:
        _bury(row.pk, row.error_code or "worker_lost")
        return None
    return row


def _finish(row: DeferredTask) -> None:
    DeferredTask.objects.filter(pk=row.pk).update(
        state=DeferredState.DONE,
        error_code="",
        claimed_until=None,
        finished_at=timezone.now(),
    )


def _failed(known: _Known, row: DeferredTask, error: Exception) -> None:
    code = error_code(error)
    logger.exception("Task %s #%s failed (%s)", row.name, row.pk, code)
    if isinstance(error, NotAllowed):
        denied.send(sender=DeferredTask, exception=error)
    if row.attempts > len(known.back_off):
        _bury(row.pk, code)
        return
    wait = timedelta(seconds=known.back_off[row.attempts - 1])
    _still_mine(row).update(
        error_code=code, claimed_until=None, claimed_by="", publish_after=timezone.now() + wait
    )


def _still_mine(row: DeferredTask) -> QuerySet[DeferredTask]:
    """The row, unless the lease ran out and another worker has taken it meanwhile."""
    return DeferredTask.objects.filter(
        pk=row.pk, state=DeferredState.PENDING, attempts=row.attempts
    )


def _bury(deferred_id: int, code: str) -> None:
    DeferredTask.objects.filter(pk=deferred_id, state=DeferredState.PENDING).update(
        state=DeferredState.DEAD,
        error_code=code,
        claimed_until=None,
        finished_at=timezone.now(),
    )
    logger.error("Deferred task #%s was given up (%s)", deferred_id, code)


def error_code(error: Exception) -> str:
    """A name for the error that holds nothing of its content: no text, no personal data."""
    if isinstance(error, PortalError):
        return error.code[:100]
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")[:100]


@shared_task(name="core.republish_deferred")
def republish_deferred() -> None:
    republish()


@shared_task(name="core.purge_deferred")
def purge_deferred() -> None:
    purge()

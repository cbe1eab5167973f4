import ast
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from portal.audit.models import AuditRow
from portal.core import tasks
from portal.core.context import originating
from portal.core.models import DeferredState, DeferredTask
from tests.apps.sample.models import Mark
from tests.apps.sample.tasks import mark
from tests.plugins.deferred import Worker, broker_at, wait_for

Run = Callable[..., int]
Start = Callable[..., Worker]


def only() -> DeferredTask:
    return DeferredTask.objects.get()


def notes() -> list[str]:
    return list(Mark.objects.order_by("pk").values_list("note", flat=True))


def due_now() -> None:
    DeferredTask.objects.update(publish_after=timezone.now() - timedelta(seconds=1))


# In the caller's transaction


def test_deferred_task_runs_once_with_its_arguments(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.mark", "hello")

    assert run_deferred() == 1
    assert notes() == ["hello"]
    assert run_deferred() == 0
    row = only()
    assert (row.state, row.attempts, row.error_code) == (DeferredState.DONE, 1, "")
    assert row.claimed_until is None
    assert row.finished_at is not None


def test_defer_in_a_transaction_rolled_back_leaves_nothing(db: None) -> None:
    with transaction.atomic():
        tasks.defer("sample.mark", "lost")
        transaction.set_rollback(True)

    assert DeferredTask.objects.count() == 0


def test_defer_publishes_only_on_commit(
    db: None, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.defer("sample.mark", "x")
        tasks.defer("sample.mark", "y", countdown=30)

    assert len(callbacks) == 2


def test_defer_with_a_long_countdown_waits_for_the_sweeper(
    db: None, django_capture_on_commit_callbacks: Callable, run_deferred: Run
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.defer("sample.mark", "tomorrow", countdown=86400)

    assert callbacks == []
    assert run_deferred() == 0
    assert tasks.republish() == 0
    assert run_deferred(later=True) == 1


def test_task_function_stays_callable(db: None) -> None:
    mark("direct")

    assert notes() == ["direct"]
    assert DeferredTask.objects.count() == 0


def test_task_runs_under_the_request_that_deferred_it(db: None, run_deferred: Run) -> None:
    with originating(request_id="abc123"):
        tasks.defer("sample.mark", "from a page")
    tasks.defer("sample.mark", "from a shell")
    run_deferred()

    first, second = Mark.objects.order_by("pk")
    assert first.request_id == "abc123"
    assert len(second.request_id) == 32


def test_run_pending_refuses_an_unknown_name(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.nonsense")

    with pytest.raises(LookupError, match=r"sample\.nonsense"):
        run_deferred()


def test_lease_longer_than_the_broker_waits_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"sample\.long"):
        tasks.portal_task("sample.long", lease=1801)


# Failures and back-off


def test_failing_task_is_tried_again_later_then_given_up(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.fail", "me")

    run_deferred(propagate=False)
    row = only()
    wait = row.publish_after - timezone.now()
    assert timedelta(seconds=58) < wait <= timedelta(seconds=60)
    assert (row.state, row.attempts, row.error_code) == (DeferredState.PENDING, 1, "ValueError")
    assert run_deferred(propagate=False) == 0

    run_deferred(later=True, propagate=False)
    row = only()
    wait = row.publish_after - timezone.now()
    assert timedelta(seconds=298) < wait <= timedelta(seconds=300)

    run_deferred(later=True, propagate=False)
    row = only()
    assert (row.state, row.attempts, row.error_code) == (DeferredState.DEAD, 3, "ValueError")
    assert row.finished_at is not None
    assert notes() == ["me"] * 3


def test_failure_stores_no_text_of_the_error(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.fail", "somchai")
    run_deferred(propagate=False)

    assert only().error_code == "ValueError"


def test_failure_of_our_own_family_stores_its_code(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.not_ready")
    run_deferred(propagate=False)

    assert (only().state, only().error_code) == (DeferredState.DEAD, "not_ready")


def test_failure_is_raised_in_tests_unless_asked_otherwise(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.fail", "loud")

    with pytest.raises(ValueError, match="the secret of loud"):
        run_deferred()


def test_refused_task_is_audited(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.refused")
    run_deferred(propagate=False)

    assert AuditRow.objects.get().data == {"tried": "sample.refused"}


def test_error_code_names_errors_with_their_module() -> None:
    assert tasks.error_code(ValueError("x")) == "ValueError"
    assert tasks.error_code(timezone.zoneinfo.ZoneInfoNotFoundError("x")) == (
        "zoneinfo._common.ZoneInfoNotFoundError"
    )


def test_retry_gives_a_dead_task_another_round(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.not_ready")
    run_deferred(propagate=False)

    assert tasks.retry(DeferredTask.objects.all()) == 1
    row = only()
    assert (row.state, row.attempts, row.error_code) == (DeferredState.PENDING, 0, "")
    assert row.finished_at is None


def test_retry_leaves_finished_tasks_alone(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.mark", "once")
    run_deferred()

    assert tasks.retry(DeferredTask.objects.all()) == 0
    assert only().state == DeferredState.DONE


# Claims: what a worker does with a message


def work_on(row: DeferredTask, message_id: str) -> bool:
    return tasks._run(tasks._known[row.name], row.pk, message_id=message_id)


def claimed(name: str, *args: str, by: str, seconds: int, attempts: int = 1) -> DeferredTask:
    """A task that a worker took and has been silent about since."""
    tasks.defer(name, *args)
    until = timezone.now() + timedelta(seconds=seconds)
    DeferredTask.objects.update(
        claimed_by=by, claimed_until=until, publish_after=until, attempts=attempts
    )
    return only()


def test_second_message_for_a_finished_task_does_nothing(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.mark", "once")
    run_deferred()

    assert work_on(only(), "another") is False
    assert notes() == ["once"]


def test_message_runs_the_task_of_its_row(db: None) -> None:
    """The Celery task takes the number of the row and nothing else."""
    tasks.defer("sample.mark", "by message")
    tasks.known_names()

    current_app.tasks["sample.mark"].apply(args=[only().pk], task_id="abc")

    assert notes() == ["by message"]
    assert (only().state, only().claimed_by) == (DeferredState.DONE, "abc")


def test_message_while_another_worker_is_at_it_does_nothing(db: None) -> None:
    row = claimed("sample.mark", "x", by="first", seconds=100)

    assert work_on(row, "second") is False
    assert notes() == []


def test_message_given_back_by_the_broker_runs_at_once(db: None) -> None:
    row = claimed("sample.mark", "again", by="first", seconds=100)

    assert work_on(row, "first") is True
    assert notes() == ["again"]
    assert only().attempts == 2


def test_message_after_the_lease_runs(db: None) -> None:
    row = claimed("sample.mark", "late", by="first", seconds=-1)

    assert work_on(row, "second") is True
    assert notes() == ["late"]


def test_task_that_kills_its_workers_is_given_up(db: None) -> None:
    row = claimed("sample.mark", "x", by="first", seconds=-1, attempts=6)

    assert work_on(row, "second") is False
    assert (only().state, only().error_code) == (DeferredState.DEAD, "worker_lost")
    assert notes() == []


def test_failure_after_the_lease_leaves_the_new_claim_alone(db: None) -> None:
    row = claimed("sample.fail", "slow", by="first", seconds=-1)
    newer = timezone.now() + timedelta(seconds=100)
    DeferredTask.objects.update(claimed_by="second", claimed_until=newer, attempts=2)

    tasks._failed(tasks._known[row.name], row, ValueError())

    assert (only().claimed_by, only().claimed_until) == ("second", newer)


# The sweeper


def test_sweeper_leaves_fresh_tasks_alone(db: None) -> None:
    tasks.defer("sample.mark", "fresh")

    assert tasks.republish() == 0


def test_sweeper_publishes_what_was_lost_and_waits_before_it_does_so_again(db: None) -> None:
    tasks.defer("sample.mark", "lost")
    due_now()

    assert tasks.republish() == 1
    assert tasks.republish() == 0
    wait = only().publish_after - timezone.now()
    assert timedelta(seconds=295) < wait <= timedelta(seconds=300)


def test_sweeper_skips_finished_tasks(db: None, run_deferred: Run) -> None:
    tasks.defer("sample.mark", "done")
    run_deferred()
    due_now()

    assert tasks.republish() == 0


def test_sweeper_gives_up_names_that_no_longer_exist(db: None) -> None:
    tasks.defer("sample.gone")
    due_now()

    assert tasks.republish() == 0
    assert (only().state, only().error_code) == (DeferredState.DEAD, "unknown_task")


def test_purge_deletes_only_old_finished_rows(db: None, run_deferred: Run, settings) -> None:
    settings.DEFERRED_KEEP_DAYS = 14
    for note in ("old", "new"):
        tasks.defer("sample.mark", note)
    run_deferred()
    tasks.defer("sample.mark", "waiting")
    long_ago = timezone.now() - timedelta(days=15)
    DeferredTask.objects.filter(args=["old"]).update(finished_at=long_ago)
    DeferredTask.objects.filter(args=["waiting"]).update(created_at=long_ago)

    tasks.purge_deferred()

    left = DeferredTask.objects.order_by("pk").values_list("args", flat=True)
    assert list(left) == [["new"], ["waiting"]]


def test_task_in_the_admin_reads_as_name_and_number(db: None) -> None:
    tasks.defer("sample.mark", "x")

    assert str(only()) == f"sample.mark #{only().pk}"


# The broker


@pytest.fixture
def _broker_away(tmp_path: Path) -> Iterator[None]:
    with broker_at(f"redis+socket://{tmp_path}/nobody.sock", "portal"):
        yield


@pytest.mark.usefixtures("_broker_away")
def test_broker_away_at_commit_is_left_to_the_sweeper(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        tasks.defer("sample.mark", "x")

    assert only().state == DeferredState.PENDING
    warnings = [record for record in caplog.records if record.name == "portal.core.tasks"]
    assert [record.levelno for record in warnings] == [logging.WARNING]


@pytest.mark.usefixtures("_broker_away")
def test_broker_away_does_not_keep_a_page_waiting(transactional_db: None) -> None:
    before = time.monotonic()
    for _ in range(5):
        tasks.defer("sample.mark", "x")

    assert time.monotonic() - before < 2
    assert DeferredTask.objects.filter(state=DeferredState.PENDING).count() == 5


@pytest.mark.usefixtures("_broker_away")
def test_broker_away_in_the_sweeper_keeps_the_task_due(db: None) -> None:
    tasks.defer("sample.mark", "x")
    due_now()
    before = only().publish_after

    assert tasks.republish() == 0
    assert only().publish_after == before


# Real workers on the real Redis


def test_worker_runs_a_task_published_on_commit(start_worker: Start) -> None:
    start_worker()
    with transaction.atomic():
        tasks.defer("sample.mark", "by a worker")

    wait_for(lambda: only().state == DeferredState.DONE)
    assert notes() == ["by a worker"]


def test_worker_runs_what_was_lost_between_commit_and_publish(start_worker: Start) -> None:
    start_worker()
    tasks.defer("sample.mark", "swept", countdown=3600)  # committed, and never published
    due_now()

    tasks.republish_deferred()

    wait_for(lambda: only().state == DeferredState.DONE)
    assert notes() == ["swept"]


def test_worker_killed_over_a_task_is_survived(start_worker: Start, tmp_path: Path) -> None:
    first = start_worker()
    tasks.defer("sample.hang", str(tmp_path))
    wait_for((tmp_path / "started").exists)
    first.kill()
    assert only().state == DeferredState.PENDING

    start_worker()
    wait_for(lambda: only().publish_after < timezone.now())  # the lease of three seconds
    assert tasks.republish() == 1

    wait_for(lambda: only().state == DeferredState.DONE)
    assert notes() == ["second run"]
    assert only().attempts == 2


def test_task_over_its_time_limit_is_stopped_and_tried_again(
    start_worker: Start, tmp_path: Path
) -> None:
    start_worker()
    tasks.defer("sample.hang", str(tmp_path))
    wait_for((tmp_path / "started").exists)
    wait_for(lambda: only().publish_after < timezone.now())
    tasks.republish()

    wait_for(lambda: only().state == DeferredState.DONE)
    assert notes() == ["second run"]


# Names


def deferred_names() -> set[str]:
    """Every first argument of a ``defer(…)`` in the project's own code."""
    found = set()
    for package in ("portal", "circulars"):
        for path in (django_settings.BASE_DIR / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _is_defer(node.func):
                    found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return found


def _is_defer(function: ast.expr) -> bool:
    """``defer`` or ``tasks.defer``; a query has a method of this name as well."""
    return ast.unparse(function) in {"defer", "tasks.defer"}


def test_every_deferred_name_exists() -> None:
    assert deferred_names() - tasks.known_names() == set()


def test_every_beat_entry_names_a_task() -> None:
    tasks.known_names()
    named = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}

    assert named - set(current_app.tasks) == set()

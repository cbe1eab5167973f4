"""Deferred tasks in tests: run here at once, or by a real worker over the real Redis."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from kombu import pools

from portal.celery import app
from portal.core import tasks

START_SECONDS = 60


@pytest.fixture
def run_deferred() -> Callable[..., int]:
    """Run what was deferred, in this process and transaction; returns the number of runs.

    ``run_deferred(later=True)`` also runs what waits for a countdown or a back-off,
    ``propagate=False`` stores a task's error instead of raising it.
    """
    return tasks.run_pending


class Worker:
    """A Celery worker in a process group of its own, on the test database."""

    def __init__(self, env: dict[str, str], log: Path, processes: int) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "-A", "portal", "worker"]
        options = ["--concurrency", str(processes), "--loglevel", "INFO", "--without-mingle"]
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command + options,
                cwd=django_settings.BASE_DIR,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL the worker and its processes, as a power cut would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Let it finish what it is doing, but not for ever."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: int) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=10)

    def _wait_until_ready(self) -> None:
        wait_for(
            lambda: " ready." in self.log.read_text() or self.process.poll() is not None,
            seconds=START_SECONDS,
        )
        assert self.process.poll() is None, self.log.read_text()


def wait_for(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until ``condition`` is true; fail when it does not become so in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def real_broker() -> Iterator[str]:
    """Publish to the real Redis, on a queue of this test alone; gives the queue's name."""
    redis = str(django_settings.REDIS_URL).replace("unix://", "redis+socket://")
    queue = f"test-{secrets.token_hex(6)}"
    with broker_at(redis, queue):
        yield queue
        with app.connection_for_write() as broker:
            broker.default_channel.client.delete(queue, f"_kombu.binding.{queue}")


@pytest.fixture
def start_worker(
    transactional_db: None, real_broker: str, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    """Start real workers, ``start_worker(processes=1)``; what is left is killed at the end."""
    started: list[Worker] = []

    def start(processes: int = 1) -> Worker:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(Worker(_environment(real_broker), log, processes))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


def _environment(queue: str) -> dict[str, str]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    return {
        **os.environ,
        "DATABASE_URL": database,
        "CELERY_QUEUE": queue,
    }


@contextmanager
def broker_at(url: str, queue: str) -> Iterator[None]:
    """Publish to another broker for a while. Celery prefers the environment to its settings."""
    before = os.environ["CELERY_BROKER_URL"], app.conf.task_default_queue
    _use_broker(url, queue)
    try:
        yield
    finally:
        _use_broker(*before)


def _use_broker(url: str, queue: str) -> None:
    os.environ["CELERY_BROKER_URL"] = url
    app.conf.task_default_queue = queue
    app.__dict__.pop("amqp", None)
    app._pool = None
    pools.reset()

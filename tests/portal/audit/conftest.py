from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread

import pytest
from django.db import connection, transaction

from portal.audit import service
from portal.audit.models import AuditRow


class Elsewhere:
    """Another connection that holds its transaction open until it is told to commit."""

    def __init__(self) -> None:
        self._orders: Queue[str] = Queue()
        self._answers: Queue[int] = Queue()
        self._thread = Thread(target=self._work)

    def record(self) -> int:
        """Write a row without committing it; gives its id."""
        self._thread.start()
        return self._answers.get(timeout=10)

    def commit(self) -> None:
        self._orders.put("commit")
        self._thread.join(timeout=10)

    def roll_back(self) -> None:
        self._orders.put("roll back")
        self._thread.join(timeout=10)

    def _work(self) -> None:
        try:
            with transaction.atomic():
                self._answers.put(service.record(action="sample.late", actor=None).pk)
                if self._orders.get(timeout=30) == "roll back":
                    transaction.set_rollback(True)
        finally:
            connection.close()


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def write(transactional_db: None) -> Callable[..., list[int]]:
    """Write that many rows, each in a transaction of its own; gives their ids."""

    def rows(count: int) -> list[int]:
        return [
            service.record(action="sample.row", actor=None, data={"n": n}).pk for n in range(count)
        ]

    return rows


@pytest.fixture
def tampering() -> Callable[..., Iterator[None]]:
    """Do what only the database's own administrator can: switch the guard off and write."""

    @contextmanager
    def tamper(model: type = AuditRow) -> Iterator[None]:
        table = model._meta.db_table
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # ALTER TABLE wants none left open
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")

    return tamper

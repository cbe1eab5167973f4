"""Fifty writers who take numbers of one register, against the bare statement and connection."""

from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import Protocol

import psycopg2
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.database import connect_options, scalar
from benchmarks.report import Figure
from benchmarks.timing import interleaved
from circulars.effects.numbers import TAKE_NUMBER, take_number
from circulars.enums import RegisterKind
from portal.core.thai.dates import be_year
from portal.org.models import Office

REACH = 0.5
WRITERS = 50
ROLLED_BACK = 20
"""Every so many-th transaction is rolled back: five in a hundred."""
PATIENCE = 300  # seconds until a writer counts as lost
SUBJECT = "ขอเชิญประชุมผู้บริหารสถานศึกษา"


class Writer(Protocol):
    """Takes numbers of one unit's register over a connection of its own."""

    def connect(self) -> None: ...

    def take(self, *, roll_back: bool) -> None: ...


class PortalWriter:
    """As the portal does it when a letter is signed or registered."""

    def __init__(self, unit_id: int) -> None:
        self.unit_id = unit_id

    def connect(self) -> None:
        connection.ensure_connection()

    def take(self, *, roll_back: bool) -> None:
        with transaction.atomic():
            take_number(
                unit_id=self.unit_id,
                kind=RegisterKind.INCOMING,
                moment=timezone.now(),
                registered_by_id=None,
                subject=SUBJECT,
            )
            transaction.set_rollback(roll_back)


class BareWriter:
    """The same statement in a transaction, without Django."""

    def __init__(self, unit_id: int) -> None:
        self.unit_id = unit_id

    def connect(self) -> None:
        self.connection = psycopg2.connect(**connect_options())

    def take(self, *, roll_back: bool) -> None:
        now = timezone.now()
        book = (self.unit_id, RegisterKind.INCOMING.value, be_year(timezone.localdate(now)))
        row = (now, None, "", None, "", "", SUBJECT, "", "")
        with self.connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBER, [*book, *row])
            cursor.fetchone()
        if roll_back:
            self.connection.rollback()
        else:
            self.connection.commit()


def measure(office: Office, numbers: int, rounds: int) -> Figure:
    """Numbers a second that remain; each writer is a process."""
    schools = office.units.filter(kind="school").order_by("pk")
    ours, bare = schools.values_list("pk", flat=True)[:2]
    each = numbers // WRITERS
    connection.close()  # before it is copied into the writers
    rates = interleaved(
        rounds,
        work=lambda: _race(PortalWriter(ours), each),
        ceiling=lambda: _race(BareWriter(bare), each),
    )
    is_whole = all(_is_whole(unit) for unit in (ours, bare))
    return Figure(
        name="register numbers",
        size=f"{numbers:,} by {WRITERS} writers",
        unit="numbers",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=REACH,
        held=is_whole,
        note="no gap, no double" if is_whole else "GAPS OR DOUBLES",
    )


def _race(writer: Writer, each: int) -> float:
    """Numbers a second while all writers take ``each`` numbers as fast as they can."""
    context = get_context("fork")
    start, end = context.Barrier(WRITERS + 1), context.Barrier(WRITERS + 1)
    writers = [
        context.Process(target=_write, args=(writer, each, start, end), daemon=True)
        for _one in range(WRITERS)
    ]
    for process in writers:
        process.start()
    start.wait(PATIENCE)
    began = perf_counter()
    end.wait(PATIENCE)
    took = perf_counter() - began
    for process in writers:
        process.join()
    kept = sum(turn % ROLLED_BACK != 0 for turn in range(1, each + 1))
    return WRITERS * kept / took


def _write(writer: Writer, each: int, start: Barrier, end: Barrier) -> None:
    try:
        writer.connect()
        writer.take(roll_back=True)  # what is imported and prepared only once
        start.wait(PATIENCE)
        for turn in range(1, each + 1):
            writer.take(roll_back=turn % ROLLED_BACK == 0)
        end.wait(PATIENCE)
    except BaseException:
        start.abort()  # else the others would wait for this one
        end.abort()
        raise


def _is_whole(unit_id: int) -> bool:
    """Whether the numbers of a unit's register run 1, 2, 3 … to the last one given."""
    return not scalar(
        """
        SELECT count(*) FROM (
            SELECT register.last_number, count(*) AS entries, max(number) AS highest
              FROM circulars_register register
              JOIN circulars_registerentry entry ON entry.register_id = register.id
             WHERE register.unit_id = %s
             GROUP BY register.id
        ) books WHERE (last_number, highest) <> (entries, entries)
        """,
        [unit_id],
    )

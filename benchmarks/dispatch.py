"""Sending a letter to its recipients, against COPY of the rows that this makes."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from time import perf_counter

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.data import staff_of
from benchmarks.database import execute, scalar, vacuum
from benchmarks.report import Figure
from benchmarks.timing import interleaved
from circulars.effects.numbers import take_number
from circulars.enums import LetterState, RegisterKind
from circulars.forms_of_address import USUAL
from circulars.models import Letter
from circulars.numbering import number_text
from circulars.services import letters
from portal.org.models import Office
from portal.org.service import central_registry

REACH = 0.4

TABLES = {
    "circulars_delivery": "letter_id = {letter}",
    "notifications_notice": "true",
    "notifications_notification": "true",
    "notifications_delivery": "true",
    "core_deferredtask": "true",
}
"""Where a dispatch writes a row for each recipient, person or task, and which rows are its own.

In the order in which they can be written; they are taken out in the other one.
"""


def measure(office: Office, recipients: int, rounds: int) -> Figure:
    """Rows a second into deliveries, notices and outbox, for ``recipients`` schools."""
    letter = ready_letter(office, recipients)
    registry = staff_of(office).registry
    sizes: list[int] = []

    def work() -> float:
        _take_out(letter)
        fresh, actor = Letter.objects.get(pk=letter.pk), type(registry).objects.get(pk=registry.pk)
        took = _seconds_to_commit(partial(letters.dispatch, letter=fresh, actor=actor))
        sizes.append(sum(_count(table, letter) for table in TABLES))
        return sizes[-1] / took

    work()  # untimed: what is compiled and connected only once
    rows = {table: _copied_out(table, letter) for table in TABLES}

    def ceiling() -> float:
        _take_out(letter)
        return sizes[0] / _seconds_to_commit(partial(_copy_in, rows))

    rates = interleaved(rounds, work=work, ceiling=ceiling)
    _take_out(letter)
    current_app.control.purge()
    return Figure(
        name="dispatch",
        size=f"{recipients:,} recipients",
        unit="rows",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=REACH,
        held=set(sizes) == {sizes[0]},
        note=f"{sizes[0]:,} rows",
    )


def ready_letter(office: Office, recipients: int) -> Letter:
    """A signed circular of the office's first group to its first ``recipients`` schools."""
    staff = staff_of(office)
    unit = office.units.get(kind="group", position=3)
    now = timezone.now()
    with transaction.atomic():
        entry = take_number(
            unit_id=central_registry(office).pk,
            kind=RegisterKind.CIRCULAR,
            moment=now,
            registered_by_id=staff.director.pk,
        )
        letter = Letter(
            unit=unit,
            drafter=staff.officer,
            state=LetterState.READY,
            subject="แจ้งแนวทางการดำเนินงานของสถานศึกษา",
            salutation=USUAL.salutation,
            addressee="ผู้อำนวยการโรงเรียนทุกโรงเรียน",
            body="<p>เพื่อโปรดทราบ</p>",
            closing=USUAL.closing,
            entry=entry,
            letter_date=timezone.localdate(now),
            signer=staff.director,
            signed_at=now,
        )
        letter.number_text = number_text(letter, entry)
        letter.save()
        execute(
            "INSERT INTO circulars_recipient (letter_id, unit_id)"
            " SELECT %s, id FROM org_unit WHERE office_id = %s AND kind = 'school'"
            " ORDER BY id LIMIT %s",
            [letter.pk, office.pk, recipients],
        )
    vacuum("circulars_recipient")
    return letter


def _seconds_to_commit(write: Callable[[], object]) -> float:
    """How long the transaction of ``write`` takes, without what is told to the queue after it."""
    ends: list[float] = []
    start = perf_counter()
    with transaction.atomic():
        transaction.on_commit(lambda: ends.append(perf_counter()))
        write()
    return ends[0] - start


def _own(table: str, letter: Letter) -> str:
    return TABLES[table].format(letter=letter.pk)


def _count(table: str, letter: Letter) -> int:
    return scalar(f"SELECT count(*) FROM {table} WHERE {_own(table, letter)}")


def _take_out(letter: Letter) -> None:
    """As if the letter had never been sent; the tables are left without dead rows."""
    for table in reversed(TABLES):
        execute(f"DELETE FROM {table} WHERE {_own(table, letter)}")
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.READY, dispatched_at=None, dispatched_by=None
    )
    vacuum(*TABLES)


def _copied_out(table: str, letter: Letter) -> BytesIO:
    buffer = BytesIO()
    with connection.cursor() as cursor:
        query = f"SELECT * FROM {table} WHERE {_own(table, letter)} ORDER BY id"
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", buffer)
    return buffer


def _copy_in(rows: dict[str, BytesIO]) -> None:
    with connection.cursor() as cursor:
        for table, buffer in rows.items():
            buffer.seek(0)
            cursor.copy_expert(f"COPY {table} FROM STDIN", buffer)

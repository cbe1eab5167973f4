"""Sealing, and finding out what somebody did to the rows afterwards."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from portal.audit import service
from portal.audit.chain import FIELDS, GENESIS, row_hash
from portal.audit.models import AuditRow, Seal, SealedRow
from portal.audit.sealing import LOCK, oldest_running
from portal.audit.tasks import seal as seal_task
from tests.factories import UserFactory
from tests.portal.audit.conftest import Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[[int], list[int]]


def sealed_ids() -> list[int]:
    """Rows in the order of the chain."""
    places = SealedRow.objects.order_by("seal_id", "row_id")
    return list(places.values_list("row_id", flat=True))


def verdict() -> tuple[int, int, int | None]:
    report = service.verify()
    return report.checked, report.unsealed, report.broken_id


# Sealing


def test_nothing_to_seal_makes_no_seal() -> None:
    assert service.seal() == 0
    assert Seal.objects.count() == 0
    assert verdict() == (0, 0, None)
    assert service.verify().head == GENESIS


def test_rows_are_sealed_in_batches_that_continue_each_other(write: Write) -> None:
    ids = write(5)

    assert service.seal(batch=2) == 5
    seals = list(Seal.objects.order_by("pk"))
    assert [(s.first_id, s.last_id, s.count) for s in seals] == [
        (ids[0], ids[1], 2),
        (ids[2], ids[3], 2),
        (ids[4], ids[4], 1),
    ]
    assert [s.previous_hash for s in seals] == [GENESIS, seals[0].hash, seals[1].hash]
    assert sealed_ids() == ids
    assert verdict() == (5, 0, None)
    assert str(seals[0]) == f"#{seals[0].pk}: 2"
    assert str(SealedRow.objects.first()) == f"#{ids[0]}"


def test_sealing_twice_adds_nothing(write: Write) -> None:
    write(3)
    service.seal()

    assert service.seal() == 0
    assert verdict() == (3, 0, None)


def test_batch_that_is_just_full_is_not_the_last(write: Write) -> None:
    write(4)

    assert service.seal(batch=2) == 4
    write(1)
    assert service.seal(batch=2) == 1
    assert verdict() == (5, 0, None)


def test_task_seals(write: Write) -> None:
    write(2)
    seal_task()

    assert verdict() == (2, 0, None)


def test_unsealed_rows_are_counted(write: Write) -> None:
    write(2)
    service.seal()
    write(3)

    assert verdict() == (2, 3, None)


def test_row_of_a_transaction_that_commits_late_is_sealed_later(
    write: Write, elsewhere: Elsewhere
) -> None:
    late = elsewhere.record()
    [early] = write(1)
    assert late < early
    assert service.seal() == 1
    assert sealed_ids() == [early]

    elsewhere.commit()
    assert verdict() == (1, 1, None)
    assert service.seal() == 1

    assert sealed_ids() == [early, late]
    assert verdict() == (2, 0, None)


def test_row_that_stays_out_over_several_seals_is_not_forgotten(
    write: Write, elsewhere: Elsewhere
) -> None:
    late = elsewhere.record()
    for _ in range(3):
        write(2)
        service.seal(batch=1)
    elsewhere.commit()
    write(1)
    service.seal()

    assert late in sealed_ids()
    assert verdict() == (8, 0, None)


def test_row_of_a_transaction_rolled_back_is_not_missed(
    write: Write, elsewhere: Elsewhere
) -> None:
    elsewhere.record()
    write(1)
    service.seal()
    elsewhere.roll_back()

    assert service.seal() == 0
    assert verdict() == (1, 0, None)


def test_two_processes_do_not_seal_at_once(write: Write) -> None:
    write(1)
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert service.seal() == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        other.db.close()

    assert service.seal() == 1


def test_database_moved_to_a_cluster_that_counts_from_the_start(
    write: Write, tampering: Callable
) -> None:
    """After a restore the numbers of new transactions are lower than those of old rows."""
    old = write(2)
    service.seal()
    with tampering(Seal):
        Seal.objects.update(horizon=oldest_running() + 1_000_000)
    new = write(2)
    assert verdict() == (2, 2, None)

    assert service.seal() == 2
    assert sealed_ids() == [*old, *new]
    last = Seal.objects.order_by("-pk")[0]
    assert last.floor_id == old[-1]
    assert last.horizon <= oldest_running()

    write(1)
    assert service.seal() == 1
    assert verdict() == (5, 0, None)


def test_database_moved_with_more_rows_than_a_batch(write: Write, tampering: Callable) -> None:
    old = write(1)
    service.seal()
    with tampering(Seal):
        Seal.objects.update(horizon=oldest_running() + 1_000_000)
    new = write(3)

    assert service.seal(batch=2) == 3
    assert sealed_ids() == [*old, *new]
    assert Seal.objects.order_by("-pk")[0].horizon <= oldest_running()


# What the hash covers


def test_hash_covers_every_field() -> None:
    values: tuple[Any, ...] = (
        1, 2, timezone.now(), "a", 3, 4, "b", "c", {"d": 1}, "1.2.3.4", "e", "f",
    )  # fmt: skip
    assert len(values) == len(FIELDS)

    hashes = {row_hash(GENESIS, values)}
    for place, value in enumerate(values):
        other = timezone.now() + timedelta(days=1) if FIELDS[place] == "at" else [value]
        hashes.add(row_hash(GENESIS, (*values[:place], other, *values[place + 1 :])))
    assert len(hashes) == len(FIELDS) + 1


def test_hash_covers_all_columns_of_the_table() -> None:
    assert {field.attname for field in AuditRow._meta.concrete_fields} == set(FIELDS)


def test_hash_depends_on_the_hash_before_it() -> None:
    values = (1, "a")

    assert row_hash(GENESIS, values) != row_hash("1" * 64, values)


# Tampering


@pytest.mark.parametrize(
    "change",
    [
        {"action": "sample.nothing"},
        {"data": {"n": 99}},
        {"ip": "203.0.113.7"},
        {"at": timezone.now() - timedelta(days=365)},
        {"about_id": "7"},
    ],
)
def test_changed_row_is_named(write: Write, tampering: Callable, change: dict[str, Any]) -> None:
    ids = write(5)
    service.seal(batch=2)
    with tampering():
        AuditRow.objects.filter(pk__in=ids[2:]).update(**change)

    assert verdict() == (2, 0, ids[2])
    assert service.verify().holds is False


def test_row_made_another_persons_is_named(tampering: Callable) -> None:
    one, other = UserFactory(), UserFactory()
    row = service.record(action="a", actor=one)
    service.seal()
    with tampering():
        AuditRow.objects.filter(pk=row.pk).update(actor=other)

    assert service.verify().broken_id == row.pk


@pytest.mark.parametrize("place", [0, 2, 4])
def test_deleted_row_is_named(write: Write, tampering: Callable, place: int) -> None:
    ids = write(5)
    service.seal(batch=2)
    with tampering():
        AuditRow.objects.filter(pk=ids[place])._raw_delete("default")

    assert verdict() == (place, 0, ids[place])


def test_row_deleted_with_its_place_in_the_chain_breaks_the_next(
    write: Write, tampering: Callable
) -> None:
    ids = write(4)
    service.seal()
    with tampering(), tampering(SealedRow):
        AuditRow.objects.filter(pk=ids[1])._raw_delete("default")
        SealedRow.objects.filter(pk=ids[1])._raw_delete("default")

    assert verdict() == (1, 0, ids[2])


def test_last_row_deleted_with_its_place_is_missed_by_its_seal(
    write: Write, tampering: Callable
) -> None:
    ids = write(3)
    service.seal()
    with tampering(), tampering(SealedRow):
        AuditRow.objects.filter(pk=ids[2])._raw_delete("default")
        SealedRow.objects.filter(pk=ids[2])._raw_delete("default")

    assert verdict() == (2, 0, ids[2])


@pytest.mark.parametrize("batch", [0, 1, 2])
def test_batch_taken_out_of_the_chain_is_noticed(
    write: Write, tampering: Callable, batch: int
) -> None:
    ids = write(6)
    service.seal(batch=2)
    seal = Seal.objects.order_by("pk")[batch]
    with tampering(), tampering(SealedRow):
        AuditRow.objects.filter(pk__in=ids[2 * batch : 2 * batch + 2])._raw_delete("default")
        SealedRow.objects.filter(seal=seal)._raw_delete("default")

    assert verdict() == (2 * batch, 0, ids[2 * batch])


def test_seal_taken_out_is_noticed_at_the_next(write: Write, tampering: Callable) -> None:
    ids = write(6)
    service.seal(batch=2)
    seal = Seal.objects.order_by("pk")[1]
    with tampering(), tampering(SealedRow), tampering(Seal):
        AuditRow.objects.filter(pk__in=ids[2:4])._raw_delete("default")
        SealedRow.objects.filter(seal=seal)._raw_delete("default")
        Seal.objects.filter(pk=seal.pk)._raw_delete("default")

    assert verdict() == (2, 0, ids[4])


@pytest.mark.parametrize("batch", [0, 1, 2])
def test_seal_deleted_from_under_its_rows_is_noticed(
    write: Write, tampering: Callable, batch: int
) -> None:
    ids = write(6)
    service.seal(batch=2)
    with tampering(Seal), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # checks no foreign keys
        cursor.execute("DELETE FROM audit_seal WHERE last_id = %s", [ids[2 * batch + 1]])

    assert verdict() == (2 * batch, 0, ids[2 * batch])


def test_last_seal_deleted_with_all_its_rows_is_found_by_the_head(
    write: Write, tampering: Callable
) -> None:
    """Nothing in the database can show this; a head that was written down elsewhere does."""
    ids = write(4)
    service.seal(batch=2)
    head = service.verify().head
    last = Seal.objects.order_by("-pk")[0]
    with tampering(), tampering(SealedRow), tampering(Seal):
        AuditRow.objects.filter(pk__in=ids[2:])._raw_delete("default")
        SealedRow.objects.filter(seal=last)._raw_delete("default")
        Seal.objects.filter(pk=last.pk)._raw_delete("default")

    assert service.verify().holds is True
    report = service.verify(expected=head)
    assert (report.holds, report.broken_id) == (False, None)


def test_row_slipped_in_behind_the_seals_is_named(write: Write) -> None:
    write(3)
    service.seal()
    write(1)
    slipped = AuditRow.objects.create(action="sample.forged", txid=1)

    assert verdict() == (3, 2, slipped.pk)


def test_head_written_down_is_still_in_the_chain_later(write: Write) -> None:
    write(2)
    service.seal()
    head = service.verify().head
    write(2)
    service.seal()

    assert service.verify(expected=head).holds is True
    assert service.verify().head != head


def test_rows_of_a_running_transaction_are_not_sealed_by_itself(write: Write) -> None:
    with transaction.atomic():
        row = service.record(action="a", actor=None)
        service.seal()
        assert sealed_ids() == [row.pk]
        transaction.set_rollback(True)

    assert verdict() == (0, 0, None)


# The command


def run(**options: str) -> str:
    out = io.StringIO()
    call_command("audit_verify", stdout=out, **options)
    return out.getvalue()


def test_command_tells_what_holds_and_the_head(write: Write) -> None:
    write(2)
    service.seal()
    write(1)

    output = run()
    assert re.findall(r"\d+", output.splitlines()[0]) == ["2", "1"]
    assert output.splitlines()[1].split()[-1] == Seal.objects.get().hash


def test_command_names_the_broken_row_and_ends_with_1(write: Write, tampering: Callable) -> None:
    ids = write(3)
    service.seal()
    with tampering():
        AuditRow.objects.filter(pk=ids[1]).update(action="x")

    with pytest.raises(CommandError, match=str(ids[1])) as stopped:
        run()
    assert stopped.value.returncode == 1


def test_command_misses_an_expected_head(write: Write) -> None:
    write(1)
    service.seal()

    with pytest.raises(CommandError) as stopped:
        run(expect="f" * 64)
    assert stopped.value.returncode == 1
    assert run(expect=Seal.objects.get().hash) != ""

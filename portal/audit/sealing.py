"""Closing rows into the hash chain, in batches and long after they were written.

Writers never wait for the chain, so rows become visible out of the order of their ids. The
chain therefore goes by the order of sealing: a row of a transaction that commits late is in a
later batch. So that a batch need not look through everything, each seal keeps the oldest
transaction that was still running (``horizon``): what was not visible then is not before it.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from portal.audit.chain import FIELDS, GENESIS, row_hash
from portal.audit.models import AuditRow, Seal, SealedRow

BATCH = 1000
# Any number that no other advisory lock of the project uses.
LOCK = 0x5EA1


@dataclass(frozen=True, slots=True)
class Position:
    """Where sealing goes on: after ``hash``, with rows from ``horizon`` and above ``floor_id``."""

    hash: str = GENESIS
    horizon: int = 0
    floor_id: int = 0


def seal(*, batch: int = BATCH) -> int:
    """Close all rows that are visible now into the chain; returns how many.

    Returns 0 when another process is sealing.
    """
    total = 0
    while sealed := _seal_batch(batch):
        total += sealed
        if sealed < batch:
            break
    return total


def unsealed() -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(~Exists(SealedRow.objects.filter(row_id=OuterRef("pk"))))


def oldest_running() -> int:
    """The oldest transaction of the cluster that may still commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


@transaction.atomic
def _seal_batch(batch: int) -> int:
    if not _take_lock():
        return 0
    last = Seal.objects.order_by("-pk").first()
    start = Position(last.hash, last.horizon, last.floor_id) if last else Position()
    # Before the rows are read: what commits in between is then looked for again next time.
    horizon = oldest_running()
    moved = horizon < start.horizon
    candidates = unsealed()
    if not moved:
        candidates = candidates.filter(txid__gte=start.horizon, pk__gt=start.floor_id)
    rows = list(candidates.order_by("pk").values_list(*FIELDS)[:batch])
    if not rows:
        return 0
    complete = len(rows) < batch
    _close(
        rows,
        previous=start.hash,
        horizon=horizon if complete else start.horizon,
        floor_id=_highest_sealed() if moved and complete else start.floor_id,
    )
    return len(rows)


def _take_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _close(rows: list[tuple], *, previous: str, horizon: int, floor_id: int) -> None:
    hashes = []
    current = previous
    for values in rows:
        current = row_hash(current, values)
        hashes.append(current)
    closed = Seal.objects.create(
        first_id=rows[0][0],
        last_id=rows[-1][0],
        count=len(rows),
        previous_hash=previous,
        hash=current,
        horizon=horizon,
        floor_id=floor_id,
    )
    SealedRow.objects.bulk_create(
        SealedRow(row_id=values[0], seal=closed, hash=hashed)
        for values, hashed in zip(rows, hashes, strict=True)
    )


def _highest_sealed() -> int:
    """The last row from before a move to another cluster, whose transactions count anew."""
    return Seal.objects.aggregate(highest=Max("last_id"))["highest"] or 0

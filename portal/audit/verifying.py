"""Checking that nothing in the audit was changed, taken out or slipped in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from portal.audit.chain import FIELDS, GENESIS, row_hash
from portal.audit.models import AuditRow, Seal, SealedRow
from portal.audit.sealing import oldest_running, unsealed

CHUNK = 5000

# A sealed row's seal, id and stored hash, and the row's values (None: the row is gone).
Link = tuple[int, int, str, tuple[Any, ...] | None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. ``reason`` says what does not hold, and is empty when all does;
    ``broken_id`` is the first such row, None when the chain as a whole is another one.

    ``head`` is the hash of the last seal: written down elsewhere, it proves later that the
    chain was not computed anew.
    """

    checked: int
    unsealed: int
    head: str
    broken_id: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        return not self.reason


class _Broken(Exception):
    def __init__(self, row_id: int | None, reason: str) -> None:
        super().__init__(reason)
        self.row_id = row_id
        self.reason = reason


def verify(*, expected: str = "") -> Report:
    """Check the whole chain and count what is not sealed yet.

    ``expected`` is a head written down earlier, which must still be in the chain.
    """
    waiting = unsealed().count()
    last = Seal.objects.order_by("-pk").first()
    head = last.hash if last else GENESIS
    checked = 0
    try:
        if last:
            for checked in _walk(last):  # noqa: B007  (the last count is the result)
                pass
            _check_slipped_in(last)
        _check_orphans()
        _check_expected(expected)
    except _Broken as broken:
        return Report(checked, waiting, head, broken.row_id, broken.reason)
    return Report(checked, waiting, head)


def _walk(last: Seal) -> Iterator[int]:
    """Follow the chain up to ``last``, giving the number of rows that hold so far."""
    seals = Seal.objects.filter(pk__lte=last.pk).order_by("pk").iterator()
    current, good = GENESIS, 0
    for seal_id, links in groupby(_links(last), key=itemgetter(0)):
        seal = next(seals, None)
        current = _open(seal, seal_id, current)
        for _seal_id, row_id, stored, values in links:
            current = _check_row(row_id, stored, values, current)
            good += 1
            yield good
        _check_closing(seal, current)
    if (left := next(seals, None)) is not None:
        raise _Broken(left.first_id, _("All rows of its seal were taken out of the chain."))


def _links(last: Seal) -> Iterator[Link]:
    """All places of the chain in order, with the rows that stand in them."""
    places = (
        SealedRow.objects.filter(seal_id__lte=last.pk)
        .order_by("seal_id", "row_id")
        .values_list("seal_id", "row_id", "hash")
        .iterator(chunk_size=CHUNK)
    )
    while chunk := list(islice(places, CHUNK)):
        rows = AuditRow.objects.filter(pk__in=[row_id for _seal, row_id, _hash in chunk])
        by_id = {values[0]: values for values in rows.values_list(*FIELDS)}
        yield from ((*place, by_id.get(place[1])) for place in chunk)


def _open(seal: Seal | None, seal_id: int, current: str) -> str:
    if seal is None or seal.pk > seal_id:
        raise _Broken(_first_of(seal_id), _("The seal of this row was taken out."))
    if seal.pk < seal_id:
        raise _Broken(seal.first_id, _("All rows of its seal were taken out of the chain."))
    if seal.previous_hash != current:
        raise _Broken(seal.first_id, _("A seal before it was taken out or changed."))
    return current


def _first_of(seal_id: int) -> int:
    return SealedRow.objects.filter(seal_id=seal_id).order_by("row_id").values_list("row_id")[0][0]


def _check_row(row_id: int, stored: str, values: tuple[Any, ...] | None, current: str) -> str:
    if values is None:
        raise _Broken(row_id, _("The row was deleted."))
    if row_hash(current, values) != stored:
        raise _Broken(row_id, _("The row was changed, or one before it was taken out."))
    return stored


def _check_closing(seal: Seal | None, current: str) -> None:
    if seal is not None and seal.hash != current:
        raise _Broken(seal.last_id, _("The seal does not close with this row."))


def _check_orphans() -> None:
    """Places after the last seal, or without any: their seal was taken out."""
    sealed = Exists(Seal.objects.filter(pk=OuterRef("seal_id")))
    orphan = SealedRow.objects.filter(~sealed).order_by("seal_id", "row_id").first()
    if orphan is not None:
        raise _Broken(orphan.row_id, _("The seal of this row was taken out."))


def _check_slipped_in(last: Seal) -> None:
    """A row without a seal that is older than the last seal's look-out was put in by hand."""
    if oldest_running() < last.horizon:
        return  # the database was moved; the next seal counts transactions anew
    older = Q(txid__lt=last.horizon) | Q(pk__lte=last.floor_id)
    row_id = unsealed().filter(older).order_by("pk").values_list("pk", flat=True).first()
    if row_id is not None:
        raise _Broken(row_id, _("The row was slipped in behind the seals."))


def _check_expected(expected: str) -> None:
    if expected and not Seal.objects.filter(hash=expected).exists():
        raise _Broken(None, _("The expected head is not in the chain: it was computed anew."))

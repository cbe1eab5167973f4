"""Proof that a register has no gap: every number from 1 to the last exists exactly once."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from circulars.enums import RegisterKind

SHOWN = 20
"""So many wrong numbers of a kind are named."""

_BOOKS = """
SELECT register.id, office.code, coalesce(nullif(unit.short_name, ''), unit.name), register.kind,
       register.year, register.last_number,
       count(entry.id), count(DISTINCT entry.number),
       coalesce(min(entry.number), 1), coalesce(max(entry.number), 0),
       count(entry.voided_at),
       count(*) FILTER (WHERE entry.reservation_id IS NOT NULL AND entry.used_at IS NULL
                              AND entry.voided_at IS NULL)
  FROM circulars_register register
  JOIN org_unit unit ON unit.id = register.unit_id
  JOIN org_office office ON office.id = unit.office_id
  LEFT JOIN circulars_registerentry entry ON entry.register_id = register.id
 WHERE (%(office)s IS NULL OR office.code = %(office)s)
   AND (%(year)s IS NULL OR register.year = %(year)s)
 GROUP BY register.id, office.code, unit.id
 ORDER BY office.code, register.year, unit.id, register.kind
"""

_MISSING = """
SELECT number FROM generate_series(1, %(last)s) AS number
 WHERE NOT EXISTS (SELECT 1 FROM circulars_registerentry entry
                    WHERE entry.register_id = %(register)s AND entry.number = number.number)
 ORDER BY 1 LIMIT %(shown)s
"""

_DOUBLED = """
SELECT number FROM circulars_registerentry WHERE register_id = %(register)s
 GROUP BY number HAVING count(*) > 1 ORDER BY 1 LIMIT %(shown)s
"""

_BEYOND = """
SELECT number FROM circulars_registerentry
 WHERE register_id = %(register)s AND (number > %(last)s OR number < 1) ORDER BY 1 LIMIT %(shown)s
"""

_VOID_WITHOUT_REASON = """
SELECT register_id, number FROM circulars_registerentry
 WHERE voided_at IS NOT NULL AND void_reason = ''
"""

_OUTSIDE_RESERVATION = """
SELECT entry.register_id, entry.number FROM circulars_registerentry entry
  JOIN circulars_reservation reservation ON reservation.id = entry.reservation_id
 WHERE entry.register_id <> reservation.register_id
    OR entry.number NOT BETWEEN reservation.first_number AND reservation.last_number
"""

_OTHER_THAN_LETTER = """
SELECT entry.register_id, entry.number FROM circulars_registerentry entry
  JOIN circulars_letter letter ON letter.entry_id = entry.id
 WHERE letter.number_text <> entry.reference
    OR (letter.state = 'void') <> (entry.voided_at IS NOT NULL)
"""


@dataclass(frozen=True)
class BookProof:
    """What one register holds; it is whole when nothing is in the five lists."""

    office: str
    unit: str
    kind: str
    year: int
    last_number: int
    given: int
    reserved: int
    void: int
    missing: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    beyond_last: tuple[int, ...] = ()
    void_without_reason: tuple[int, ...] = ()
    outside_reservation: tuple[int, ...] = ()
    other_than_letter: tuple[int, ...] = ()

    @property
    def faults(self) -> dict[str, tuple[int, ...]]:
        """The numbers that are wrong, by what is wrong with them."""
        names = (
            "missing", "doubled", "beyond_last", "void_without_reason", "outside_reservation",
            "other_than_letter",
        )  # fmt: skip
        return {name: found for name in names if (found := getattr(self, name))}

    @property
    def is_whole(self) -> bool:
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "whole": self.is_whole}


def prove(*, office: str | None = None, year: int | None = None) -> list[BookProof]:
    """Look through all registers, or those of one office (its code) or year (BE).

    It reads what is stored and trusts no constraint, so that it also finds what was changed
    behind the portal's back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"office": office, "year": year})
        books = cursor.fetchall()
        strays = [
            _strays(cursor, statement)
            for statement in (_VOID_WITHOUT_REASON, _OUTSIDE_RESERVATION, _OTHER_THAN_LETTER)
        ]
        return [_prove(cursor, book, *(found.get(book[0], ()) for found in strays))
                for book in books]  # fmt: skip


def _prove(cursor: Any, book: tuple[Any, ...], *strays: tuple[int, ...]) -> BookProof:
    (pk, office, unit, kind, year, last, lines, different, lowest, highest, void, reserved) = book
    where = {"register": pk, "last": last, "shown": SHOWN}
    is_plain = lines == different == last == highest and lowest == 1
    missing, doubled, beyond = (
        () if is_plain else _numbers(cursor, statement, where)
        for statement in (_MISSING, _DOUBLED, _BEYOND)
    )
    return BookProof(
        office, unit, RegisterKind(kind).value, year, last, lines - void - reserved, reserved,
        void, missing, doubled, beyond, *strays,
    )  # fmt: skip


def _numbers(cursor: Any, statement: str, where: dict[str, int]) -> tuple[int, ...]:
    cursor.execute(statement, where)
    return tuple(number for (number,) in cursor.fetchall())


def _strays(cursor: Any, statement: str) -> dict[int, tuple[int, ...]]:
    """Wrong numbers by their register; there are none unless somebody meddled."""
    cursor.execute(statement)
    found: dict[int, tuple[int, ...]] = {}
    for register_id, number in cursor.fetchall():
        found[register_id] = (*found.get(register_id, ()), number)
    return found

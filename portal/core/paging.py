"""Pages of a long list by key instead of by number.

The next page begins after the last row seen, wherever that row is by now: rows added
meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
"""

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy

ModelT = TypeVar("ModelT", bound=Model)

_NOTHING = Q(pk__in=[])
_PARSERS: dict[str, Callable[[str], object]] = {
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "Decimal": Decimal,
    "UUID": uuid.UUID,
}


@dataclass(frozen=True)
class Page(Generic[ModelT]):
    """One page; a cursor is None where there is nothing on that side."""

    items: list[ModelT]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def __iter__(self) -> Iterator[ModelT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def keyset_page(
    queryset: QuerySet[ModelT], *, order: Sequence[str], cursor: str | None, size: int = 50
) -> Page[ModelT]:
    """The page of ``queryset`` that ``cursor`` names; without one, the first.

    ``order`` holds fields, annotations or paths to one related row, "-" for descending; the
    primary key is added where it is missing, so that the order is total. NULL counts as larger
    than every value, as PostgreSQL orders it. One query per page, two where going back reaches
    the beginning: that is then answered with the full first page.

    Cursors are signed for this model and order: a forged, damaged or foreign one gives the
    first page, as does one after which nothing is left. They are readable to who decodes
    them, so do not order by what the reader may not see.
    """
    if size < 1:
        raise ValueError("a page has at least one row")
    return _Keyset(queryset, order, size).page(cursor)


@dataclass(frozen=True)
class _Key:
    """One column of the order; ``name`` is what the query filters and sorts by."""

    name: str
    descending: bool
    nullable: bool

    def ordering(self, *, backward: bool) -> OrderBy:
        return F(self.name).desc() if self.descending != backward else F(self.name).asc()

    def beyond(self, value: object, *, backward: bool) -> Q:
        """Rows past ``value`` in the direction of travel."""
        if self.descending != backward:
            return Q(
                **{f"{self.name}__isnull": False} if value is None else {f"{self.name}__lt": value}
            )
        if value is None:
            return _NOTHING
        larger = Q(**{f"{self.name}__gt": value})
        return larger | Q(**{f"{self.name}__isnull": True}) if self.nullable else larger

    def level_with(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})

    def bound(self, value: object, *, backward: bool) -> Q:
        """``beyond`` or ``level_with`` as one comparison, which an index can start from."""
        if value is None or self.nullable:
            return Q()
        comparison = "lte" if self.descending != backward else "gte"
        return Q(**{f"{self.name}__{comparison}": value})


class _Keyset(Generic[ModelT]):
    def __init__(self, queryset: QuerySet[ModelT], order: Sequence[str], size: int) -> None:
        self._size = size
        self._signer = signing.Signer(
            salt=f"portal.core.paging:{queryset.model._meta.label}:{order}"
        )
        self._queryset, self._keys = _with_keys(queryset, order)

    def page(self, cursor: str | None) -> Page[ModelT]:
        backward, values = self._read(cursor)
        if values is None:
            return self._first()
        return self._before(values) if backward else self._after(values)

    def _first(self) -> Page[ModelT]:
        rows, more = self._fetch(None, backward=False)
        return Page(rows, next_cursor=self._write(rows[-1], backward=False) if more else None)

    def _after(self, values: list[object]) -> Page[ModelT]:
        rows, more = self._fetch(values, backward=False)
        if not rows:
            return self._first()
        return Page(
            rows,
            next_cursor=self._write(rows[-1], backward=False) if more else None,
            previous_cursor=self._write(rows[0], backward=True),
        )

    def _before(self, values: list[object]) -> Page[ModelT]:
        rows, more = self._fetch(values, backward=True)
        if not more:
            return self._first()
        return Page(
            rows[::-1],
            next_cursor=self._write(rows[0], backward=False),
            previous_cursor=self._write(rows[-1], backward=True),
        )

    def _fetch(self, values: list[object] | None, *, backward: bool) -> tuple[list[ModelT], bool]:
        """Up to a page of rows in the direction of travel, and whether more follow."""
        rows = self._queryset.order_by(*[key.ordering(backward=backward) for key in self._keys])
        if values is not None:
            rows = rows.filter(self._past(values, backward=backward))
        found = list(rows[: self._size + 1])
        return found[: self._size], len(found) > self._size

    def _past(self, values: list[object], *, backward: bool) -> Q:
        condition = _NOTHING
        for key, value in reversed(list(zip(self._keys, values, strict=True))):
            condition = key.beyond(value, backward=backward) | (key.level_with(value) & condition)
        return self._keys[0].bound(values[0], backward=backward) & condition

    def _write(self, row: ModelT, *, backward: bool) -> str:
        values = [_packed(getattr(row, key.name)) for key in self._keys]
        return self._signer.sign_object([backward, values])

    def _read(self, cursor: str | None) -> tuple[bool, list[object] | None]:
        try:
            backward, values = self._signer.unsign_object(cursor or "")
        except signing.BadSignature:
            return False, None
        return backward, [_unpacked(value) for value in values]


def _with_keys(
    queryset: QuerySet[ModelT], order: Sequence[str]
) -> tuple[QuerySet[ModelT], list[_Key]]:
    """The queryset with each related path as an annotation, and the total order over it."""
    keys = []
    for number, entry in enumerate(_total(order)):
        path = entry.removeprefix("-")
        name = f"page_key_{number}" if LOOKUP_SEP in path else path
        if name != path:
            queryset = queryset.annotate(**{name: F(path)})
        keys.append(_Key(name, entry.startswith("-"), _nullable(queryset.model, path)))
    return queryset, keys


def _total(order: Sequence[str]) -> list[str]:
    if any(entry.removeprefix("-") == "pk" for entry in order):
        return list(order)
    descending = bool(order) and order[-1].startswith("-")
    return [*order, "-pk" if descending else "pk"]


def _nullable(model: type[Model], path: str) -> bool:
    """Whether a value may be NULL; what is not a plain field is taken to be."""
    if path == "pk":
        return False
    try:
        return bool(model._meta.get_field(path).null)
    except FieldDoesNotExist:
        return True


def _packed(value: Any) -> object:
    """A JSON value; the types that JSON lacks as (name of the type, text)."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime.date, Decimal, uuid.UUID)):
        return [type(value).__name__, str(value)]
    raise TypeError(f"no page can be ordered by a {type(value).__name__}")


def _unpacked(value: Any) -> object:
    return _PARSERS[value[0]](value[1]) if isinstance(value, list) else value

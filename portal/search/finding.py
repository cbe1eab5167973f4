"""Which objects of one source answer a query, as far as a person may see them.

Two stages, as measured: the index gives the keys of candidates, ordered by date once; then the
newest are fetched one by one, looked at in full, and asked whether the person may see them,
until a page is full. A person who sees few objects is asked the other way round: their keys go
into the first stage, or the walk would pass everybody else's letters.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from portal.core.registry import SearchSource
from portal.search.terms import index_query

if TYPE_CHECKING:
    from portal.users.models import User

FEW = 5_000
"""Whoever sees no more objects than that has them listed in the query."""

MANY_SECONDS = 600
"""How long it is remembered that a person sees more than ``FEW``; only speed hangs on it."""

_SELECT = """
SELECT object_id FROM (
    WITH candidates AS MATERIALIZED (
        SELECT id, on_date FROM search_document
         WHERE search_grams({column}, labels) @@ %s::tsquery{known}
         ORDER BY on_date DESC, id DESC
    )
    SELECT document.object_id, candidates.on_date, candidates.id
      FROM candidates
     CROSS JOIN LATERAL (
         SELECT object_id, title, text FROM search_document WHERE id = candidates.id OFFSET 0
     ) document
     WHERE {conditions}
     LIMIT %s
) found ORDER BY on_date DESC, id DESC
"""


@dataclass(frozen=True)
class Query:
    """Words that all have to be found, and labels of which each set has one on the document."""

    words: tuple[str, ...]
    labels: tuple[frozenset[str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.words


@dataclass
class _Part:
    """A piece of SQL with its parameters."""

    sql: str
    params: list[Any] = field(default_factory=list)


def find(source: SearchSource, user: "User", query: Query, limit: int) -> list[int]:
    """Keys of at most ``limit`` objects that ``user`` may see: found in the title, then others.

    The newest come first in either half.
    """
    if user.office_id is None or query.is_empty:
        return []
    labels = [frozenset({f"office={user.office_id}"}), frozenset({f"source={source.code}"})]
    scopes = source.scopes(user)
    if scopes is not None:
        labels.append(scopes)
    wanted = index_query(query.words, [*labels, *query.labels])
    known, probe = _permission(source, user)
    if known is not None and not known:
        return []
    in_title = _Part(*_contains("title", query.words))
    found = _run("title", wanted, known, [in_title, *probe], limit)
    if len(found) < limit:
        in_text = _Part(*_contains("text", query.words))
        elsewhere = _Part(f"NOT ({in_title.sql})", in_title.params)
        rest = [in_text, elsewhere, *probe]
        found += _run("text", wanted, known, rest, limit - len(found))
    return found


def _run(
    column: str, wanted: str, known: Collection[int] | None, conditions: list[_Part], limit: int
) -> list[int]:
    sql = _SELECT.format(
        column=column,
        known="" if known is None else " AND object_id = ANY(%s::bigint[])",
        conditions=" AND ".join(f"({part.sql})" for part in conditions),
    )
    params: list[Any] = [wanted]
    if known is not None:
        params.append(list(known))
    params += chain.from_iterable(part.params for part in conditions)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit])
        return [object_id for (object_id,) in cursor.fetchall()]


def _contains(column: str, words: Sequence[str]) -> tuple[str, list[Any]]:
    return " AND ".join([f"strpos(document.{column}, %s) > 0"] * len(words)), list(words)


def _permission(source: SearchSource, user: "User") -> tuple[set[int] | None, list[_Part]]:
    """The keys that ``user`` may see when they are few, else the condition to ask for each."""
    seen = source.visible_to(user)
    many = f"search:many:{source.code}:{user.pk}"
    if not cache.get(many):
        keys = _few(seen)
        if keys is not None:
            return keys, []
        cache.set(many, True, MANY_SECONDS)
    return None, [_any_of(seen)]


def _few(seen: Sequence[QuerySet]) -> set[int] | None:
    """All keys of the querysets, or None when they are more than ``FEW``."""
    keys: set[int] = set()
    for queryset in seen:
        keys.update(queryset.order_by()[: FEW + 1].iterator(chunk_size=FEW + 1))
        if len(keys) > FEW:
            return None
    return keys


def _any_of(seen: Sequence[QuerySet]) -> _Part:
    """Whether one of the querysets holds the document's object.

    ``OFFSET 0`` keeps PostgreSQL from making a list of all first.
    """
    asked = _Part("FALSE")
    for queryset in seen:
        try:
            sql, params = queryset.order_by().query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.sql += (
            f" OR EXISTS (SELECT 1 FROM ({sql}) seen(key)"  # noqa: S608  (Django's own SQL)
            " WHERE seen.key = document.object_id OFFSET 0)"
        )
        asked.params += params
    return asked

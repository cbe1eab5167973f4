"""Keeps the index in step with the objects of all sources."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import execute_values

from portal.core.registry import SearchDocument, SearchSource, search_sources
from portal.core.thai.dates import be_year
from portal.core.thai.text import search_form
from portal.search.models import UNDATED, Document, Pending
from portal.search.terms import label_key

BATCH = 2_000
_LOCK = 0x5EA2C4
_NOT_IN_TEXT = dict.fromkeys([0, 1])
_COLUMNS = ("source", "object_id", "on_date", "title", "text", "labels")
_CHANGED = " OR ".join(f"kept.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in _COLUMNS[2:])
_UPSERT = f"""
INSERT INTO search_document AS kept ({", ".join(_COLUMNS)}) VALUES %s
ON CONFLICT (source, object_id) DO UPDATE
   SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[2:])}
 WHERE {_CHANGED}
"""  # noqa: S608  (column names of our own)


def index_pending() -> int:
    """Index what changed; returns how many objects.

    One process at a time, or an older state could be written after a newer one. What changes
    meanwhile has a mark of its own and comes with the next batch.
    """
    done = 0
    while marked := _index_batch():
        done += marked
    return done


def index(source: SearchSource, pks: Sequence[int]) -> None:
    """Write the documents of these objects; those that have none (any more) are taken out."""
    rows = [row_of(source, document) for document in source.documents(pks)]
    gone = set(pks).difference(row[1] for row in rows)
    if gone:
        Document.objects.filter(source=source.code, object_id__in=gone).delete()
    write(rows)
    settle()


def rebuild(source: SearchSource) -> int:
    """Write all documents of a source again and drop what it no longer has; how many."""
    count = 0
    with transaction.atomic():
        _lock(wait=True)
        kept: set[int] = set()
        for documents in _in_batches(source.documents()):
            rows = [row_of(source, document) for document in documents]
            write(rows)
            settle()
            kept.update(row[1] for row in rows)
            count += len(rows)
        old = Document.objects.filter(source=source.code)
        stale = set(old.values_list("object_id", flat=True)) - kept
        old.filter(object_id__in=stale).delete()
    return count


def drop_unknown() -> int:
    """Take out the documents of sources that are no longer installed; how many."""
    unknown = Document.objects.exclude(source__in=search_sources.codes())
    return unknown.delete()[0]


def row_of(source: SearchSource, document: SearchDocument) -> tuple[Any, ...]:
    """A row of the index; words of different parts never run into one another."""
    title, *passages = (
        search_form(part.translate(_NOT_IN_TEXT)) for part in (document.title, *document.passages)
    )
    labels = {f"office={document.office_id}", f"source={source.code}", *document.labels}
    if document.on:
        labels.add(f"year={be_year(document.on)}")
    text = "\n".join(part for part in (title, *passages) if part)
    keys = [label_key(label) for label in sorted(labels)]
    return source.code, document.pk, document.on or UNDATED, title, text, keys


def write(rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert or update; a row that is there already as it should be is left alone.

    New rows stand in the index's list until ``settle``.
    """
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _UPSERT, rows, page_size=BATCH)


def settle() -> None:
    """File what was written: a search reads the list of what is not filed from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_settle()")


@transaction.atomic
def _index_batch() -> int:
    if not _lock(wait=False):
        return 0
    marks = list(Pending.objects.order_by("pk")[:BATCH])
    if not marks:
        return 0
    changed: dict[str, set[int]] = defaultdict(set)
    for mark in marks:
        changed[mark.source].add(mark.object_id)
    for code, pks in changed.items():
        if code in search_sources:
            index(search_sources.get(code), sorted(pks))
    Pending.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return sum(map(len, changed.values()))


def _lock(*, wait: bool) -> bool:
    """Until the transaction ends, nobody else writes the index."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _in_batches(documents: Iterable[SearchDocument]) -> Iterator[Sequence[SearchDocument]]:
    source = iter(documents)
    while batch := list(islice(source, BATCH)):
        yield batch

"""The first page of a search, permission included, against the two bare stages it stands on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import quantiles
from time import perf_counter

from django.core.cache import cache
from django.db import connection

from benchmarks.data import clerk_of, staff_of
from benchmarks.database import copy_in, execute, vacuum
from benchmarks.report import Figure
from benchmarks.search_texts import Texts
from circulars.models import Letter
from portal.core.registry import search_sources
from portal.org.models import Office
from portal.search import service
from portal.search.terms import index_query

REACH = 1 / 3
INDEXING_REACH = 0.5
ENOUGH = 300
"""Letters a second of one worker; a faster tokeniser asks for no more."""
PROMISED = 200_000
"""Letters from which on the whole page has to keep up; with fewer the query takes no time."""

QUERIES = 120
PAGE = 20
SCHOOL = 7
COPIED = 20_000
SOURCE = "circulars.letters"

_TEXTS = """
UPDATE circulars_letter letter SET subject = made.subject, body = made.body
  FROM bench_text made WHERE made.id = letter.id
"""
_BARE = """
SELECT id FROM (
    WITH candidates AS MATERIALIZED (
        SELECT id, on_date FROM search_document
         WHERE search_grams(text, labels) @@ %s::tsquery
         ORDER BY on_date DESC, id DESC)
    SELECT document.id, candidates.on_date
      FROM candidates
     CROSS JOIN LATERAL (
           SELECT id, text FROM search_document WHERE id = candidates.id OFFSET 0) document
     WHERE {found} LIMIT %s) page
ORDER BY on_date DESC, id DESC
"""
_TOKENISED = """
SELECT sum(length(search_grams(text, labels)))
  FROM (SELECT text, labels FROM search_document ORDER BY id LIMIT %s) document
"""


@dataclass(frozen=True)
class Latency:
    """Seconds that nineteen of twenty took no longer than."""

    page: float
    query: float
    bare: float


def write_texts(office: Office) -> None:
    """Give every letter of the office words of its own."""
    letters = Letter.objects.filter(unit__office=office).order_by("pk")
    rows = zip(letters.values_list("pk", flat=True), Texts().letters(letters.count()), strict=True)
    execute("CREATE TEMPORARY TABLE bench_text (id bigint PRIMARY KEY, subject text, body text)")
    texts = ((str(pk), subject, body) for pk, (subject, body) in rows)
    while batch := list(islice(texts, COPIED)):
        copy_in("bench_text", ("id", "subject", "body"), batch)
    execute("ANALYZE bench_text")
    execute(_TEXTS)
    execute("DROP TABLE bench_text")
    execute("TRUNCATE search_pending")
    execute("TRUNCATE search_document")
    vacuum("circulars_letter", "search_document", "search_pending")


def measure(office: Office) -> Iterator[Figure]:
    """Indexing, then the page with a tenth of the letters and with all."""
    letters = Letter.objects.filter(unit__office=office).order_by("-pk")
    pks = list(letters.values_list("pk", flat=True))
    tenth = len(pks) // 10
    rate = _indexed(pks[:tenth])
    yield _indexing(rate, tenth)
    small = _latency(office)
    _indexed(pks[tenth:])
    large = _latency(office)
    who = f"{len(pks):,} letters, p95 of director and clerk"
    bare = f"bare {1000 * large.bare:.0f} ms"
    yield Figure(
        name="search, query with permission",
        size=who,
        unit="queries",
        work=1 / large.query,
        ceiling=1 / large.bare,
        reach=REACH,
        note=f"p95 {1000 * large.query:.0f} ms, {bare}",
    )
    yield Figure(
        name="search, first page",
        size=who,
        unit="pages",
        work=1 / large.page,
        ceiling=1 / large.bare,
        reach=REACH if len(pks) >= PROMISED else 0,
        note=f"with its rows and snippets: p95 {1000 * large.page:.0f} ms, {bare}",
    )
    yield Figure(
        name="search, growth",
        size=f"{tenth:,} to {len(pks):,} letters",
        unit="pages",
        work=1 / large.page,
        ceiling=1 / small.page,
        reach=0,
        note=f"p95 {1000 * small.page:.0f} to {1000 * large.page:.0f} ms; bare "
        f"{1000 * small.bare:.0f} to {1000 * large.bare:.0f} ms",
    )


def _indexing(rate: float, count: int) -> Figure:
    tokeniser = count / _timed(lambda: _run(_TOKENISED, [count]))
    return Figure(
        name="indexing",
        size=f"{count:,} letters, one process",
        unit="letters",
        work=rate,
        ceiling=tokeniser,
        reach=min(INDEXING_REACH, ENOUGH / tokeniser),
        note="ceiling: the tokeniser alone",
    )


def _indexed(pks: Sequence[int]) -> float:
    """Index these letters as the task does; letters a second."""
    execute(
        "INSERT INTO search_pending (source, object_id) SELECT %s, unnest(%s::bigint[])",
        [SOURCE, list(pks)],
    )
    taken = _timed(service.index_pending)
    vacuum("search_document")
    return len(pks) / taken


def _latency(office: Office) -> Latency:
    """Each query in turn by the page and bare, for who sees all and who sees little."""
    users = [staff_of(office).director, clerk_of(office, SCHOOL)]
    pages: list[float] = []
    queries: list[float] = []
    bares: list[float] = []
    source = search_sources.get(SOURCE)
    cache.clear()
    for user in users:
        for typed in ("ประชุม", *Texts(seed=1).queries(QUERIES)):
            words = service.words_of(typed)
            bares.append(_timed(lambda words=words: _bare(words)))
            query = service.Query(words)
            queries.append(
                _timed(lambda user=user, query=query: service.find(source, user, query, PAGE + 1))
            )
            pages.append(
                _timed(lambda user=user, query=query: service.group_of(source, user, query))
            )
    return Latency(page=_p95(pages), query=_p95(queries), bare=_p95(bares))


def _bare(words: tuple[str, ...]) -> list[tuple[int]]:
    found = " AND ".join(["document.text LIKE %s"] * len(words))
    patterns = [f"%{word}%" for word in words]
    return _run(_BARE.format(found=found), [index_query(words, ()), *patterns, PAGE])


def _run(statement: str, params: Sequence[object]) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]

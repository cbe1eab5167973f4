"""What a person is shown of what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from portal.core.protocols import Text
from portal.core.registry import SearchHit, SearchPassage, SearchSource, search_sources
from portal.search.finding import Query, find
from portal.search.snippets import holds, marked, snippet

if TYPE_CHECKING:
    from portal.users.models import User

PAGE_SIZE = 20
GROUP_SIZE = 5
LAST_PAGE = 50
"""Whoever has not found it in a thousand hits needs other words, not more pages."""


@dataclass(frozen=True)
class Passage:
    """A part of a text with the words in ``<mark>``, and where it stands."""

    label: Text
    text: SafeString


@dataclass(frozen=True)
class Row:
    """One hit on the page."""

    title: SafeString
    url: str
    meta: Text
    on: date | None
    passages: list[Passage]


@dataclass(frozen=True)
class Group:
    """Hits of one source; ``has_more`` says that there are others."""

    source: SearchSource
    rows: list[Row]
    has_more: bool


def sources_for(names: Iterable[str] = ()) -> list[SearchSource]:
    """All sources whose documents bear the labels ``names``; the others could find nothing."""
    needed = set(names)
    return [source for source in search_sources if needed <= source.filters]


def first_hits(user: "User", query: Query, filters: Iterable[str] = ()) -> list[Group]:
    """The first few hits of each source that has any."""
    groups = [group_of(source, user, query, size=GROUP_SIZE) for source in sources_for(filters)]
    return [group for group in groups if group.rows]


def group_of(
    source: SearchSource, user: "User", query: Query, *, page: int = 1, size: int = PAGE_SIZE
) -> Group:
    """One page of the hits of a source, counted from 1."""
    first = (min(page, LAST_PAGE) - 1) * size
    pks = find(source, user, query, first + size + 1)
    shown = pks[first : first + size]
    has_more = len(pks) > first + size and page < LAST_PAGE
    return Group(source, _rows(source, user, query.words, shown), has_more)


def _rows(
    source: SearchSource, user: "User", words: Sequence[str], pks: Sequence[int]
) -> list[Row]:
    """In the order of ``pks``; what was taken away since it was indexed is left out."""
    if not pks:
        return []
    hits = {hit.pk: hit for hit in source.hits(user, pks)}
    lacking = [pk for pk, hit in hits.items() if _missing(hit, words)]
    further = source.further_passages(lacking) if lacking else {}
    return [
        _row(hits[pk], words, (*hits[pk].passages, *further.get(pk, ())))
        for pk in pks
        if pk in hits
    ]


def _missing(hit: SearchHit, words: Iterable[str]) -> bool:
    texts = [hit.title, *(passage.text for passage in hit.passages)]
    return any(not any(holds(text, word) for text in texts) for word in words)


def _row(hit: SearchHit, words: Sequence[str], passages: Sequence[SearchPassage]) -> Row:
    shown: list[Passage] = []
    left = [word for word in words if not holds(hit.title, word)]
    for passage in passages:
        found = [word for word in left if holds(passage.text, word)]
        if found:
            shown.append(Passage(passage.label, snippet(passage.text, found)))
            left = [word for word in left if word not in found]
    if not shown and hit.passages and not hit.passages[0].label:
        # Everything stands in the title; the text still says what the object is about.
        shown += _opening(hit.passages[0], words)
    return Row(marked(hit.title, words), hit.url, hit.meta, hit.on, shown)


def _opening(passage: SearchPassage, words: Sequence[str]) -> list[Passage]:
    text = snippet(passage.text, words) or marked(_cut(passage.text), ())
    return [Passage(passage.label, text)] if text else []


def _cut(text: str, length: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"

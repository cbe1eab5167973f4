"""A source of plain texts, to test the search without any app's objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import QuerySet

from portal.core.registry import (
    SearchDocument,
    SearchHit,
    SearchPassage,
    SearchSource,
    search_sources,
)
from portal.search import service
from portal.search.models import Document
from portal.users.models import User
from tests.factories import UserFactory


@dataclass
class Texts(SearchSource):
    """Documents given by the test; what is indexed may be seen, but for what is ``hidden``."""

    code: str = "test.texts"
    label: str = "Texts"
    filters: frozenset[str] = frozenset({"year", "speed"})
    kept: dict[int, SearchDocument] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def documents(self, pks: Sequence[int] | None = None) -> Iterator[SearchDocument]:
        yield from (doc for pk, doc in self.kept.items() if pks is None or pk in pks)

    def visible_to(self, user: User) -> Sequence[QuerySet]:
        indexed = Document.objects.filter(source=self.code).exclude(object_id__in=self.hidden)
        return (indexed.values_list("object_id", flat=True),)

    def choices(self, name: str) -> Sequence[tuple[str, str]]:
        return [("urgent", "Urgent")] if name == "speed" else ()

    def hits(self, user: User, pks: Sequence[int]) -> Iterator[SearchHit]:
        for pk in pks:
            if pk in self.kept:
                doc = self.kept[pk]
                passages = tuple(SearchPassage(text) for text in doc.passages)
                yield SearchHit(pk, doc.title, f"/text/{pk}/", on=doc.on, passages=passages)

    def add(self, user: User, *given: str, **fields: Any) -> list[int]:
        """Index texts for the user's office; the first line of each is the title."""
        start = len(self.kept) + 1
        for pk, text in enumerate(given, start):
            title, *passages = text.split("\n", 1)
            self.kept[pk] = SearchDocument(pk, user.office_id, title, tuple(passages), **fields)
        pks = list(range(start, start + len(given)))
        service.index(self, pks)
        return pks

    def find(self, user: User, typed: str, *labels: str, limit: int = 1000) -> list[int]:
        """Keys as they are found, by words and labels."""
        narrowed = tuple(frozenset({label}) for label in labels)
        query = service.Query(service.words_of(typed), narrowed)
        return service.find(self, user, query, limit)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory()


@pytest.fixture
def texts() -> Iterator[Texts]:
    source = search_sources.register(Texts())
    yield source
    search_sources.unregister(source.code)

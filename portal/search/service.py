"""The one door to the search: finding, and keeping the index."""

from portal.search.finding import Query, find
from portal.search.indexing import drop_unknown, index, index_pending, rebuild
from portal.search.results import Group, Row, first_hits, group_of, sources_for
from portal.search.terms import words_of

__all__ = [
    "Group",
    "Query",
    "Row",
    "drop_unknown",
    "find",
    "first_hits",
    "group_of",
    "index",
    "index_pending",
    "rebuild",
    "sources_for",
    "words_of",
]

"""What was typed into the search box, as words and as a query of the index."""

import re
from collections.abc import Collection, Iterable, Sequence

from portal.core.thai.text import search_form

LONGEST_QUERY = 200
MOST_WORDS = 12
GRAM = 3

_PHRASE_OR_WORD = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')


def words_of(typed: str) -> tuple[str, ...]:
    """The words that all have to be found, in ``search_form``; a quoted phrase is one word.

    Words inside others are left out, as they are found with them. What is beyond
    ``LONGEST_QUERY`` characters or ``MOST_WORDS`` words is cut off.
    """
    found: list[str] = []
    for match in _PHRASE_OR_WORD.finditer(typed[:LONGEST_QUERY].replace("\0", "")):
        word = search_form(match[1] or match[2] or match[3])
        if word and word not in found:
            found.append(word)
    kept = [word for word in found if not any(word != more and word in more for more in found)]
    return tuple(kept[:MOST_WORDS])


def grams_of(word: str) -> list[str]:
    """Every three characters in a row, each once."""
    return list(dict.fromkeys(word[at : at + GRAM] for at in range(len(word) - GRAM + 1)))


def index_query(words: Iterable[str], labels: Iterable[Collection[str]]) -> str:
    """A ``tsquery`` that every document with all ``words`` answers, and few others.

    ``labels`` are alternatives of which each document bears one. Words of one character are
    in most documents anyway and are left to the recheck; of two, to the keys they begin.
    """
    parts = [_any_of(sorted(alternatives)) for alternatives in labels]
    for word in words:
        if len(word) >= GRAM:
            parts += [_quoted(gram) for gram in grams_of(word)]
        elif len(word) > 1:
            parts.append(f"{_quoted(word)}:*")
    return " & ".join(parts)


def label_key(label: str) -> str:
    """A label as it stands in the index: longer than a gram, and no text begins like it."""
    return f"={label}"


def _any_of(labels: Sequence[str]) -> str:
    keys = [_quoted(label_key(label)) for label in labels] or [_quoted(label_key("none"))]
    return f"({' | '.join(keys)})"


def _quoted(key: str) -> str:
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"

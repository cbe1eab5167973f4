"""Real government news: the index finds exactly what a look into every text finds."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from portal.core.thai.digits import to_arabic, to_thai
from portal.core.thai.text import normalize, search_form
from portal.users.models import User

EACH = 75
SEED = 2569
THAI_RUN = re.compile(r"[\u0e01-\u0e4e]{2,}")
NUMBER = re.compile(r"[0-9๐-๙][0-9๐-๙.,/:-]*[0-9๐-๙]")


@pytest.fixture(scope="module")
def news(shared_data: Path) -> list[str]:
    return [path.read_text() for path in sorted((shared_data / "news").glob("*.txt"))]


def whole_words(text: str, lot: Random) -> str:
    """What stands between two spaces."""
    words = re.sub('["“”]', " ", text).split()
    return lot.choice([word for word in words if 3 <= len(word) <= 30])


def parts(text: str, lot: Random) -> str:
    """A piece of a Thai compound, beginning and ending anywhere in it."""
    run = lot.choice([run for run in THAI_RUN.findall(text) if len(run) > 6])
    size = lot.randint(2, 9)
    start = lot.randrange(max(1, len(run) - size))
    return run[start : start + size]


def numbers(text: str, lot: Random) -> str:
    found = NUMBER.findall(text) or ["256"]
    written = lot.choice(found)
    return lot.choice((to_thai, to_arabic))(written)


def two_words(text: str, lot: Random) -> str:
    return f"{parts(text, lot)} {lot.choice((parts, numbers))(text, lot)}"


def queries(news: list[str], kind: Callable[[str, Random], str]) -> Iterator[str]:
    lot = Random(f"{SEED}-{kind.__name__}")
    for text in lot.choices(news, k=EACH):
        yield kind(normalize(text), lot)


@pytest.mark.realdata
@pytest.mark.parametrize("kind", [whole_words, parts, numbers, two_words])
def test_every_hit_and_no_other(texts, user: User, news: list[str], kind) -> None:
    """Recall 1 and precision 1 against a substring scan of all texts after normalisation."""
    pks = texts.add(user, *news)
    forms = dict(zip(pks, map(search_form, news), strict=True))
    wrong = {}
    some = 0
    for typed in queries(news, kind):
        words = [search_form(word) for word in typed.split()]
        truth = {pk for pk, form in forms.items() if all(word in form for word in words)}
        found = texts.find(user, typed)
        some += bool(truth)
        if sorted(found) != sorted(truth):
            wrong[typed] = (len(truth - set(found)), len(set(found) - truth))

    assert wrong == {}
    assert some == EACH

from collections.abc import Iterator
from datetime import date

import pytest

from portal.core.registry import menu_entries, person_changed
from portal.users.models import User


class Heard:
    """A listener to person changes that keeps what it was told."""

    code = "tests.heard"

    def __init__(self) -> None:
        self.changes: list[tuple[User, str, date]] = []

    def __call__(self, user: User, what: str, on: date) -> None:
        self.changes.append((user, what, on))


@pytest.fixture
def heard() -> Iterator[Heard]:
    listener = Heard()
    person_changed.register(listener)
    yield listener
    person_changed.unregister(listener.code)


@pytest.fixture
def own_menu() -> Iterator[None]:
    """Only our own lines in the menu: what others count there is theirs to test."""
    others = [entry for entry in menu_entries if not entry.code.startswith("org.")]
    for entry in others:
        menu_entries.unregister(entry.code)
    yield
    for entry in others:
        menu_entries.register(entry)

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.core.registry import file_owners
from portal.files.models import StoredFile
from portal.org.models import Office
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory


class Owner:
    """Stands in for the app that a file belongs to; ``answers`` are given by user and file."""

    code = "test.owner"

    def __init__(self) -> None:
        self.answers: dict[tuple[int, int], bool | None] = {}
        self.words = ""

    def may_read(self, user: User, stored_file: StoredFile) -> bool | None:
        return self.answers.get((user.pk, stored_file.pk))

    def watermark(self, user: User, stored_file: StoredFile) -> str:
        return self.words

    def allow(self, user: User, file: StoredFile) -> None:
        self.answers[user.pk, file.pk] = True

    def deny(self, user: User, file: StoredFile) -> None:
        self.answers[user.pk, file.pk] = False


@pytest.fixture
def owner() -> Iterator[Owner]:
    """The only owner there is, for the time of the test."""
    others = list(file_owners)
    for other in others:
        file_owners.unregister(other.code)
    yield file_owners.register(Owner())
    file_owners.unregister(Owner.code)
    for other in others:
        file_owners.register(other)


@pytest.fixture
def office(db: None) -> Office:
    return OfficeFactory()


@pytest.fixture
def clerk(office: Office) -> User:
    return UserFactory(office=office, language="en")


@pytest.fixture
def on_disk(settings) -> Callable[[], list[str]]:
    """Every file below MEDIA_ROOT, relative and sorted."""

    def listed() -> list[str]:
        root = Path(settings.MEDIA_ROOT)
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    return listed

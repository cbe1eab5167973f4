"""From an empty database to the first page."""

from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.core import registry
from portal.core.management.commands.prepare import accounts_table
from portal.core.registry import DemoAccount, DemoLoader
from portal.users.models import User
from tests.factories import UserFactory


class Loader(DemoLoader):
    """Makes one person, and says so."""

    def __init__(self, code: str, order: int, *, fails: bool = False) -> None:
        self.code, self.order, self.fails = code, order, fails

    def load(self, stdout: TextIO) -> None:
        User.objects.create(username=self.code)
        stdout.write(f"{self.code} loaded")
        if self.fails:
            raise CommandError("cut off")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries with nothing in them but what a test puts there."""
    monkeypatch.setattr(registry, "demo_loaders", registry.Registry("demo_loaders"))
    monkeypatch.setattr(registry, "demo_accounts", registry.Registry("demo_accounts"))


def names() -> list[str]:
    return sorted(User.objects.values_list("username", flat=True))


@pytest.mark.django_db
def test_demo_data_runs_every_loader_in_order_and_only_once(only: None) -> None:
    registry.demo_loaders.register(Loader("second", 20))
    registry.demo_loaders.register(Loader("first", 10))
    out = StringIO()
    call_command("demo_data", stdout=out)
    call_command("demo_data", stdout=out)
    assert out.getvalue().splitlines() == [
        "first loaded",
        "second loaded",
        "There are people in the database already: nothing loaded.",
    ]
    assert names() == ["first", "second"]


@pytest.mark.django_db
def test_demo_data_again_loads_beside_the_people_that_are_there(only: None) -> None:
    UserFactory(username="there")
    registry.demo_loaders.register(Loader("demo", 10))
    call_command("demo_data", again=True, stdout=StringIO())
    assert names() == ["demo", "there"]


@pytest.mark.django_db
def test_demo_data_that_was_cut_off_leaves_nothing(only: None) -> None:
    registry.demo_loaders.register(Loader("first", 10))
    registry.demo_loaders.register(Loader("second", 20, fails=True))
    with pytest.raises(CommandError):
        call_command("demo_data", stdout=StringIO())
    assert names() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "people"), [(True, ["demo"]), (False, [])])
def test_prepare_loads_demo_data_only_where_the_portal_is_tried_out(
    only: None, settings, tmp_path: Path, demo: bool, people: list[str]
) -> None:
    settings.DEMO = demo
    registry.demo_loaders.register(Loader("demo", 10))
    registry.demo_accounts.register(DemoAccount("x", "Director", "director", "secret"))
    table = tmp_path / "accounts.txt"
    call_command("prepare", accounts=table, stdout=StringIO())
    assert names() == people
    assert table.read_text() == (accounts_table() if demo else "")


def test_prepare_of_files_leaves_the_database_alone(only: None) -> None:
    registry.demo_loaders.register(Loader("demo", 10))
    call_command("prepare", files_only=True, stdout=StringIO())


def test_accounts_table_aligns_thai_by_what_the_eye_sees(only: None) -> None:
    assert accounts_table() == ""
    registry.demo_accounts.register(DemoAccount("b", "ผู้อำนวยการ", "director", "secret-1", order=2))
    registry.demo_accounts.register(DemoAccount("a", "Clerk", "c", "s", "a code", order=1))
    assert accounts_table().splitlines() == [
        "  Who         User name   Password   Also needed",
        "  Clerk       c           s          a code",
        "  ผู้อำนวยการ   director    secret-1",
    ]

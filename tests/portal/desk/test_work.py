""" "My work": which tiles whom, what comes first, and at what price."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.core.registry import (
    CalendarEntry,
    WorkItem,
    calendar_sources,
    menu_entries,
    work_tiles,
)
from portal.desk.agenda import coming_days
from portal.desk.work import ITEMS_PER_TILE, work_for
from portal.org.enums import ActingKind, Role
from portal.users.models import User
from tests.factories import MembershipFactory, OfficeFactory, acting, person, role_holders
from tests.factories.work import FixedTile, days_from_now, work_items

pytestmark = pytest.mark.django_db

# Person, office, own roles, acting ones; the session comes from the cache.
PAGE_QUERIES = 4


@pytest.fixture(autouse=True)
def _only_our_tiles(monkeypatch) -> None:
    for registry in (work_tiles, calendar_sources, menu_entries):
        monkeypatch.setattr(registry, "_items", {})


@pytest.fixture
def user() -> User:
    return person(Role.OFFICER)


@pytest.fixture
def client(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_tiles_stand_in_their_order_and_empty_ones_are_left_out(user):
    work_tiles.register(FixedTile("b", "B", work_items(1), order=2))
    work_tiles.register(FixedTile("a", "A", work_items(2), order=1))
    work_tiles.register(FixedTile("c", "C", [], order=0))
    sections = work_for(user).sections
    assert [(section.code, section.count) for section in sections] == [("a", 2), ("b", 1)]


def test_each_role_sees_exactly_its_tiles():
    waiting = work_items(1)
    work_tiles.register(FixedTile("sign", "Sign", waiting, (Role.DIRECTOR, Role.DEPUTY)))
    work_tiles.register(FixedTile("register", "Register", waiting, (Role.REGISTRY,)))
    work_tiles.register(FixedTile("read", "Read", waiting))
    seen = {
        role: {section.code for section in work_for(user).sections}
        for role, user in role_holders(OfficeFactory()).items()
    }
    expected = {role: {"read"} for role in Role}
    expected[Role.DIRECTOR] = expected[Role.DEPUTY] = {"read", "sign"}
    expected[Role.REGISTRY] = {"read", "register"}
    assert seen == expected


def test_tile_of_an_acting_person_is_shown():
    office = OfficeFactory()
    director = MembershipFactory(unit__office=office, role=Role.DIRECTOR)
    deputy = person(Role.OFFICER, office=office)
    acting(deputy, director)
    work_tiles.register(FixedTile("sign", "Sign", work_items(1), (Role.DIRECTOR,)))
    assert [section.code for section in work_for(deputy).sections] == ["sign"]


def test_tile_with_items_but_no_count_counts_its_items(user):
    class Careless(FixedTile):
        def count(self, user: User) -> int:
            return 0

    work_tiles.register(Careless("a", "A", work_items(3)))
    assert [section.count for section in work_for(user).sections] == [3]


def test_overdue_stand_apart_over_all_tiles_the_latest_first(user):
    work_tiles.register(FixedTile("a", "A", work_items(4, lambda n: days_from_now(n - 3))))
    oldest = WorkItem(title="เรื่องเก่า", url="/old/", due_on=days_from_now(-9))
    work_tiles.register(FixedTile("b", "B", [oldest]))
    work = work_for(user)
    late = [(line.kind, line.item.title, line.due.days_late) for line in work.overdue]
    assert late == [("B", "เรื่องเก่า", 9), ("A", "เรื่องที่ 1", 2), ("A", "เรื่องที่ 2", 1)]
    shown = {
        section.code: [(line.item.title, line.due.days) for line in section.lines]
        for section in work.sections
    }
    assert shown == {"a": [("เรื่องที่ 3", 0), ("เรื่องที่ 4", 1)], "b": []}
    assert [(section.tone, section.late) for section in work.sections] == [
        ("danger", 2),
        ("danger", 1),
    ]


def test_overdue_thing_of_two_tiles_is_named_once(user):
    for code in ("a", "b"):
        work_tiles.register(
            FixedTile(code, code.upper(), work_items(1, lambda _n: days_from_now(-1)))
        )
    late = [(line.kind, line.item.title) for line in work_for(user).overdue]
    assert late == [("B", "เรื่องที่ 1")]


def test_undated_items_come_last(user):
    later = WorkItem(title="later", url="/l/", due_on=days_from_now(5))
    undated = WorkItem(title="undated", url="/u/")
    work_tiles.register(FixedTile("a", "A", [undated, later]))
    [section] = work_for(user).sections
    assert [line.item.title for line in section.lines] == ["later", "undated"]
    assert (section.tone, section.note) == ("brand", "")


def test_tile_says_how_many_more_wait(user):
    work_tiles.register(FixedTile("a", "A", work_items(7)))
    [section] = work_for(user).sections
    assert (len(section.lines), section.more) == (ITEMS_PER_TILE, 2)


@pytest.mark.parametrize("number", [0, 1, 30])
def test_my_work_costs_the_same_with_few_and_many(
    client, number, django_assert_num_queries: DjangoAssertNumQueries
):
    work_tiles.register(FixedTile("a", "A", work_items(number)))
    with django_assert_num_queries(PAGE_QUERIES):
        response = client.get("/desk/")
    assert sum(section.count for section in response.context["work"].sections) == number


def test_my_work_of_an_acting_person_names_what_they_act_for(client, user):
    held = MembershipFactory(role=Role.GROUP_DIRECTOR, unit__office=user.office)
    acting(user, held, ActingKind.ON_BEHALF)
    roles = client.get("/desk/").context["roles"]
    assert [(role.name, role.unit, bool(role.acting)) for role in roles] == [
        (user.memberships.get().position.title, str(user.memberships.get().unit), False),
        (held.position.title, str(held.unit), True),
    ]


def test_my_work_without_a_role_says_so(client, user):
    user.memberships.all().delete()
    user.language = "en"
    user.save()
    html = client.get("/desk/").content.decode()
    assert html.count("You hold no role at the moment, so no work reaches you.") == 1


def test_my_work_without_work_shows_no_empty_blocks(client):
    html = client.get("/desk/").content.decode()
    assert (html.count('class="empty-state"'), html.count("stat-tile"), html.count("<aside")) == (
        1,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2, "2 days late"), (-1, "1 day late"), (0, "due today"), (1, "due tomorrow"), (2, None)],
)
def test_due_date_is_said_in_words(client, user, days, words):
    user.language = "en"
    user.save()
    work_tiles.register(FixedTile("a", "A", work_items(1, lambda _n: days_from_now(days))))
    html = client.get("/desk/").content.decode()
    tags = [
        said
        for said in ("2 days late", "1 day late", "due today", "due tomorrow")
        if f"{said}</span>" in html
    ]
    assert tags == ([words] if words else [])


class Holidays:
    """A calendar source with one entry a day."""

    code = "holidays"
    order = 1
    label = "Holidays"

    def __init__(self, number: int) -> None:
        self.number = number

    def entries(self, user, start, end):
        days = [start + timedelta(days=n) for n in range(min(self.number, (end - start).days + 1))]
        starts = [timezone.make_aware(datetime.combine(day, time(9))) for day in reversed(days)]
        return [
            CalendarEntry(
                title=f"{at:%d}", starts_at=at, ends_at=at, url="/e/" if n else "", all_day=bool(n)
            )
            for n, at in enumerate(starts)
        ]


def test_agenda_shows_the_next_six_in_order(client, user):
    calendar_sources.register(Holidays(20))
    first = timezone.localdate()
    days = [timezone.localtime(entry.starts_at).date() for entry in coming_days(user)]
    assert days == [first + timedelta(days=n) for n in range(6)]
    assert client.get("/desk/").content.decode().count("<aside") == 1


def test_agenda_without_sources_is_empty(user):
    assert coming_days(user) == []

"""Who looked into the inbox, twice a working day (appendix 6, 4.1.2)."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

from circulars.mail.enums import Half
from circulars.models import InboxLook
from circulars.services import looks
from circulars.services.looks import HalfDay
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry, close_office_on
from tests.factories import SchoolFactory, role_holders
from tests.factories import letters as make
from tests.factories.letters import World

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 9.00 in Bangkok
AFTERNOON = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def rows() -> set[tuple[Unit, date, str]]:
    return {(row.unit, row.day, row.half) for row in InboxLook.objects.select_related("unit")}


def test_first_look_of_each_half_is_kept(world: World) -> None:
    school, clerk = world.schools[0], world.clerks[0]
    for moment in (MORNING, MORNING.replace(minute=30), AFTERNOON):
        cache.clear()
        looks.note_look(user=clerk, now=moment)
    assert rows() == {(school, DAY, "am"), (school, DAY, "pm")}
    first = InboxLook.objects.get(half=Half.MORNING)
    assert (first.first_at, first.first_by) == (MORNING, clerk)


def test_second_look_asks_the_database_nothing(
    world: World, django_assert_num_queries: object
) -> None:
    looks.note_look(user=world.clerks[0], now=MORNING)
    with django_assert_num_queries(0):
        looks.note_look(user=world.clerks[0], now=MORNING)


def test_look_after_hours_does_not_count(world: World) -> None:
    looks.note_look(user=world.clerks[0], now=EVENING)
    assert rows() == set()


@pytest.mark.parametrize(
    ("moment", "half"),
    [
        (datetime(2026, 11, 20, 4, 59, tzinfo=UTC), HalfDay(DAY, Half.MORNING)),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), HalfDay(DAY, Half.AFTERNOON)),
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), HalfDay(DAY, Half.AFTERNOON)),
        (datetime(2026, 11, 20, 9, 31, tzinfo=UTC), None),
    ],
)
def test_halves_end_at_noon_and_at_closing_time(moment: datetime, half: HalfDay | None) -> None:
    assert looks.half_of(moment) == half


def test_only_who_keeps_an_inbox_looks_for_it(world: World) -> None:
    for user in (world.officer, world.director, world.deputy):
        looks.note_look(user=user, now=MORNING)
    assert rows() == set()
    looks.note_look(user=world.registry, now=MORNING)
    assert rows() == {(central_registry(world.office), DAY, "am")}


def test_half_days_pass_over_weekends_holidays_and_closures(world: World) -> None:
    close_office_on(actor=None, office=world.office, day=date(2026, 12, 4), reason="น้ำท่วม")
    now = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)  # Tuesday after the King's birthday holiday
    found = [(half.day.day, half.half.value) for half in looks.half_days(world.office, now, 3)]
    assert found == [(8, "am"), (3, "pm"), (3, "am"), (2, "pm"), (2, "am")]


def test_board_shows_who_is_behind(world: World) -> None:
    looks.note_look(user=world.clerks[0], now=MORNING)
    make.dispatched(world, to=[world.schools[1]])
    halves, board = looks.board(office=world.office, now=MORNING)
    assert halves[0] == HalfDay(DAY, Half.MORNING)
    behind = {row.unit for row in board if row.is_behind}
    units = {central_registry(world.office), world.group, *world.schools}
    assert {row.unit for row in board} == units
    assert behind == units - {world.schools[0]}
    assert {row.unit: row.unread for row in board if row.unread} == {world.schools[1]: 1}
    _halves, late = looks.board(office=world.office, now=MORNING, show="behind")
    assert {row.unit for row in late} == behind


@pytest.mark.parametrize("schools", [1, 30])
def test_board_takes_four_queries_for_few_and_many(
    world: World, schools: int, django_assert_num_queries: object
) -> None:
    for _number in range(schools):
        SchoolFactory(office=world.office)
    with django_assert_num_queries(4):
        looks.board(office=world.office, now=MORNING)


def test_board_is_for_executives_and_the_central_registry(world: World) -> None:
    people = role_holders(world.office)
    assert {role for role, user in people.items() if looks.may_see_board(user)} == {
        Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY,
    }  # fmt: skip

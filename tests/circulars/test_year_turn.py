"""The year's turn: 23:59:59 on 31 December in Bangkok is still the old year's register."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from circulars.effects.numbers import reserve_numbers, take_number
from circulars.enums import RegisterKind
from circulars.models import Register, RegisterEntry
from circulars.pdf.registers import register_html
from circulars.services.register_proof import prove
from tests.factories.letters import World

pytestmark = pytest.mark.django_db

LAST_SECOND = datetime(2026, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC)
"""23:59:59 on 31 December 2569 in Bangkok, where it is seven hours later than UTC."""
FIRST_SECOND = LAST_SECOND + timedelta(microseconds=1)


def take(world: World, moment: datetime) -> RegisterEntry:
    with transaction.atomic():
        return take_number(
            unit_id=world.schools[0].pk, kind=RegisterKind.INCOMING, moment=moment,
            registered_by_id=world.clerks[0].pk, subject="เรื่อง",
        )  # fmt: skip


def test_numbers_begin_again_with_the_first_second_of_the_year(world: World) -> None:
    taken = [take(world, moment) for moment in (LAST_SECOND, LAST_SECOND, FIRST_SECOND)]
    assert [str(entry) for entry in taken] == ["1/2569", "2/2569", "1/2570"]
    assert str(take(world, FIRST_SECOND)) == "2/2570"
    assert [book.is_whole for book in prove()] == [True, True]


def test_late_transaction_of_the_old_year_still_counts_for_it(world: World) -> None:
    """It began before midnight and got the lock after somebody of the new year."""
    take(world, LAST_SECOND)
    take(world, FIRST_SECOND)
    assert str(take(world, LAST_SECOND)) == "2/2569"
    books = Register.objects.order_by("year").values_list("year", "last_number")
    assert list(books) == [(2569, 2), (2570, 1)]


def test_reservation_stays_in_the_year_in_which_it_was_made(world: World) -> None:
    with transaction.atomic():
        made = reserve_numbers(
            unit_id=world.schools[0].pk, kind=RegisterKind.INCOMING, count=2, purpose="งาน",
            moment=LAST_SECOND, person_id=world.clerks[0].pk, actor_id=world.clerks[0].pk,
            expires_on=(FIRST_SECOND + timedelta(days=9)).date(),
        )  # fmt: skip
        entry = take_number(
            unit_id=world.schools[0].pk, kind=RegisterKind.INCOMING, moment=FIRST_SECOND,
            registered_by_id=world.clerks[0].pk, reserved=made.entries.get(number=1),
        )  # fmt: skip
    assert (str(entry), entry.used_at) == ("1/2569", FIRST_SECOND)
    assert str(take(world, FIRST_SECOND)) == "1/2570"


def test_each_year_carries_its_year_on_paper(world: World) -> None:
    old, new = take(world, LAST_SECOND), take(world, FIRST_SECOND)
    for entry, year, day in (
        (old, "๒๕๖๙", "วันที่ ๓๑ เดือน ธันวาคม พ.ศ. ๒๕๖๙"),
        (new, "๒๕๗๐", "วันที่ ๑ เดือน มกราคม พ.ศ. ๒๕๗๐"),
    ):
        html = register_html(Register.objects.get(pk=entry.register_id))
        assert html.count(f'data-year="{year}"') == 1
        assert html.count(day) == 1

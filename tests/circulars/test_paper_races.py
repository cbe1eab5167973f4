"""Two clerks with the same paper, or merging crosswise, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from circulars.models import Delivery, RegisterEntry
from circulars.services import agencies, outside, paper
from portal.core.errors import PortalError
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry
from tests.factories import person
from tests.factories.letters import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world(schools=1)


def at_once(*calls: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=20)
            return call()
        except PortalError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_same_paper_at_two_desks_gets_two_numbers_and_one_warning(world: World) -> None:
    unit = central_registry(world.office)
    clerks = [world.registry, *(person(Role.REGISTRY, unit) for _other in range(3))]

    taken = at_once(
        *(
            lambda clerk=clerk: paper.take_in(
                unit=unit, actor=clerk, sender="สำนักงานจังหวัด", subject="ขอเชิญประชุม",
                reference="พท 0017/123", dated=date(2026, 11, 2),
            )
            for clerk in clerks
        )
    )  # fmt: skip

    assert all(isinstance(one, paper.TakenIn) for one in taken)
    numbers = sorted(RegisterEntry.objects.values_list("number", flat=True))
    by_number = sorted(taken, key=lambda one: one.delivery.entry.number)
    assert numbers == [1, 2, 3, 4]
    assert [len(one.doubles) for one in by_number] == [0, 1, 2, 3]
    assert [twin.entry.number for twin in by_number[3].doubles] == [1, 2, 3]
    assert Unit.objects.outside().count() == 1


def test_merging_crosswise_leaves_one_of_the_two(world: World) -> None:
    first, second = (
        outside.agency(office=world.office, name=name, actor=world.registry)
        for name in ("สพฐ.", "สำนักงาน กพฐ.")
    )

    results = at_once(
        lambda: agencies.merge_agencies(agency=first, into=second, actor=world.registry),
        lambda: agencies.merge_agencies(agency=second, into=first, actor=world.group_registry),
    )

    assert sorted(type(result).__name__ for result in results) == ["StaleAction", "Unit"]
    assert Unit.objects.outside().filter(closed_on=None).count() == 1


def test_letter_registered_while_its_agency_is_merged_is_not_lost(world: World) -> None:
    unit = central_registry(world.office)
    wrong, right = (
        outside.agency(office=world.office, name=name, actor=world.registry)
        for name in ("สำนักงาน ก", "สำนักงาน ข")
    )

    at_once(
        lambda: agencies.merge_agencies(agency=wrong, into=right, actor=world.registry),
        lambda: paper.take_in(unit=unit, actor=world.registry, sender=wrong.name, subject="x"),
    )

    assert Delivery.objects.get().letter.unit == right

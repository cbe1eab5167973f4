"""Evidence of the work with letters: counts, and samples that name nothing secret."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from circulars.enums import Secrecy
from circulars.models import Assignment, Letter
from circulars.services import assignments, deliveries
from circulars.services.evidence import sources
from portal.core.registry import EvidenceItem
from tests.factories.handling import ordered, received, work_of
from tests.factories.letters import World, delivery, dispatched, school_letter

pytestmark = pytest.mark.django_db


def items(world: World, number: int, day: date | None = None) -> list[EvidenceItem]:
    source = next(one for one in sources() if one.points == {f"standard.{number}"})
    day = day or timezone.localdate()
    return list(source.items(world.office, day, day))


def counts(world: World, number: int, day: date | None = None) -> list[int]:
    return [item.count for item in items(world, number, day) if not item.is_sample]


def samples(world: World, number: int) -> list[str]:
    return [str(item.title) for item in items(world, number) if item.is_sample]


def test_five_points_have_evidence():
    assert [source.points for source in sources()] == [
        frozenset({f"standard.{number}"}) for number in range(1, 6)
    ]


def test_received_letters_are_counted_and_named(world: World):
    row = received(world)
    assert counts(world, 1) == [1, 1]
    assert samples(world, 1) == [f"{row.letter.number_text} {row.letter.subject}"]
    assert counts(world, 1, timezone.localdate() - timedelta(days=1)) == [0, 0]


def test_sent_letters_with_their_receipts(world: World):
    letter = dispatched(world)
    deliveries.open_delivery(delivery=delivery(letter, world.schools[0]), actor=world.clerks[0])
    deliveries.register(delivery=delivery(letter, world.schools[1]), actor=world.clerks[1])
    assert counts(world, 2) == [1, 3, 2, 1]
    assert samples(world, 2) == [f"{letter.number_text} {letter.subject}"]


def test_steps_are_counted(world: World):
    dispatched(world)
    ordered(world)
    up, down, signed = counts(world, 3)
    assert (up, signed) == (3, 1)
    assert down >= 1


def test_registers_are_counted(world: World):
    dispatched(world)
    received(world)
    assert counts(world, 4) == [2, 2, 0]


def test_work_is_counted_in_time_or_not(world: World):
    handled = ordered(world)
    work = assignments.accept(assignment=work_of(handled), actor=world.group_director)
    assignments.report(assignment=work, actor=world.group_director, text="แล้วเสร็จ")
    assert counts(world, 5)[:2] == [1, 1]
    assert len(samples(world, 5)) == 1
    Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert counts(world, 5)[:2] == [1, 0]


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_secret_letters_are_neither_counted_nor_named(world: World, number):
    _everything(world)
    Letter.objects.update(secrecy=Secrecy.SECRET)
    assert (set(counts(world, number)), samples(world, number)) == ({0}, [])


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_letters_that_name_a_person_are_counted_only(world: World, number):
    _everything(world)
    before = counts(world, number)
    Letter.objects.update(names_person=True)
    assert (counts(world, number), samples(world, number)) == (before, [])


def test_letters_of_schools_are_not_the_offices_evidence(world: World):
    school_letter(world, to=[world.group])
    received(world, unit=world.schools[0], by=world.clerks[0])
    assert [counts(world, number) for number in (1, 2)] == [[0, 0], [0, 0, 0, 0]]


def _everything(world: World) -> None:
    dispatched(world)
    handled = ordered(world)
    work = assignments.accept(assignment=work_of(handled), actor=world.group_director)
    assignments.report(assignment=work, actor=world.group_director, text="แล้วเสร็จ")

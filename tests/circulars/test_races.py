"""Two clicks, two people, fifty people at once: no number twice, no gap, no letter twice."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from circulars.effects.numbers import take_number
from circulars.enums import ChaseScope, DeliveryState, LetterState, RegisterKind
from circulars.models import Delivery, Letter, Register, RegisterEntry
from circulars.services import deliveries, letters
from portal.core.errors import PortalError, StaleAction
from portal.notifications.models import Notice
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; what each returned, or the error it met."""
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


def numbers(register: Register) -> list[int]:
    return sorted(RegisterEntry.objects.filter(register=register).values_list("number", flat=True))


def test_two_directors_sign_at_once(world: World) -> None:
    second = person(Role.DIRECTOR, world.membership(world.director).unit)
    letter = make.for_signature(world)
    outcome = at_once(
        *(
            lambda who=who: letters.sign(letter=letter, actor=who, revision=letter.revision)
            for who in (world.director, second)
        )
    )
    kinds = sorted(type(result).__name__ for result in outcome)
    assert kinds == ["Letter", "StaleAction"]
    assert numbers(Register.objects.get()) == [1]


def test_a_stale_click_names_the_new_state(world: World) -> None:
    letter = make.signed(world)
    with pytest.raises(StaleAction) as stale:
        letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    assert stale.value.state == LetterState.SIGNED_PENDING


def test_double_click_on_dispatch_sends_once(world: World) -> None:
    letter = make.ready(world)
    outcome = at_once(
        *(lambda: letters.dispatch(letter=letter, actor=world.registry) for _click in range(2))
    )
    assert sorted(type(result).__name__ for result in outcome) == ["Letter", "StaleAction"]
    assert Delivery.objects.count() == len(world.schools)
    assert Notice.objects.filter(kind="circulars.delivered").count() == 1


def test_two_clerks_register_at_once(world: World) -> None:
    received = make.delivery(make.dispatched(world), world.schools[0])
    second = person(Role.SCHOOL_CLERK, world.schools[0])
    outcome = at_once(
        *(
            lambda who=who: deliveries.register(delivery=received, actor=who)
            for who in (world.clerks[0], second)
        )
    )
    assert sorted(type(result).__name__ for result in outcome) == ["Delivery", "StaleAction"]
    assert numbers(Register.objects.get(kind=RegisterKind.INCOMING)) == [1]


def test_two_clerks_chase_at_once(world: World) -> None:
    letter = make.dispatched(world)
    outcome = at_once(
        *(
            lambda who=who: deliveries.chase(letter=letter, actor=who, scope=ChaseScope.NOT_OPENED)
            for who in (world.officer, world.registry)
        )
    )
    assert sorted(result.reminded for result in outcome) == [0, 3]
    assert set(Delivery.objects.values_list("chase_count", flat=True)) == {1}


def test_document_made_twice_at_once_keeps_one(world: World) -> None:
    letter = make.signed(world)
    files = [make.some_file(world.office, data=f"%PDF-1.7 {n}".encode()) for n in range(2)]
    outcome = at_once(
        *(lambda file=file: letters.attach_pdf(letter=letter, pdf=file) for file in files)
    )
    assert sorted(type(result).__name__ for result in outcome) == ["Letter", "StaleAction"]
    assert Letter.objects.get(pk=letter.pk).pdf in files


def test_fifty_signers_at_once_over_many_circulars(world: World) -> None:
    """Fifty threads sign fifty letters; some transactions break down after the number."""
    waiting = [make.for_signature(world) for _letter in range(50)]
    broken = {letter.pk for letter in random.Random(7).sample(waiting, 3)}

    def sign(letter: Letter) -> object:
        with transaction.atomic():
            signed = letters.sign(letter=letter, actor=world.director, revision=letter.revision)
            if letter.pk in broken:
                transaction.set_rollback(True)
            return signed

    at_once(*(lambda letter=letter: sign(letter) for letter in waiting))
    assert numbers(Register.objects.get()) == list(range(1, 48))
    assert (
        set(Letter.objects.filter(state=LetterState.IN_CHAIN).values_list("pk", flat=True))
        == broken
    )
    texts = Letter.objects.filter(entry__isnull=False).values_list("number_text", flat=True)
    assert len(set(texts)) == 47


def test_fifty_writers_with_rollbacks_leave_no_gap(world: World) -> None:
    """Each of fifty threads takes ten numbers in ten transactions; five in a hundred roll back."""
    unit = world.schools[0]
    kept: list[int] = []

    def take(seed: int) -> None:
        dice = random.Random(seed)
        for _turn in range(10):
            with transaction.atomic():
                entry = take_number(
                    unit_id=unit.pk, kind=RegisterKind.INCOMING, moment=timezone.now(),
                    registered_by_id=None,
                )  # fmt: skip
                rolls_back = dice.random() < 0.05
                transaction.set_rollback(rolls_back)
            if not rolls_back:
                kept.append(entry.number)

    at_once(*(lambda seed=seed: take(seed) for seed in range(50)))
    register = Register.objects.get(unit=unit)
    assert sorted(kept) == numbers(register) == list(range(1, register.last_number + 1))
    assert 400 < len(kept) < 500


def test_reading_while_the_letter_is_sent_sees_all_or_nothing(world: World) -> None:
    letter = make.ready(world)
    outcome = at_once(
        lambda: letters.dispatch(letter=letter, actor=world.registry),
        lambda: Delivery.objects.filter(letter=letter).count(),
    )
    assert outcome[1] in (0, len(world.schools))
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}


def test_person_deactivated_between_page_and_click_cannot_sign(world: World) -> None:
    letter = make.for_signature(world)
    User.objects.filter(pk=world.director.pk).update(is_active=False)
    director = User.objects.get(pk=world.director.pk)
    with pytest.raises(PortalError):
        letters.sign(letter=letter, actor=director, revision=letter.revision)
    assert Letter.objects.get(pk=letter.pk).state == LetterState.IN_CHAIN

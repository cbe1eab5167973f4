"""Reserved numbers: taken in one piece, used once, dated as the rules say, given up as void."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from circulars.effects.numbers import check_dated, reserve_numbers, take_number, use_number
from circulars.enums import EntryState, LetterState, RegisterKind, Secrecy
from circulars.forms.registers import NumberField
from circulars.models import Register, RegisterEntry, Reservation
from circulars.registrations.registers import ExpiringTile
from circulars.services import deliveries, letters, registers, reservations
from circulars.services.register_proof import prove
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.org.service import central_registry
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World, make_world
from tests.factories.registers import entry_of, move_back, reserved

pytestmark = pytest.mark.django_db

OUT, IN, CIRCULAR = RegisterKind.OUTGOING, RegisterKind.INCOMING, RegisterKind.CIRCULAR


def test_numbers_are_reserved_in_one_piece(world: World) -> None:
    make.signed(world)
    made = reserved(world)
    make.signed(world)
    assert (made.first_number, made.last_number, made.count) == (2, 4, 3)
    assert str(made) == f"2–4/{made.register.year}"
    assert list(RegisterEntry.objects.order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip
    assert {entry.state for entry in made.entries.all()} == {EntryState.RESERVED}
    assert str(reserved(world, count=1)) == f"6/{made.register.year}"


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"count": 0}, "count"), ({"count": 101}, "count"), ({"purpose": "  "}, "purpose"),
     ({"days": -1}, "expires_on"), ({"days": 400}, "expires_on")],
)  # fmt: skip
def test_wishes_that_cannot_be_are_refused(
    world: World, wish: dict[str, object], field: str
) -> None:
    days = wish.pop("days", 3)
    values = {"count": 1, "purpose": "งาน", **wish}
    with pytest.raises(InvalidInput) as refusal:
        reservations.reserve(
            unit=central_registry(world.office), kind=OUT, actor=world.registry,
            person=world.officer, expires_on=timezone.localdate() + timedelta(days=days),
            **values,
        )  # fmt: skip
    assert refusal.value.field == field
    assert not RegisterEntry.objects.exists()


def test_only_who_keeps_the_book_reserves(world: World) -> None:
    for user in (world.officer, world.director, world.clerks[0], world.group_registry):
        with pytest.raises(NotAllowed):
            reserved(world, actor=user)
    school = world.schools[0]
    with pytest.raises(NotAllowed):
        reserved(world, unit=school, actor=world.clerks[1], person=world.clerks[1])
    assert reserved(world, unit=school, actor=world.clerks[0], person=world.clerks[0]).pk


def test_secret_numbers_are_reserved_by_heads_alone(world: World) -> None:
    school = world.schools[0]
    with pytest.raises(NotAllowed):
        reserved(
            world, unit=school, kind=RegisterKind.SECRET_OUTGOING, actor=world.clerks[0],
            person=world.clerks[0],
        )  # fmt: skip
    made = reserved(
        world, unit=school, kind=RegisterKind.SECRET_OUTGOING, actor=world.principals[0],
        person=world.clerks[0],
    )  # fmt: skip
    seen = {
        name: made in Reservation.objects.visible_to(user)
        for name, user in (
            ("principal", world.principals[0]), ("clerk", world.clerks[0]),
            ("director", world.director), ("registry", world.registry),
        )
    }  # fmt: skip
    assert seen == {"principal": True, "clerk": False, "director": False, "registry": False}
    with pytest.raises(NotAllowed):
        reservations.release(reservation=made, actor=world.clerks[0], reason="ไม่ใช้")


def test_numbers_are_reserved_only_for_people_of_the_house(world: World) -> None:
    for stranger in (world.clerks[0], person(Role.OFFICER)):
        with pytest.raises(InvalidInput) as refusal:
            reserved(world, person=stranger)
        assert refusal.value.field == "person"
    school = world.schools[0]
    with pytest.raises(InvalidInput):
        reserved(world, unit=school, actor=world.clerks[0], person=world.officer)


def test_signing_takes_the_reserved_number_and_its_day(world: World) -> None:
    made = reserved(world)
    move_back(made, days=2)
    make.signed(world)
    letter = make.for_signature(world)
    letter = letters.sign(
        letter=letter, actor=world.director, revision=letter.revision, reserved=entry_of(made, 2)
    )
    entry = entry_of(made, 2)
    assert letter.number_text == entry.reference == "ศธ 04108/ว 2"
    assert letter.letter_date == entry.dated == timezone.localdate() - timedelta(days=2)
    assert entry.state == EntryState.GIVEN
    assert (entry.registered_by, entry.subject) == (world.director, letter.subject)
    assert [book.is_whole for book in prove()] == [True]


def test_signing_with_a_reserved_number_may_be_dated_today(world: World) -> None:
    made = reserved(world, person=world.director)
    move_back(made, days=1)
    letter = make.for_signature(world)
    today = timezone.localdate()
    same_year = today.year == (today - timedelta(days=1)).year
    assert same_year, "run on any other day than 1 January"
    letter = letters.sign(
        letter=letter, actor=world.director, revision=letter.revision,
        reserved=entry_of(made, 1), dated=today,
    )  # fmt: skip
    assert letter.letter_date == today


def test_back_dating_without_a_reserved_number_is_refused(world: World) -> None:
    letter = make.for_signature(world)
    with pytest.raises(InvalidInput) as refusal:
        letters.sign(
            letter=letter, actor=world.director, revision=letter.revision,
            dated=timezone.localdate() - timedelta(days=1),
        )  # fmt: skip
    assert refusal.value.field == "dated"
    letter.refresh_from_db()
    assert letter.state == LetterState.IN_CHAIN
    assert not RegisterEntry.objects.exists()


def test_reserved_number_of_another_day_is_refused(world: World) -> None:
    made = reserved(world)
    with pytest.raises(InvalidInput):
        check_dated(
            timezone.localdate() - timedelta(days=5), moment=timezone.now(),
            reserved=entry_of(made, 1),
        )  # fmt: skip


def test_reserved_number_of_last_year_keeps_last_years_date(world: World) -> None:
    with transaction.atomic():
        made = reserve_numbers(
            unit_id=world.group.pk, kind=OUT, count=1, purpose="งาน", person_id=world.officer.pk,
            moment=datetime.fromisoformat("2026-12-31T23:59:59+07:00"),
            actor_id=world.officer.pk, expires_on=date(2027, 1, 31),
        )  # fmt: skip
    entry, next_year = entry_of(made, 1), datetime.fromisoformat("2027-01-02T09:00:00+07:00")
    assert entry.register.year == 2569
    check_dated(date(2026, 12, 31), moment=next_year, reserved=entry)
    with pytest.raises(InvalidInput):
        check_dated(date(2027, 1, 2), moment=next_year, reserved=entry)


def test_number_is_used_once(world: World) -> None:
    entry = entry_of(reserved(world), 1)
    first, second = make.for_signature(world), make.for_signature(world)
    letters.sign(letter=first, actor=world.director, revision=first.revision, reserved=entry)
    with pytest.raises(StaleAction) as stale:
        letters.sign(letter=second, actor=world.director, revision=second.revision, reserved=entry)
    assert stale.value.state == EntryState.GIVEN
    second.refresh_from_db()
    assert second.state == LetterState.IN_CHAIN


def test_number_of_another_book_or_over_its_time_is_refused(world: World) -> None:
    made = reserved(world, kind=OUT)
    letter = make.for_signature(world)
    with pytest.raises(InvalidInput) as refusal:
        letters.sign(
            letter=letter, actor=world.director, revision=letter.revision,
            reserved=entry_of(made, 1),
        )  # fmt: skip
    assert refusal.value.field == "number"
    Reservation.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    with transaction.atomic(), pytest.raises(InvalidInput):
        use_number(
            entry_of(made, 1), unit_id=made.register.unit_id, kind=OUT, moment=timezone.now(),
            row={},
        )  # fmt: skip
    assert made.entries.unused().count() == 3


def test_received_letter_is_registered_with_a_reserved_number(world: World) -> None:
    school, clerk = world.schools[0], world.clerks[0]
    made = reserved(world, unit=school, kind=IN, actor=clerk, person=clerk, count=1)
    received = make.delivery(make.dispatched(world), school)
    received = deliveries.register(delivery=received, actor=clerk, reserved=entry_of(made, 1))
    assert received.entry == entry_of(made, 1)
    assert Register.objects.get(unit=school, kind=IN).last_number == 1


def test_numbers_need_a_transaction(world: World) -> None:
    connection.in_atomic_block = False
    try:
        with pytest.raises(TransactionManagementError):
            reserve_numbers(
                unit_id=1, kind=OUT, count=1, moment=timezone.now(), purpose="x", person_id=1,
                actor_id=1, expires_on=timezone.localdate(),
            )  # fmt: skip
    finally:
        connection.in_atomic_block = True


def test_unused_numbers_are_given_up_with_a_reason(world: World) -> None:
    made = reserved(world)
    assert reservations.release(
        reservation=made, actor=world.officer, reason="ยกเลิกงาน", numbers=[2]
    ) == 1  # fmt: skip
    assert reservations.release(reservation=made, actor=world.registry, reason="ไม่ใช้") == 2
    fates = made.entries.order_by("number").values_list("number", "void_reason", "voided_by")
    assert list(fates) == [
        (1, "ไม่ใช้", world.registry.pk),
        (2, "ยกเลิกงาน", world.officer.pk),
        (3, "ไม่ใช้", world.registry.pk),
    ]
    make.signed(world)
    assert Register.objects.get(kind=CIRCULAR).last_number == 4


def test_giving_up_needs_a_reason_the_right_person_and_an_unused_number(world: World) -> None:
    made = reserved(world)
    with pytest.raises(InvalidInput):
        reservations.release(reservation=made, actor=world.registry, reason=" ")
    with pytest.raises(NotAllowed):
        reservations.release(reservation=made, actor=world.group_registry, reason="ไม่ใช้")
    with pytest.raises(StaleAction):
        reservations.release(reservation=made, actor=world.registry, reason="ก", numbers=[9])
    reservations.release(reservation=made, actor=world.registry, reason="ไม่ใช้")
    with pytest.raises(StaleAction):
        reservations.release(reservation=made, actor=world.registry, reason="อีกครั้ง")


def test_void_and_used_numbers_stay_so_in_the_database(world: World) -> None:
    made = reserved(world)
    reservations.release(reservation=made, actor=world.registry, reason="ไม่ใช้", numbers=[1])
    for change in (
        {"voided_at": None}, {"reservation": None}, {"number": 9},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            RegisterEntry.objects.filter(reservation=made, number=1).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Register.objects.update(last_number=1)


def test_expiring_reservations_stand_on_my_work(world: World) -> None:
    soon, over = reserved(world, days=2), reserved(world, days=0)
    reserved(world, days=30)
    used = reserved(world, days=1)
    reservations.release(reservation=used, actor=world.registry, reason="ไม่ใช้")
    Reservation.objects.filter(pk=over.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    tile = ExpiringTile()
    for user in (world.officer, world.registry):
        items = tile.items(user, 5)
        assert [item.url for item in items] == [over.get_absolute_url(), soon.get_absolute_url()]
        assert [item.tone for item in items] == ["danger", ""]
        assert tile.count(user) == 2
    assert tile.count(world.clerks[0]) == 0
    assert tile.url(world.officer) == "/circulars/registers/reservations/?left=on"


def test_secret_letters_take_numbers_of_their_own_book(world: World) -> None:
    make.signed(world)
    letter = make.signed(world, secrecy=Secrecy.SECRET)
    assert (letter.entry.register.kind, letter.number_text) == (
        RegisterKind.SECRET_OUTGOING,
        "ศธ 04108/ล 1",
    )
    assert letter.entry.subject == ""
    received = make.delivery(
        letters.dispatch(
            letter=letters.attach_pdf(letter=letter, pdf=make.some_file(world.office)),
            actor=world.officer,
        ),
        world.schools[0],
    )
    received = deliveries.acknowledge(delivery=received, actor=world.principals[0])
    assert received.entry.register.kind == RegisterKind.SECRET_INCOMING


def test_line_by_hand_gets_the_next_number_and_its_own_reference(world: World) -> None:
    unit = central_registry(world.office)

    def enter(kind: RegisterKind, **fields: object) -> RegisterEntry:
        line = registers.Line(**{"subject": "แต่งตั้ง", "sender": "ก", "receiver": "ข", **fields})
        return registers.enter(unit=unit, kind=kind, actor=world.registry, line=line)

    year = timezone.localdate().year + 543
    assert enter(RegisterKind.ORDER).reference == f"1/{year}"
    assert enter(OUT).reference == "ศธ 04108/1"
    assert enter(CIRCULAR).reference == "ศธ 04108/ว 1"
    assert enter(RegisterKind.SECRET_OUTGOING, subject="").reference == "ศธ 04108/ล 1"
    came_in = enter(IN, reference="ที่ 5", dated=date(2020, 1, 1))
    assert (came_in.reference, came_in.dated) == ("ที่ 5", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (OUT, {"subject": ""}, "subject"),
        (RegisterKind.SECRET_INCOMING, {"subject": "ลับ"}, "subject"),
        (OUT, {"dated": date(2020, 1, 1)}, "dated"),
        (IN, {"dated": date(2999, 1, 1)}, "dated"),
    ],
)
def test_line_that_cannot_be_written_is_refused(
    world: World, kind: RegisterKind, fields: dict[str, object], field: str
) -> None:
    line = registers.Line(**{"subject": "เรื่อง", "sender": "ก", "receiver": "ข", **fields})
    with pytest.raises(InvalidInput) as refusal:
        registers.enter(
            unit=central_registry(world.office), kind=kind, actor=world.registry, line=line
        )
    assert refusal.value.field == field
    assert not RegisterEntry.objects.exists()


def test_line_by_hand_is_made_void_and_a_letters_line_is_not(world: World) -> None:
    unit = central_registry(world.office)
    line = registers.Line(subject="เรื่อง", sender="ก", receiver="ข")
    entry = registers.enter(unit=unit, kind=OUT, actor=world.registry, line=line)
    with pytest.raises(InvalidInput):
        registers.void_line(entry=entry, actor=world.registry, reason="")
    with pytest.raises(NotAllowed):
        registers.void_line(entry=entry, actor=world.officer, reason="พิมพ์ผิด")
    assert registers.void_line(entry=entry, actor=world.registry, reason="พิมพ์ผิด").state == "void"
    with pytest.raises(StaleAction):
        registers.void_line(entry=entry, actor=world.registry, reason="อีกครั้ง")
    letter = make.signed(world)
    with pytest.raises(InvalidInput):
        registers.void_line(entry=letter.entry, actor=world.registry, reason="พิมพ์ผิด")


def test_choice_of_numbers_offers_both_dates(world: World) -> None:
    made = reserved(world, count=1)
    move_back(made, days=1)
    entry = entry_of(made, 1)
    field = NumberField([entry], with_dates=True)
    values = [value for value, _label in field.choices]
    assert values == ["", str(entry.pk), f"{entry.pk}:today"]
    assert field.chosen("") == {}
    assert field.chosen(str(entry.pk)) == {"reserved": entry}
    assert field.chosen(f"{entry.pk}:today") == {
        "reserved": entry,
        "dated": timezone.localdate(),
    }
    assert [value for value, _label in NumberField([entry]).choices] == ["", str(entry.pk)]


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_with_reservations_leave_no_gap() -> None:
    """Fifty threads take and reserve numbers of one book and use reserved ones; some roll back."""
    world = make_world(schools=1)
    school, clerk = world.schools[0], world.clerks[0]
    barrier = Barrier(50)

    def write(seed: int) -> None:
        dice = random.Random(seed)
        try:
            barrier.wait(timeout=30)
            for _turn in range(6):
                with transaction.atomic():
                    _write_once(dice, school.pk, clerk.pk)
                    transaction.set_rollback(dice.random() < 0.1)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(write, range(50)))
    register = Register.objects.get(unit=school)
    numbers = register.entries.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, register.last_number + 1))
    assert [book.is_whole for book in prove()] == [True]
    for reservation in Reservation.objects.all():
        own = reservation.entries.order_by("number").values_list("number", flat=True)
        assert list(own) == list(range(reservation.first_number, reservation.last_number + 1))
    used = register.entries.filter(used_at__isnull=False)
    assert used.count() > 5


def _write_once(dice: random.Random, unit_id: int, clerk_id: int) -> None:
    moment = timezone.now()
    if dice.random() < 0.3:
        made = reserve_numbers(
            unit_id=unit_id, kind=IN, count=dice.randint(1, 4), moment=moment, purpose="งาน",
            person_id=clerk_id, actor_id=clerk_id,
            expires_on=timezone.localdate() + timedelta(days=1),
        )  # fmt: skip
        if dice.random() < 0.5:
            entry = RegisterEntry.objects.filter(reservation=made).order_by("number")[0]
            take_number(
                unit_id=unit_id, kind=IN, moment=moment, registered_by_id=clerk_id,
                reserved=entry,
            )  # fmt: skip
        return
    take_number(unit_id=unit_id, kind=IN, moment=moment, registered_by_id=clerk_id)

"""What a recipient does with a letter, and how the sender follows and chases it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.enums import ChaseScope, DeliveryState, RegisterKind, Secrecy
from circulars.forms.inbox import ForwardForm
from circulars.models import Delivery, RegisterEntry
from circulars.services import deliveries, letters, recipients
from circulars.services.board import board_rows, progress
from circulars.workflow import DELIVERY
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.registry import work_tiles
from portal.files.models import StoredFile
from portal.notifications.models import Notice
from portal.org.enums import Role
from portal.org.models import Unit
from portal.workflow.service import available
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World


@pytest.fixture
def received(world: World) -> Delivery:
    return make.delivery(make.dispatched(world), world.schools[0])


def last_notice(kind: str) -> set[int]:
    notice = Notice.objects.filter(kind=f"circulars.{kind}").order_by("-pk").first()
    return set(notice.notifications.values_list("person_id", flat=True)) if notice else set()


def test_first_opening_is_noted_once(world: World, received: Delivery) -> None:
    opened = deliveries.open_delivery(delivery=received, actor=world.clerks[0])
    again = deliveries.open_delivery(delivery=opened, actor=world.principals[0])
    assert (again.state, again.opened_by) == (DeliveryState.OPENED, world.clerks[0])


def test_two_people_opening_at_once_note_the_first(world: World, received: Delivery) -> None:
    same_page = make.delivery(received.letter, received.unit)
    deliveries.open_delivery(delivery=received, actor=world.clerks[0])
    later = deliveries.open_delivery(delivery=same_page, actor=world.principals[0])
    assert later.opened_by == world.clerks[0]


def test_register_gives_the_schools_own_number_and_keeps_both_times(
    world: World, received: Delivery
) -> None:
    registered = deliveries.register(
        delivery=received, actor=world.clerks[0], action="เสนอ ผอ.", note="ด่วน"
    )
    entry = registered.entry
    assert (entry.number, entry.register.kind, entry.register.unit) == (
        1, RegisterKind.INCOMING, world.schools[0],
    )  # fmt: skip
    assert (entry.reference, entry.action, entry.note) == (
        received.letter.number_text, "เสนอ ผอ.", "ด่วน",
    )  # fmt: skip
    assert registered.delivered_at < entry.registered_at
    assert registered.opened_by == world.clerks[0]


def test_registering_twice_gives_one_number(world: World, received: Delivery) -> None:
    deliveries.register(delivery=received, actor=world.clerks[0])
    with pytest.raises(StaleAction):
        deliveries.register(delivery=received, actor=world.clerks[0])
    assert RegisterEntry.objects.filter(register__kind=RegisterKind.INCOMING).count() == 1


def test_acknowledge_registers_what_no_clerk_has(world: World, received: Delivery) -> None:
    done = deliveries.acknowledge(delivery=received, actor=world.principals[0])
    assert (done.state, done.acknowledged_by, done.entry.number) == (
        DeliveryState.ACKNOWLEDGED, world.principals[0], 1,
    )  # fmt: skip


def test_clerk_cannot_acknowledge(world: World, received: Delivery) -> None:
    with pytest.raises(NotAllowed):
        deliveries.acknowledge(delivery=received, actor=world.clerks[0])


def test_answer_reaches_the_drafter_and_counts_from_the_first(
    world: World, received: Delivery
) -> None:
    upload = make.some_file(world.office)
    StoredFile.objects.filter(pk=upload.pk).update(
        is_attached=False, uploaded_by=world.principals[0]
    )
    first = deliveries.answer(
        delivery=received, actor=world.principals[0], text="ส่งแล้ว", files=[upload]
    )
    second = deliveries.answer(delivery=first, actor=world.principals[0], text="เพิ่มเติม")
    assert second.state == DeliveryState.ANSWERED
    assert second.answered_at == first.answered_at
    assert second.acknowledged_by == world.principals[0]
    assert [answer.text for answer in second.answers.all()] == ["ส่งแล้ว", "เพิ่มเติม"]
    assert list(second.answers.first().files.all()) == [upload]
    assert last_notice("answered") == {world.officer.pk}


def test_answer_of_a_clerk_leaves_the_principal_to_acknowledge(
    world: World, received: Delivery
) -> None:
    answered = deliveries.answer(delivery=received, actor=world.clerks[0], text="ส่งแล้ว")
    assert answered.acknowledged_at is None
    done = deliveries.acknowledge(delivery=answered, actor=world.principals[0])
    assert (done.state, done.acknowledged_by) == (DeliveryState.ANSWERED, world.principals[0])


def test_empty_answer_is_refused(world: World, received: Delivery) -> None:
    with pytest.raises(InvalidInput) as refused:
        deliveries.answer(delivery=received, actor=world.principals[0], text="  ")
    assert refused.value.field == "text"
    assert Delivery.objects.get(pk=received.pk).entry is None


def test_answer_with_a_foreign_file_is_refused(world: World, received: Delivery) -> None:
    with pytest.raises(NotAllowed):
        deliveries.answer(
            delivery=received, actor=world.principals[0], text="x",
            files=[make.some_file(world.office)],
        )  # fmt: skip


def test_forward_gives_a_teacher_the_letter_and_nothing_else(
    world: World, received: Delivery
) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    assert not Delivery.objects.visible_to(teacher).exists()
    deliveries.forward(delivery=received, actor=world.clerks[0], person=teacher, note="ดำเนินการ")
    assert list(Delivery.objects.visible_to(teacher)) == [received]
    assert available(DELIVERY, received, teacher) == []
    assert last_notice("forwarded") == {teacher.pk}


def test_forwarded_letter_is_seen_but_not_opened_for_the_school(
    world: World, received: Delivery
) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    handed = deliveries.forward(delivery=received, actor=world.clerks[0], person=teacher)
    tile = work_tiles.get("circulars.handed")
    assert [item.url for item in tile.items(teacher, 5)] == [received.get_absolute_url()]
    deliveries.open_delivery(delivery=received, actor=teacher)
    assert tile.count(teacher) == 0
    handed.refresh_from_db()
    assert handed.seen_at is not None
    assert Delivery.objects.get(pk=received.pk).state == DeliveryState.DELIVERED


def test_forward_twice_outside_or_to_oneself_is_refused(world: World, received: Delivery) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    deliveries.forward(delivery=received, actor=world.clerks[0], person=teacher)
    for somebody in (teacher, world.clerks[1], world.clerks[0]):
        with pytest.raises(InvalidInput) as refused:
            deliveries.forward(delivery=received, actor=world.clerks[0], person=somebody)
        assert refused.value.field == "person"


def test_forwarding_is_offered_to_all_others_of_the_unit(world: World, received: Delivery) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    offered = ForwardForm(delivery=received, user=world.clerks[0]).fields["person"].queryset
    assert set(offered) == {teacher, world.principals[0]}


def test_forward_by_a_teacher_is_refused(world: World, received: Delivery) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    with pytest.raises(NotAllowed):
        deliveries.forward(delivery=received, actor=teacher, person=world.clerks[0])


def test_progress_counts_each_stage_reached(world: World) -> None:
    letter = make.dispatched(world)
    first, second, _third = (make.delivery(letter, unit) for unit in world.schools)
    deliveries.answer(delivery=first, actor=world.principals[0], text="x")
    deliveries.open_delivery(delivery=second, actor=world.clerks[1])
    counts = progress(letter)
    assert (counts.total, counts.opened, counts.registered, counts.acknowledged) == (3, 2, 1, 1)
    assert (counts.answered, counts.not_opened, counts.not_answered) == (1, 1, 2)


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", [0, 1, 2]),
        ("opened", [0, 1]),
        ("registered", [0]),
        ("not_opened", [2]),
        ("not_registered", [1, 2]),
        ("not_acknowledged", [1, 2]),
        ("not_answered", [1, 2]),
        ("undeliverable", []),
        ("nonsense", [0, 1, 2]),
    ],
)
def test_board_rows_of_a_stage(world: World, show: str, expected: list[int]) -> None:
    letter = make.dispatched(world)
    first, second, _third = (make.delivery(letter, unit) for unit in world.schools)
    deliveries.answer(delivery=first, actor=world.principals[0], text="x")
    deliveries.open_delivery(delivery=second, actor=world.clerks[1])
    shown = {row.unit_id for row in board_rows(letter=letter, show=show)}
    assert shown == {world.schools[index].pk for index in expected}


def test_chase_reminds_those_behind_once_a_day(world: World) -> None:
    letter = make.dispatched(world)
    first = make.delivery(letter, world.schools[0])
    deliveries.open_delivery(delivery=first, actor=world.clerks[0])
    chased = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (chased.reminded, chased.rested) == (2, 0)
    behind = {*world.principals[1:], *world.clerks[1:]}
    assert last_notice("chased") == {user.pk for user in behind}
    again = deliveries.chase(letter=letter, actor=world.registry, scope=ChaseScope.NOT_ANSWERED)
    assert (again.reminded, again.rested) == (1, 2)
    Delivery.objects.update(chased_on=timezone.localdate() - timedelta(days=1))
    tomorrow = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (tomorrow.reminded, tomorrow.rested) == (2, 0)
    assert set(Delivery.objects.values_list("chase_count", flat=True)) == {1, 2}


def test_chase_with_nobody_behind_tells_nobody(world: World) -> None:
    letter = make.dispatched(world, to=world.schools[:1])
    deliveries.open_delivery(
        delivery=make.delivery(letter, world.schools[0]), actor=world.clerks[0]
    )
    chased = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (chased.reminded, chased.rested) == (0, 0)
    assert last_notice("chased") == set()


def test_chase_counts_apart_where_nobody_can_be_told(world: World) -> None:
    letter = make.dispatched(world)
    for user in (world.principals[0], world.clerks[0]):
        world.membership(user).delete()
    chased = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (chased.reminded, chased.rested, chased.unheard) == (2, 0, [world.schools[0]])
    assert last_notice("chased") == {
        user.pk for user in (*world.principals[1:], *world.clerks[1:])
    }
    assert make.delivery(letter, world.schools[0]).chased_on is None
    assert AuditRow.objects.latest("pk").data == {
        "scope": "not_opened", "reminded": 2, "unheard": 1,
    }  # fmt: skip
    again = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (again.reminded, again.rested, again.unheard) == (0, 2, [world.schools[0]])


def test_chase_reaches_the_successor_of_a_successor(world: World) -> None:
    letter = make.dispatched(world)
    first, second, third = world.schools
    yesterday = timezone.localdate() - timedelta(days=1)
    for unit, heir in ((first, second), (second, third)):
        Unit.objects.filter(pk=unit.pk).update(closed_on=yesterday, merged_into=heir)
    for user in (*world.principals[:2], *world.clerks[:2]):
        world.membership(user).delete()
    chased = deliveries.chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert (chased.reminded, chased.unheard) == (3, [])
    assert last_notice("chased") == {world.principals[2].pk, world.clerks[2].pk}


def test_chase_is_for_senders_and_sent_letters(world: World) -> None:
    with pytest.raises(NotAllowed):
        deliveries.chase(
            letter=make.dispatched(world), actor=world.clerks[0], scope=ChaseScope.NOT_OPENED
        )
    with pytest.raises(StaleAction):
        deliveries.chase(
            letter=make.ready(world), actor=world.officer, scope=ChaseScope.NOT_OPENED
        )


def test_overdue_follows_what_the_letter_asked_for(world: World) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    asks = make.dispatched(world, due_on=yesterday, answer_wanted=True, to=world.schools[:1])
    told = make.dispatched(world, due_on=yesterday, to=world.schools[:1])
    for letter in (asks, told):
        deliveries.acknowledge(
            delivery=make.delivery(letter, world.schools[0]), actor=world.principals[0]
        )
    assert [row.letter for row in Delivery.objects.overdue()] == [asks]
    late = {row.letter for row in Delivery.objects.select_related("letter") if row.is_overdue}
    assert late == {asks}


def test_every_look_at_a_secret_letter_is_recorded(world: World) -> None:
    letter = make.dispatched(world, secrecy=Secrecy.SECRET)
    received = make.delivery(letter, world.schools[0])
    for _look in range(2):
        deliveries.open_delivery(delivery=received, actor=world.principals[0])
    looks = AuditRow.objects.filter(action="delivery.read_secret", about_id=str(received.pk))
    assert looks.count() == 2


def test_school_answers_the_office_by_letter_of_its_own(world: World) -> None:
    registry_unit = world.membership(world.registry).unit
    letter = make.school_letter(world, to=[registry_unit, world.schools[1]])
    letter = letters.submit(letter=letter, actor=world.clerks[0])
    letter = letters.sign(letter=letter, actor=world.principals[0], revision=letter.revision)
    letter = letters.attach_pdf(letter=letter, pdf=make.some_file(world.office))
    letters.dispatch(letter=letter, actor=world.clerks[0])
    at_office = make.delivery(letter, registry_unit)
    registered = deliveries.register(delivery=at_office, actor=world.registry)
    assert registered.entry.register.unit == registry_unit
    assert registered.entry.sender == str(world.schools[0])
    at_school = deliveries.register(
        delivery=make.delivery(letter, world.schools[1]), actor=world.clerks[1]
    )
    assert at_school.entry.register.unit == world.schools[1]


def test_recipients_cannot_include_the_sender_a_closed_unit_or_another_office(
    world: World,
) -> None:
    elsewhere = make.make_world(schools=1).schools[0]
    closed = world.schools[2]
    closed.closed_on = timezone.localdate() - timedelta(days=1)
    closed.save()
    letter = make.draft(world, to=[])
    for unit in (world.group, closed, elsewhere):
        with pytest.raises(InvalidInput) as refused:
            recipients.set_recipients(letter=letter, actor=world.officer, units=[unit.pk])
        assert refused.value.field == "recipients"

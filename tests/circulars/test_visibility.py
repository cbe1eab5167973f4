"""Who sees which letters: exact sets, with something present that could leak."""

import pytest

from circulars.enums import Secrecy
from circulars.models import Delivery, Letter, Register
from circulars.services import deliveries, letters
from circulars.services.access import may_read_file
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import GroupFactory, person
from tests.factories import letters as make
from tests.factories.letters import World

ALL = {"draft", "chain", "ready", "sent"}


@pytest.fixture
def letters_at_each_stage(world: World) -> dict[str, Letter]:
    return {
        "draft": make.draft(world),
        "chain": make.submitted(world),
        "ready": make.ready(world),
        "sent": make.dispatched(world),
        "secret draft": make.draft(world, secrecy=Secrecy.SECRET),
        "secret sent": make.dispatched(world, secrecy=Secrecy.SECRET),
    }


def people_of(world: World) -> dict[str, User]:
    other_group = GroupFactory(office=world.office)
    return {
        "drafter": world.officer,
        "colleague": person(Role.OFFICER, world.group),
        "group director": world.group_director,
        "group registry": world.group_registry,
        "deputy": world.deputy,
        "director": world.director,
        "registry": world.registry,
        "officer of another group": person(Role.OFFICER, other_group),
        "director of another group": person(Role.GROUP_DIRECTOR, other_group),
        "principal": world.principals[0],
        "school clerk": world.clerks[0],
        "teacher": person(Role.TEACHER, world.schools[0]),
        "auditor": person(Role.AUDITOR, world.group),
        "system administrator": person(Role.SYSADMIN, office=world.office),
        "nobody": person(None, office=world.office),
        "another office": person(Role.DIRECTOR),
    }


SENDER_SIDE = {
    "drafter": {*ALL, "secret draft", "secret sent"},
    "colleague": {"ready", "sent"},
    "group director": {"chain", "ready", "sent", "secret sent"},
    "group registry": {"chain", "ready", "sent"},
    "deputy": {"chain", "ready", "sent", "secret sent"},
    "director": {"chain", "ready", "sent", "secret sent"},
    "registry": {"chain", "ready", "sent"},
}

RECEIVER_SIDE = {
    "principal": {"sent", "secret sent"},
    "school clerk": {"sent"},
}


EVERYBODY = [
    "drafter",
    "colleague",
    "group director",
    "group registry",
    "deputy",
    "director",
    "registry",
    "officer of another group",
    "director of another group",
    "principal",
    "school clerk",
    "teacher",
    "auditor",
    "system administrator",
    "nobody",
    "another office",
]


@pytest.mark.parametrize("who", EVERYBODY)
def test_visible_letters_are_exactly_these(
    world: World, letters_at_each_stage: dict[str, Letter], who: str
) -> None:
    user = people_of(world)[who]
    names = {letter.pk: name for name, letter in letters_at_each_stage.items()}
    seen = {names[pk] for pk in Letter.objects.visible_to(user).values_list("pk", flat=True)}
    received = {names[row.letter_id] for row in Delivery.objects.visible_to(user)}
    assert seen == SENDER_SIDE.get(who, set())
    assert received == RECEIVER_SIDE.get(who, set())


def test_an_office_never_sees_another(world: World) -> None:
    make.dispatched(world)
    other = make.make_world(schools=1)
    sent = make.dispatched(other)
    for user in (other.director, other.registry, other.officer):
        assert set(Letter.objects.visible_to(user)) == {sent}
    assert {row.letter for row in Delivery.objects.visible_to(other.principals[0])} == {sent}
    assert {book.unit.office for book in Register.objects.visible_to(other.registry)} == {
        other.office
    }


def test_person_whose_role_ended_sees_only_what_passed_them(world: World) -> None:
    passed = make.submitted(world)
    make.submitted(world)
    letters.endorse(letter=passed, actor=world.group_director, revision=passed.revision)
    world.membership(world.group_director).delete()
    fresh = User.objects.get(pk=world.group_director.pk)
    assert list(Letter.objects.visible_to(fresh)) == [passed]


def test_files_go_with_their_letter(world: World) -> None:
    letter = make.dispatched(world)
    readers = {name for name, user in people_of(world).items() if may_read_file(user, letter.pdf)}
    assert readers == {
        "drafter", "colleague", "group director", "group registry", "deputy", "director",
        "registry", "principal", "school clerk",
    }  # fmt: skip


def test_answer_files_are_read_by_both_sides_only(world: World) -> None:
    letter = make.dispatched(world)
    received = make.delivery(letter, world.schools[0])
    deliveries.answer(delivery=received, actor=world.principals[0], text="x")
    file = make.some_file(world.office, data=b"%PDF-1.7\nanswer")
    received.answers.get().files.add(file)
    readers = {name for name, user in people_of(world).items() if may_read_file(user, file)}
    assert readers == {
        "drafter", "colleague", "group director", "group registry", "deputy", "director",
        "registry", "principal", "school clerk",
    }  # fmt: skip
    assert may_read_file(world.principals[1], file) is False


def test_file_of_nobody_is_not_ours(world: World) -> None:
    assert may_read_file(world.officer, make.some_file(world.office)) is None


REGISTERS = {
    "drafter": set(),
    "group director": set(),
    "director": {"office"},
    "deputy": {"office"},
    "registry": {"office"},
    "principal": {"school"},
    "school clerk": {"school"},
    "teacher": set(),
    "another office": set(),
}


@pytest.mark.parametrize("who", REGISTERS)
def test_visible_registers_are_exactly_these(world: World, who: str) -> None:
    letter = make.dispatched(world)
    deliveries.register(delivery=make.delivery(letter, world.schools[0]), actor=world.clerks[0])
    kinds = {book.unit.kind for book in Register.objects.visible_to(people_of(world)[who])}
    assert kinds == REGISTERS[who]


def test_letter_handed_to_somebody_is_seen_at_once(world: World) -> None:
    row = make.delivery(make.dispatched(world), world.schools[0])
    teacher = person(Role.TEACHER, world.schools[0])
    assert not Delivery.objects.visible_to(teacher).exists()
    deliveries.forward(delivery=row, actor=world.clerks[0], person=teacher)
    assert list(Delivery.objects.visible_to(teacher)) == [row]


def test_clerk_sees_the_secret_letter_handed_over_and_no_other(world: World) -> None:
    rows = [
        make.delivery(make.dispatched(world, secrecy="secret"), world.schools[0])
        for _letter in range(2)
    ]
    clerk = world.clerks[0]
    assert not Delivery.objects.visible_to(clerk).exists()
    deliveries.forward(delivery=rows[1], actor=world.principals[0], person=clerk)
    assert list(Delivery.objects.visible_to(clerk)) == [rows[1]]

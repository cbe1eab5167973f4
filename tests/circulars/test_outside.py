"""Letters from agencies outside: who enters them, who sees them, how they are numbered."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError

from circulars.enums import Channel, DeliveryState, LetterState, Secrecy
from circulars.models import Attachment, Delivery, Letter
from circulars.services import deliveries, outside
from portal.core.errors import InvalidInput, NotAllowed
from portal.files.service import store
from portal.org.models import Unit
from portal.org.service import central_registry
from tests.factories import OfficeFactory
from tests.factories.files import pdf_bytes
from tests.factories.letters import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(schools=1)


@pytest.fixture
def sender(world: World) -> Unit:
    return outside.agency(office=world.office, name="สำนักงานจังหวัด", actor=world.registry)


def entered(world: World, sender: Unit, **fields: object) -> Delivery:
    values = {"subject": "ขอเชิญประชุม", "reference": "พท 0017/123", "dated": date(2026, 11, 2)}
    return outside.enter(
        unit=central_registry(world.office),
        actor=world.registry,
        sender=sender,
        channel=Channel.PAPER,
        **{**values, **fields},  # type: ignore[arg-type]
    )


def test_agency_is_entered_once_however_it_is_typed(world: World, sender: Unit) -> None:
    again = outside.agency(office=world.office, name=" สำนักงานจังหวัด\u200b ", actor=world.registry)

    assert again == sender
    assert list(Unit.objects.outside().filter(office=world.office)) == [sender]


def test_agency_is_no_unit_of_the_office(world: World, sender: Unit) -> None:
    assert not Unit.objects.visible_to(world.registry).filter(pk=sender.pk).exists()
    assert not Unit.objects.open().filter(pk=sender.pk).exists()


def test_agency_needs_a_name(world: World) -> None:
    with pytest.raises(InvalidInput) as refusal:
        outside.agency(office=world.office, name=" ", actor=world.registry)
    assert refusal.value.field == "sender"


def test_letter_waits_in_the_inbox_and_is_registered_as_any_other(
    world: World, sender: Unit
) -> None:
    delivery = entered(world, sender, addressee="ผู้อำนวยการเขต")

    registered = deliveries.register(delivery=delivery, actor=world.registry)

    assert delivery.state == DeliveryState.DELIVERED
    entry = registered.entry
    assert entry is not None
    assert (entry.number, entry.reference, entry.dated) == (1, "พท 0017/123", date(2026, 11, 2))
    assert (entry.sender, entry.receiver, entry.subject) == (
        "สำนักงานจังหวัด", "ผู้อำนวยการเขต", "ขอเชิญประชุม",
    )  # fmt: skip


def test_letter_is_seen_where_it_was_received_and_nowhere_else(world: World, sender: Unit) -> None:
    delivery = entered(world, sender)
    everybody = [
        world.registry, world.director, world.deputy, world.officer, world.group_director,
        world.principals[0], world.clerks[0],
    ]  # fmt: skip

    received = [u for u in everybody if Delivery.objects.visible_to(u).exists()]
    sent = [u for u in everybody if Letter.objects.visible_to(u).exists()]

    assert received == [world.registry, world.director, world.deputy]
    assert sent == []
    assert Letter.objects.known_to(world.registry).get() == delivery.letter


def test_files_are_the_clerks_own(world: World, sender: Unit) -> None:
    scan, map_ = (
        store(upload=ContentFile(text, "a.pdf"), office=world.office, actor=owner, attached=False)
        for text, owner in (
            (pdf_bytes(pages=1), world.registry),
            (pdf_bytes(pages=2), world.officer),
        )
    )
    delivery = entered(world, sender, document=scan)
    assert delivery.letter.pdf == scan

    with pytest.raises(NotAllowed):
        entered(world, sender, enclosures=[(map_, "แผนที่")])
    entered(world, sender, enclosures=[(map_, "แผนที่")], already=[map_.pk])
    assert Attachment.objects.get().title == "แผนที่"


def test_only_who_keeps_the_inbox_enters_letters(world: World, sender: Unit) -> None:
    with pytest.raises(NotAllowed):
        outside.enter(
            unit=central_registry(world.office),
            actor=world.officer,
            sender=sender,
            channel=Channel.PAPER,
            subject="x",
        )


def test_sender_is_an_agency_of_this_office(world: World) -> None:
    theirs = outside.agency(office=OfficeFactory(), name="อื่น", actor=world.registry)

    for unit in (theirs, world.group):
        with pytest.raises(NotAllowed):
            entered(world, unit)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"subject": " "}, "subject"), ({"secrecy": Secrecy.TOP_SECRET}, "secrecy")],
)
def test_what_may_not_be_kept_is_refused(
    world: World, sender: Unit, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        entered(world, sender, **fields)
    assert refusal.value.field == field
    assert Letter.objects.count() == 0


def test_letter_from_outside_is_not_answered_in_the_portal(world: World, sender: Unit) -> None:
    with pytest.raises(NotAllowed):
        deliveries.answer(delivery=entered(world, sender), actor=world.registry, text="ทราบ")


def test_a_letter_is_from_outside_exactly_when_it_came_another_way(
    world: World, sender: Unit
) -> None:
    letter = entered(world, sender).letter
    with pytest.raises(IntegrityError):
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.DRAFT)

"""What goes wrong around a letter: people leave, schools close, files turn out bad, years turn."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from circulars.effects.numbers import take_number
from circulars.enums import (
    ChaseScope,
    CircularSeries,
    DeliveryState,
    LetterState,
    RegisterKind,
    Secrecy,
)
from circulars.forms.moves import AssignForm, ConsultForm
from circulars.inboxes import heir_of
from circulars.models import Delivery, Letter, LetterSettings, RegisterEntry, RouteStep
from circulars.registration import ReadyTile, VacantTile
from circulars.services import deliveries, letters, recipients
from circulars.services.board import board_rows
from circulars.services.deliveries import chase
from circulars.tasks import send_signed
from circulars.workflow import LETTER
from portal.core.errors import InvalidInput, NotAllowed, NotReady
from portal.files.enums import ScanState
from portal.files.models import Blob, StoredFile
from portal.notifications.models import Notice
from portal.org.enums import ActingKind, Role
from portal.org.models import Membership, Unit
from portal.org.service import end_membership
from portal.users.models import User
from portal.workflow.service import available
from tests.factories import acting, person
from tests.factories import letters as make
from tests.factories.letters import World

BANGKOK = ZoneInfo("Asia/Bangkok")


def again(user: User) -> User:
    """The same person in a new request."""
    return User.objects.get(pk=user.pk)


def close(unit: Unit, merged_into: Unit | None = None) -> None:
    Unit.objects.filter(pk=unit.pk).update(
        closed_on=timezone.localdate() - timedelta(days=1), merged_into=merged_into
    )


def leave(user: User) -> None:
    """The person's post ended yesterday."""
    Membership.objects.filter(person=user).update(
        starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - timedelta(days=1)
    )


def test_step_without_holder_shows_at_the_group_director_and_is_reassigned(world: World) -> None:
    letter = make.for_signature(world)
    leave(world.director)
    group_director = again(world.group_director)
    assert list(RouteStep.objects.current().vacant()) == [letter.steps.current().get()]
    assert [item.url for item in VacantTile().items(group_director, 5)] == [
        letter.get_absolute_url()
    ]
    assert [move.name for move in available(LETTER, letter, group_director)] == ["reassign"]
    successor = person(Role.DEPUTY, world.membership(world.deputy).unit)
    letters.reassign(letter=letter, actor=group_director, membership=world.membership(successor))
    assert [move.name for move in available(LETTER, letter, again(successor))] == [
        "sign", "send_back", "consult",
    ]  # fmt: skip
    assert VacantTile().count(group_director) == 0


def test_ending_a_membership_tells_the_group_director_of_the_vacant_step(world: World) -> None:
    letter = make.for_signature(world)
    admin = person(Role.SYSADMIN, office=world.office)
    Membership.objects.filter(person=world.director).update(starts_on=date(2020, 1, 1))
    end_membership(
        membership=world.membership(world.director),
        ends_on=timezone.localdate() - timedelta(days=1),
        actor=admin,
    )
    notice = Notice.objects.get(kind="circulars.step_vacant")
    assert notice.url == letter.get_absolute_url()
    assert [row.person for row in notice.notifications.all()] == [world.group_director]


def test_step_with_a_holder_cannot_be_taken_away(world: World) -> None:
    letter = make.for_signature(world)
    with pytest.raises(NotAllowed):
        letters.reassign(
            letter=letter, actor=world.group_director, membership=world.membership(world.deputy)
        )


def test_who_acts_for_the_absent_director_holds_the_step(world: World) -> None:
    letter = make.for_signature(world)
    leave(world.director)
    acting(world.deputy, world.membership(world.director), ActingKind.IN_PLACE)
    assert not RouteStep.objects.current().vacant().exists()
    assert [move.name for move in available(LETTER, letter, again(world.deputy))] == [
        "sign", "send_back", "consult",
    ]  # fmt: skip


def test_step_of_one_post_holder_is_vacant_when_they_leave(world: World) -> None:
    expert = person(Role.OFFICER, world.group)
    letter = make.submitted(world)
    letters.consult(
        letter=letter,
        actor=world.group_director,
        membership=world.membership(expert),
        question="?",
    )
    assert not RouteStep.objects.current().vacant().exists()
    leave(expert)
    assert RouteStep.objects.current().vacant().exists()


def test_school_closed_after_dispatch_keeps_its_delivery(world: World) -> None:
    letter = make.dispatched(world)
    close(world.schools[0], merged_into=world.schools[1])
    row = Delivery.objects.get(letter=letter, unit=world.schools[0])
    assert (row.state, row.unit.merged_into) == (DeliveryState.DELIVERED, world.schools[1])


def test_letter_of_a_school_merged_since_goes_on_with_its_successor(world: World) -> None:
    letter = make.dispatched(world, to=world.schools[:1])
    received = make.delivery(letter, world.schools[0])
    close(world.schools[0], merged_into=world.schools[1])
    leave(world.principals[0])
    leave(world.clerks[0])
    clerk, principal = again(world.clerks[1]), again(world.principals[1])
    chase(letter=letter, actor=world.officer, scope=ChaseScope.NOT_OPENED)
    assert people_told("chased") == {clerk, principal}
    assert [row.is_kept for row in board_rows(letter=letter)] == [True]
    for user in (clerk, principal):
        assert list(Delivery.objects.visible_to(user)) == [received]
    for user in (again(world.clerks[0]), world.clerks[2], world.principals[2]):
        assert list(Delivery.objects.visible_to(user)) == []
    registered = deliveries.register(delivery=make.delivery(letter, world.schools[0]), actor=clerk)
    assert registered.entry.register.unit == world.schools[1]
    deliveries.acknowledge(delivery=registered, actor=principal)
    teacher = person(Role.TEACHER, world.schools[1])
    assert teacher in deliveries.people_inside(delivery=make.delivery(letter, world.schools[0]))


def test_successor_of_a_successor_keeps_the_letters_too(world: World) -> None:
    letter = make.dispatched(world, to=world.schools[:1])
    close(world.schools[0], merged_into=world.schools[1])
    close(world.schools[1], merged_into=world.schools[2])
    received = make.delivery(letter, world.schools[0])
    assert list(Delivery.objects.visible_to(again(world.clerks[2]))) == [received]
    assert heir_of(received.unit) == world.schools[2]


def test_school_merged_before_dispatch_gets_it_through_its_successor_once(world: World) -> None:
    letter = make.ready(world)
    close(world.schools[0], merged_into=world.schools[1])
    letters.dispatch(letter=letter, actor=world.registry)
    states = dict(Delivery.objects.values_list("unit_id", "state"))
    assert states == {
        world.schools[1].pk: DeliveryState.DELIVERED,
        world.schools[2].pk: DeliveryState.DELIVERED,
    }


def test_school_merged_into_one_outside_the_list_brings_it_in(world: World) -> None:
    letter = make.ready(world, to=world.schools[:1])
    close(world.schools[0], merged_into=world.schools[2])
    letters.dispatch(letter=letter, actor=world.registry)
    assert list(Delivery.objects.values_list("unit_id", flat=True)) == [world.schools[2].pk]


def test_school_whose_successor_merged_too_gets_it_through_the_last(world: World) -> None:
    letter = make.ready(world, to=world.schools[:2])
    close(world.schools[0], merged_into=world.schools[1])
    close(world.schools[1], merged_into=world.schools[2])
    letters.dispatch(letter=letter, actor=world.registry)
    assert list(Delivery.objects.values_list("unit_id", "state")) == [
        (world.schools[2].pk, DeliveryState.DELIVERED)
    ]


def test_school_whose_successor_closed_shows_as_undeliverable(world: World) -> None:
    letter = make.ready(world, to=world.schools[:1])
    close(world.schools[0], merged_into=world.schools[1])
    close(world.schools[1])
    letters.dispatch(letter=letter, actor=world.registry)
    assert Delivery.objects.get().state == DeliveryState.UNDELIVERABLE


def test_school_closed_without_successor_shows_as_undeliverable(world: World) -> None:
    letter = make.ready(world)
    close(world.schools[0])
    letters.dispatch(letter=letter, actor=world.registry)
    row = Delivery.objects.get(unit=world.schools[0])
    assert row.state == DeliveryState.UNDELIVERABLE
    assert not Delivery.objects.visible_to(world.principals[0]).exists()


def test_changed_saved_list_leaves_a_waiting_letter_alone(world: World) -> None:
    saved = recipients.save_list(
        unit=world.group,
        actor=world.officer,
        name="เครือข่าย",
        units=[unit.pk for unit in world.schools[:2]],
    )
    picked = recipients.resolve(
        unit=world.group, choice=recipients.Choice(lists=frozenset({saved.pk}))
    )
    letter = make.ready(world, to=list(picked))
    saved.members.set(world.schools)
    letters.dispatch(letter=letter, actor=world.registry)
    assert set(Delivery.objects.values_list("unit_id", flat=True)) == {
        unit.pk for unit in world.schools[:2]
    }


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.WAITING])
def test_attachment_that_is_not_known_to_be_clean_stops_the_sending(
    world: World, state: ScanState
) -> None:
    letter = make.draft(world)
    upload = make.some_file(world.office, name="annex.pdf", data=b"%PDF-1.7\nannex")
    StoredFile.objects.filter(pk=upload.pk).update(is_attached=False, uploaded_by=world.officer)
    letters.set_attachments(
        letter=letter, actor=world.officer, revision=letter.revision, files=[(upload, "ผนวก")]
    )
    letter = letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=Letter.objects.get().revision)
    letter = letters.sign(
        letter=letter, actor=world.director, revision=Letter.objects.get().revision
    )
    letter = letters.attach_pdf(letter=letter, pdf=make.some_file(world.office))
    Blob.objects.filter(files=upload).update(scan_state=state)
    with pytest.raises(NotReady):
        letters.dispatch(letter=letter, actor=world.registry)
    assert not Delivery.objects.exists()
    assert Letter.objects.get().state == LetterState.READY
    letters.void(letter=letter, actor=world.officer, reason="แฟ้มแนบติดไวรัส")
    assert RegisterEntry.objects.get().void_reason == "แฟ้มแนบติดไวรัส"


def test_numbers_restart_with_the_calendar_year_of_bangkok(world: World) -> None:
    moments = [
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=BANGKOK),
        datetime(2027, 1, 1, 0, 0, 0, tzinfo=BANGKOK),
        datetime(2026, 12, 31, 17, 0, 1, tzinfo=ZoneInfo("UTC")),
    ]
    entries = [
        take_number(
            unit_id=world.schools[0].pk,
            kind=RegisterKind.OUTGOING,
            moment=moment,
            registered_by_id=None,
        )
        for moment in moments
    ]
    assert [(entry.register.year, entry.number) for entry in entries] == [
        (2569, 1), (2570, 1), (2570, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("series", "kind"),
    [
        (CircularSeries.OWN, RegisterKind.CIRCULAR),
        (CircularSeries.ORDINARY, RegisterKind.OUTGOING),
    ],
)
def test_office_setting_decides_the_series_of_circulars(
    world: World, series: CircularSeries, kind: RegisterKind
) -> None:
    LetterSettings.objects.create(office=world.office, circular_series=series)
    letter = make.signed(world)
    assert letter.entry.register.kind == kind
    assert letter.number_text == "ศธ 04108/ว 1"


def test_taking_a_number_outside_a_transaction_is_refused(world: World, settings: object) -> None:
    connection.in_atomic_block, kept = False, connection.in_atomic_block
    try:
        with pytest.raises(transaction.TransactionManagementError):
            take_number(
                unit_id=world.schools[0].pk,
                kind=RegisterKind.OUTGOING,
                moment=timezone.now(),
                registered_by_id=None,
            )
    finally:
        connection.in_atomic_block = kept


@pytest.mark.parametrize("change", ["delete", "number"])
def test_database_refuses_to_lose_or_change_a_number(world: World, change: str) -> None:
    entry = make.signed(world).entry
    rows = RegisterEntry.objects.filter(pk=entry.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows._raw_delete(rows.db) if change == "delete" else rows.update(number=99)
    assert RegisterEntry.objects.get().number == entry.number


@pytest.mark.parametrize("role", [Role.OFFICER, Role.GROUP_REGISTRY])
def test_vacant_signature_is_not_given_to_somebody_without_authority(
    world: World, role: Role
) -> None:
    letter = make.for_signature(world)
    leave(world.director)
    somebody = world.membership(person(role, world.group))
    form = AssignForm({"membership": somebody.pk}, letter=letter, user=world.group_director)
    assert list(form.errors) == ["membership"]
    with pytest.raises(InvalidInput) as refused:
        letters.reassign(letter=letter, actor=again(world.group_director), membership=somebody)
    assert refused.value.field == "membership"
    assert letter.steps.current().get().membership is None


def test_vacant_endorsement_may_go_to_any_colleague(world: World) -> None:
    letter = make.submitted(world)
    leave(world.group_director)
    colleague = world.membership(person(Role.OFFICER, world.group))
    form = AssignForm({"membership": colleague.pk}, letter=letter, user=world.registry)
    assert form.is_valid()
    letters.reassign(letter=letter, actor=world.registry, membership=colleague)
    assert letter.steps.current().get().membership == colleague


@pytest.mark.parametrize("whose", ["another office", "a school", "somebody deactivated"])
def test_step_is_given_only_to_active_people_of_the_house(world: World, whose: str) -> None:
    letter = make.submitted(world)
    leave(world.group_director)
    deactivated = person(Role.OFFICER, world.group)
    User.objects.filter(pk=deactivated.pk).update(is_active=False)
    people = {
        "another office": person(Role.DIRECTOR),
        "a school": world.principals[0],
        "somebody deactivated": deactivated,
    }
    chosen = world.membership(people[whose])
    for form in (
        AssignForm({"membership": chosen.pk}, letter=letter, user=world.registry),
        ConsultForm({"membership": chosen.pk, "question": "?"}, letter=letter, user=world.deputy),
    ):
        assert list(form.errors) == ["membership"]


def test_drafter_who_moved_away_no_longer_sends_or_voids(world: World) -> None:
    letter = make.ready(world)
    leave(world.officer)
    assert available(LETTER, letter, again(world.officer)) == []
    with pytest.raises(NotAllowed):
        letters.void(letter=letter, actor=again(world.officer), reason="x")


def infect_after_signing(world: World, **fields: object) -> Letter:
    """A signed letter with its document, one of whose attachments turned out infected."""
    letter = make.ready(world, **fields)
    annex = make.some_file(world.office, name="annex.pdf", data=b"%PDF-1.7\nannex")
    letter.attachments.create(file=annex, title="ผนวก", position=1)
    Blob.objects.filter(files=annex).update(scan_state=ScanState.INFECTED)
    return letter


def test_drafter_learns_that_an_infected_letter_was_not_sent(world: World) -> None:
    letter = infect_after_signing(world, send_when_signed=True)
    send_signed(letter.pk)
    assert people_told("unsent") == {world.officer}
    assert Letter.objects.get().state == LetterState.READY
    assert list(ReadyTile().letters(world.officer)) == [letter]


@pytest.mark.parametrize("state", [ScanState.FAILED, ScanState.NOT_SCANNED])
def test_attachment_that_recipients_could_not_open_is_not_sent(
    world: World, settings: Any, state: ScanState
) -> None:
    letter = infect_after_signing(world)
    Blob.objects.update(scan_state=state)
    settings.CLAMD_URL, settings.FILES_REQUIRE_SCAN = "tcp://127.0.0.1:1", True
    with pytest.raises(NotReady):
        letters.dispatch(letter=letter, actor=world.registry)
    settings.FILES_REQUIRE_SCAN = False
    assert letters.dispatch(letter=letter, actor=world.registry).state == LetterState.DISPATCHED


def test_document_that_never_comes_shows_at_the_drafter(world: World) -> None:
    letter = make.signed(world)
    assert ReadyTile().count(world.officer) == 0
    Letter.objects.update(signed_at=timezone.now() - timedelta(minutes=11))
    assert list(ReadyTile().letters(world.officer)) == [letter]


@pytest.mark.parametrize("secrecy", [Secrecy.OPEN, Secrecy.SECRET])
def test_letters_of_a_drafter_who_left_show_at_those_who_send(
    world: World, secrecy: Secrecy
) -> None:
    letter = make.ready(world, secrecy=secrecy)
    others = [world.group_director, world.group_registry, world.registry]
    assert [ReadyTile().count(user) for user in others] == [0, 0, 0]
    leave(world.officer)
    expected = [1, 1, 1] if secrecy == Secrecy.OPEN else [1, 0, 0]
    assert [ReadyTile().count(user) for user in others] == expected
    letters.dispatch(letter=letter, actor=again(world.group_director))
    received = make.delivery(letter, world.schools[0])
    deliveries.answer(delivery=received, actor=world.principals[0], text="x")
    told = set(others[:2]) if secrecy == Secrecy.OPEN else {world.group_director}
    assert people_told("answered") == told


def test_void_tells_drafter_and_signer_but_not_who_did_it(world: World) -> None:
    letter = make.ready(world)
    letters.void(letter=letter, actor=world.officer, reason="x")
    assert people_told("voided") == {world.director}
    letter = make.ready(world)
    letters.void(letter=letter, actor=world.registry, reason="x")
    assert people_told("voided") == {world.director, world.officer}


def test_vacant_post_of_the_group_director_is_told_to_drafter_and_registry(world: World) -> None:
    leave(world.group_director)
    letter = make.submitted(world)
    assert people_told("step_vacant") == {world.officer, world.registry}
    for user in (world.officer, world.registry):
        assert list(VacantTile().letters(user)) == [letter]
    assert VacantTile().count(world.group_registry) == 0


def test_vacant_post_of_a_secret_letter_is_told_to_its_drafter_only(world: World) -> None:
    leave(world.group_director)
    letter = make.submitted(world, secrecy=Secrecy.SECRET)
    assert people_told("step_vacant") == {world.officer}
    assert VacantTile().count(world.registry) == 0
    assert list(VacantTile().letters(world.officer)) == [letter]


def people_told(kind: str) -> set[User]:
    """Who was last told of ``kind``."""
    notice = Notice.objects.filter(kind=f"circulars.{kind}").latest("pk")
    return {row.person for row in notice.notifications.select_related("person")}

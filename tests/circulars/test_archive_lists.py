"""Lists for the National Archives (clauses 58–60)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from circulars.enums_archive import KeptState, ListKind, ListState
from circulars.models import ArchiveList, KeptLetter
from circulars.services import archive, archive_lists
from circulars.workflow_archive import ARCHIVE_LIST
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.workflow.service import available
from tests.factories import archive as make
from tests.factories.archive import Chain
from tests.factories.letters import World
from tests.factories.people import person

VERY_OLD = date(2001, 6, 1)


def begun(world: World, kind: str = ListKind.HANDOVER) -> ArchiveList:
    return archive_lists.begin(
        house=make.central(world), kind=kind, year=archive_lists.last_year(), actor=world.registry
    )


def move(made: ArchiveList, name: str, actor: object, **inputs: object) -> ArchiveList:
    return archive_lists.move(archive_list=made, name=name, actor=actor, **inputs)  # type: ignore[arg-type]


def received(world: World, made: ArchiveList) -> ArchiveList:
    today = timezone.localdate()
    move(made, "propose", world.registry)
    move(made, "approve", world.director)
    move(made, "send", world.registry, sent_on=today, reference="ที่ 1")
    return move(made, "receive", world.registry, received_on=today, receiver="ผู้รับ", receipt="9")


def test_handover_takes_all_of_20_years_and_only_these(world: World) -> None:
    old = make.paper(world, finished_on=VERY_OLD)[0]
    limit = date(archive_lists.last_year() - 543 - 20, 12, 31)
    on_the_day = make.paper(world, finished_on=limit)[0]
    make.paper(world, finished_on=limit + timedelta(days=1))
    held = make.paper(world, finished_on=VERY_OLD)[0]
    archive.hold(kept=held, actor=world.group_director, reason="คดี")
    make.paper(world, into=make.folder(world, world.schools[0]), finished_on=VERY_OLD)
    lines = begun(world).lines.values_list("kept", flat=True)
    assert list(lines) == [old.pk, on_the_day.pk]


def test_handover_leaves_with_approval_and_receipt(world: World) -> None:
    kept = make.paper(world, finished_on=VERY_OLD)[0]
    made = received(world, begun(world))
    kept.refresh_from_db()
    assert (made.state, kept.state) == (ListState.RECEIVED, KeptState.HANDED_OVER)
    assert (made.approved_by, made.receiver, made.receipt) == (world.director, "ผู้รับ", "9")
    assert not begun(world).lines.exists()


def test_letter_needed_here_goes_to_form_22(world: World) -> None:
    kept = make.paper(world, finished_on=VERY_OLD)[0]
    handover = begun(world)
    own = archive_lists.keep_here(line=handover.lines.get(), actor=world.registry)
    assert (own.kind, own.lines.get().kept, handover.lines.count()) == (ListKind.OWN, kept, 0)
    received(world, own)
    kept.refresh_from_db()
    assert kept.state == KeptState.KEPT
    with pytest.raises(InvalidInput, match="form 21"):
        archive_lists.keep_here(line=own.lines.get(), actor=world.registry)


def test_deposit_comes_back(world: World) -> None:
    kept = make.paper(world, finished_on=timezone.localdate())[0]
    made = begun(world, ListKind.DEPOSIT)
    assert archive_lists.add(archive_list=made, kept=[kept], actor=world.registry) == 1
    made = received(world, made)
    kept.refresh_from_db()
    assert kept.state == KeptState.DEPOSITED
    move(made, "reclaim", world.registry, remark="ใช้งาน")
    kept.refresh_from_db()
    assert kept.state == KeptState.KEPT


def test_deposited_letter_is_still_surveyed(world: World) -> None:
    kept = make.paper(world, finished_on=timezone.localdate())[0]
    made = begun(world, ListKind.DEPOSIT)
    archive_lists.add(archive_list=made, kept=[kept], actor=world.registry)
    received(world, made)
    KeptLetter.objects.update(keep_until=2560)
    assert [line.kept for line in Chain(world).lines()] == [kept]


def test_letter_due_for_destruction_is_not_deposited(world: World) -> None:
    due = make.paper(world)[0]
    made = begun(world, ListKind.DEPOSIT)
    assert archive_lists.add(archive_list=made, kept=[due], actor=world.registry) == 0


def test_letter_on_a_destruction_list_is_not_handed_over(world: World) -> None:
    make.paper(world, finished_on=VERY_OLD)
    Chain(world)
    assert not begun(world).lines.exists()


def test_list_changes_only_while_it_is_made(world: World) -> None:
    make.paper(world, finished_on=VERY_OLD)
    made = begun(world)
    line = made.lines.get()
    with pytest.raises(NotAllowed):
        archive_lists.take_off(line=line, actor=world.director)
    move(made, "propose", world.registry)
    with pytest.raises(StaleAction):
        archive_lists.take_off(line=line, actor=world.registry)
    move(made, "send_back", world.director, remark="ขาดรายการ")
    archive_lists.take_off(line=line, actor=world.registry)
    with pytest.raises(InvalidInput, match="no letters"):
        move(made, "propose", world.registry)
    assert move(made, "cancel", world.registry, remark="x").state == ListState.CANCELLED


@pytest.mark.parametrize("year", [2300, 2700])
def test_list_of_a_wrong_year_is_refused(world: World, year: int) -> None:
    with pytest.raises(InvalidInput, match="Buddhist"):
        archive_lists.begin(
            house=make.central(world), kind=ListKind.OWN, year=year, actor=world.registry
        )


def test_days_run_forward(world: World) -> None:
    make.paper(world, finished_on=VERY_OLD)
    made = begun(world)
    today = timezone.localdate()
    move(made, "propose", world.registry)
    move(made, "approve", world.director)
    for day, words in ((today + timedelta(days=1), "to come"), (VERY_OLD, "only later")):
        with pytest.raises(InvalidInput, match=words):
            move(made, "send", world.registry, sent_on=day, reference="1")
    move(made, "send", world.registry, sent_on=today, reference="1")
    with pytest.raises(InvalidInput, match="only later"):
        move(made, "receive", world.registry, received_on=VERY_OLD, receiver="x")


def test_deadline_is_the_end_of_january(world: World) -> None:
    made = ArchiveList(year=2568)
    assert archive_lists.deadline(made) == date(2026, 1, 31)


def test_lists_are_seen_and_moved_by_exact_people(world: World) -> None:
    make.paper(world, finished_on=VERY_OLD)
    made = begun(world)
    move(made, "propose", world.registry)
    made.refresh_from_db()
    people = {
        "registry": world.registry,
        "director": world.director,
        "deputy": world.deputy,
        "group director": world.group_director,
        "group registry": world.group_registry,
        "principal": world.principals[0],
        "clerk": world.clerks[0],
        "another office": person(Role.REGISTRY),
    }
    seen = {who for who, user in people.items() if ArchiveList.objects.visible_to(user).exists()}
    assert seen == {"registry", "director", "deputy"}
    may = {
        who: {row.name for row in available(ARCHIVE_LIST, made, user)}
        for who, user in people.items()
    }
    assert {who: what for who, what in may.items() if what} == {
        "registry": {"cancel"},
        "director": {"approve", "send_back", "cancel"},
    }
    assert set(archive_lists.houses(world.clerks[0])) == {world.schools[0]}

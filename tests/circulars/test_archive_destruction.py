"""Nothing is destroyed without the whole chain of clauses 66–70."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from circulars.enums_archive import (
    DestructionState,
    KeptBy,
    KeptState,
    Outcome,
    Retention,
)
from circulars.models import Destruction, DestructionLine, KeptLetter
from circulars.services import archive, archive_destruction, archive_loans
from circulars.services.archive_destruction import Vote
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from tests.factories import archive as make
from tests.factories.archive import Chain
from tests.factories.letters import World
from tests.factories.people import person

D = DestructionState


def state_of(kept: KeptLetter) -> str:
    return KeptLetter.objects.values_list("state", flat=True).get(pk=kept.pk)


def test_whole_chain_destroys_and_leaves_who_and_when_at_each_stage(world: World) -> None:
    kept = make.paper(world, 2)
    chain = Chain(world)
    assert chain.to(D.CLOSED).state == D.CLOSED
    assert [state_of(row) for row in kept] == [KeptState.DESTROYED] * 2
    done = Destruction.objects.get()
    assert (done.proposed_by, done.appointed_by, done.approved_by) == (
        world.registry, world.director, world.director,
    )  # fmt: skip
    assert (done.destroyed_by, done.noted_by) == (chain.members[0], world.director)
    assert archive.decision_of(kept[0]).destruction == done
    actions = AuditRow.objects.filter(action__contains="destruction").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "destruction.begin",
        "circulars.destruction.propose",
        "circulars.destruction.appoint",
        *["destruction.vote"] * 3,
        "circulars.destruction.report",
        "circulars.destruction.approve",
        "circulars.destruction.send",
        "circulars.destruction.lapse",
        "circulars.destruction.destroy",
        *["destruction.sign_record"] * 3,
        "circulars.destruction.note",
    ]


def test_survey_lists_only_what_is_due(world: World) -> None:
    due = make.paper(world)[0]
    make.paper(world, finished_on=timezone.localdate())
    make.paper(world, into=make.folder(world, retention=Retention.PERMANENT))
    held = make.paper(world)[0]
    archive.hold(kept=held, actor=world.group_director, reason="คดีอยู่ในศาล")
    school = make.folder(world, world.schools[0])
    make.paper(world, into=school)
    listed = Chain(world).destruction.lines.values_list("kept", flat=True)
    assert list(listed) == [due.pk]


def test_survey_begins_by_itself_once_for_each_house(world: World) -> None:
    make.paper(world)
    make.paper(world, into=make.folder(world, world.schools[0]))
    begun = [archive_destruction.begin_surveys(date(2027, 1, 5)) for _turn in range(2)]
    assert begun == [2, 0]
    assert set(Destruction.objects.values_list("house", "year")) == {
        (make.central(world).pk, 2569), (world.schools[0].pk, 2569),
    }  # fmt: skip


@pytest.mark.parametrize(("today", "begun"), [(date(2027, 3, 1), 1), (date(2027, 3, 2), 0)])
def test_survey_begins_within_60_days_only(world: World, today: date, begun: int) -> None:
    make.paper(world)
    assert archive_destruction.begin_surveys(today) == begun


def test_committee_needs_a_chair_and_two(world: World) -> None:
    make.paper(world)
    chain = Chain(world, make.committee(world)[:2])
    chain.propose()
    with pytest.raises(InvalidInput):
        chain.appoint()
    assert Destruction.objects.get().state == D.PROPOSED


def test_majority_decides_and_dissent_is_recorded(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    first, second, third = chain.members
    chain.vote(first)
    chain.vote(second)
    chain.vote(third, destroy=False)
    with pytest.raises(InvalidInput, match="does not agree"):
        chain.do("report", first)
    chain.vote(third, destroy=False, reason="ยังใช้อ้างอิง")
    chain.do("report", first)
    assert [line.outcome for line in chain.lines()] == [Outcome.DESTROY]


def test_committee_keeps_until_the_latest_year_named(world: World) -> None:
    kept = make.paper(world)[0]
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    line = chain.lines()[0]
    for member, until in zip(chain.members, (2575, 2580, None), strict=True):
        given = Vote(line.pk, destroy=until is None, keep_until=until, reason="ความเห็น")
        archive_destruction.vote(destruction=chain.destruction, actor=member, votes=[given])
    chain.do("report", chain.members[0])
    line.refresh_from_db()
    kept.refresh_from_db()
    assert (line.outcome, line.kept_by, kept.keep_until) == (
        Outcome.KEEP, KeptBy.COMMITTEE, 2580,
    )  # fmt: skip
    assert chain.do("approve", world.director).state == D.CANCELLED
    assert state_of(kept) == KeptState.KEPT


def test_report_waits_for_every_member(world: World) -> None:
    make.paper(world, 2)
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    chain.vote(chain.members[0])
    with pytest.raises(InvalidInput, match="2 letters lack"):
        chain.do("report", chain.members[0])


def test_votes_end_with_the_report(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.REPORTED)
    with pytest.raises(StaleAction):
        chain.vote(chain.members[0], destroy=False)
    vote = chain.lines()[0].votes.first()
    with pytest.raises(IntegrityError, match="only the committee"), transaction.atomic():
        vote.save()


def test_vote_refuses_who_has_no_seat(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    with pytest.raises(NotAllowed):
        chain.vote(world.registry)


def test_head_keeps_lines_of_the_report(world: World) -> None:
    kept = make.paper(world, 2)
    chain = Chain(world)
    chain.to(D.REPORTED)
    chain.do("approve", world.director, keep=[chain.lines()[0].pk])
    chain.to(D.DESTROYED)
    assert [state_of(row) for row in kept] == [KeptState.KEPT, KeptState.DESTROYED]
    assert chain.lines()[0].kept_by == KeptBy.HEAD
    kept[0].refresh_from_db()
    assert kept[0].keep_until == chain.destruction.year + 1


@pytest.mark.parametrize("days", [0, 60])
def test_silence_is_consent_only_after_60_days(world: World, days: int) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.SENT)
    chain.wait(days)
    with pytest.raises(InvalidInput, match=f"{61 - days} more days"):
        chain.do("lapse", world.registry)


def test_national_archives_keeps_lines(world: World) -> None:
    kept = make.paper(world, 4)
    chain = Chain(world)
    chain.to(D.SENT)
    one, two, three, _four = chain.lines()
    chain.do(
        "answer", world.registry, answered_on=timezone.localdate(), reference="ที่ วธ 1",
        answers={
            one.pk: ("until", 2580), two.pk: ("for_ever", None), three.pk: ("hand_over", None),
        },
    )  # fmt: skip
    chain.to(D.DESTROYED)
    assert [state_of(row) for row in kept] == [KeptState.KEPT] * 3 + [KeptState.DESTROYED]
    for row in kept:
        row.refresh_from_db()
    assert [(row.keep_until, row.for_ever) for row in kept[:3]] == [
        (2580, False), (None, True), (None, True),
    ]  # fmt: skip


def test_answer_that_keeps_all_ends_the_chain(world: World) -> None:
    kept = make.paper(world)[0]
    chain = Chain(world)
    chain.to(D.SENT)
    answers = {chain.lines()[0].pk: ("for_ever", None)}
    chain.do(
        "answer", world.registry, answered_on=timezone.localdate(), reference="x", answers=answers
    )
    assert chain.destruction.state == D.CANCELLED
    assert state_of(kept) == KeptState.KEPT


def test_legal_hold_stops_the_destruction(world: World) -> None:
    kept = make.paper(world, 2)
    chain = Chain(world)
    chain.to(D.CLEARED)
    archive.hold(kept=kept[0], actor=world.group_director, reason="คดีอยู่ในศาล")
    with pytest.raises(InvalidInput, match="Held back"):
        chain.destroy()
    assert [state_of(row) for row in kept] == [KeptState.KEPT] * 2
    archive_destruction.keep(line=chain.lines()[0], actor=world.director, note="คดี")
    chain.destroy()
    assert [state_of(row) for row in kept] == [KeptState.KEPT, KeptState.DESTROYED]


def test_lent_paper_stops_the_destruction(world: World) -> None:
    kept = make.paper(world)[0]
    chain = Chain(world)
    chain.to(D.CLEARED)
    loan = archive_loans.ask(
        kept=kept, actor=world.group_director, purpose="ตรวจสอบ",
        due_on=timezone.localdate() + timedelta(days=3),
    )  # fmt: skip
    archive_loans.move(loan=loan, name="approve", actor=world.group_director)
    with pytest.raises(InvalidInput, match="Still lent"):
        chain.destroy()
    assert state_of(kept) == KeptState.KEPT


def test_record_is_signed_by_most_of_the_committee(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.DESTROYED)
    archive_destruction.sign_record(destruction=chain.destruction, actor=chain.members[0])
    with pytest.raises(InvalidInput, match="has not signed"):
        chain.do("note", world.director)


# What the database itself refuses.


def test_database_refuses_destroying_outside_the_chain(world: World) -> None:
    kept = make.paper(world)[0]
    chain = Chain(world)
    for state in (D.SURVEY, D.COMMITTEE, D.REPORTED, D.APPROVED, D.SENT):
        chain.to(state)
        with pytest.raises(IntegrityError, match="whole chain"), transaction.atomic():
            KeptLetter.objects.filter(pk=kept.pk).update(state=KeptState.DESTROYED)
    assert state_of(kept) == KeptState.KEPT


def test_database_refuses_a_state_without_its_stages(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    for state in (D.APPROVED, D.SENT, D.CLEARED, D.DESTROYED):
        with pytest.raises(IntegrityError), transaction.atomic():
            Destruction.objects.filter(pk=chain.destruction.pk).update(state=state)


def test_database_refuses_deleting_and_reviving(world: World) -> None:
    kept = make.paper(world)[0]
    with pytest.raises(IntegrityError, match="for ever"), transaction.atomic():
        KeptLetter.objects.filter(pk=kept.pk).delete()
    Chain(world).to(D.DESTROYED)
    with pytest.raises(IntegrityError, match="for ever"), transaction.atomic():
        KeptLetter.objects.filter(pk=kept.pk).update(state=KeptState.KEPT)


def test_database_refuses_a_letter_that_begins_destroyed(world: World) -> None:
    kept = make.paper(world)[0]
    kept.pk = None
    kept.number = 99
    kept.state = KeptState.DESTROYED
    with pytest.raises(IntegrityError, match="kept before"), transaction.atomic():
        kept.save(force_insert=True)


# Who may do what.

MAY: dict[str, tuple[D, set[str]]] = {
    "propose": (D.SURVEY, {"registry"}),
    "appoint": (D.PROPOSED, {"director"}),
    "report": (D.COMMITTEE, {"chair"}),
    "approve": (D.REPORTED, {"director"}),
    "send": (D.APPROVED, {"registry"}),
    "lapse": (D.SENT, {"registry"}),
    "answer": (D.SENT, {"registry"}),
    "destroy": (D.CLEARED, {"chair"}),
    "note": (D.DESTROYED, {"director"}),
    "cancel": (D.SENT, {"director"}),
}


def people_of(world: World, chain: Chain) -> dict[str, Any]:
    return {
        "registry": world.registry,
        "director": world.director,
        "deputy": world.deputy,
        "chair": chain.members[0],
        "member": chain.members[1],
        "group registry": world.group_registry,
        "principal": world.principals[0],
        "school clerk": world.clerks[0],
        "auditor": person(Role.AUDITOR, world.group),
        "system administrator": person(Role.SYSADMIN, office=world.office),
        "another office": person(Role.DIRECTOR),
    }


@pytest.mark.parametrize("name", MAY)
def test_each_move_belongs_to_exact_people(world: World, name: str) -> None:
    from circulars.workflow_archive import DESTRUCTION
    from portal.workflow.service import available

    state, expected = MAY[name]
    make.paper(world)
    chain = Chain(world)
    chain.to(state)
    people = people_of(world, chain)
    assert {
        who
        for who, user in people.items()
        if name in {move.name for move in available(DESTRUCTION, chain.destruction, user)}
    } == expected


def test_destruction_is_seen_by_exact_people(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    seen = {
        who
        for who, user in people_of(world, chain).items()
        if Destruction.objects.visible_to(user).exists()
    }
    assert seen == {"registry", "director", "deputy", "chair", "member"}


def test_committee_comes_from_the_house(world: World) -> None:
    make.paper(world)
    people = set(archive_destruction.people_for_committee(Chain(world).destruction))
    assert {world.group_director, world.officer, world.registry} <= people
    assert not {world.clerks[0], person(Role.OFFICER)} & people


def test_line_is_dropped_only_while_surveying(world: World) -> None:
    make.paper(world, 2)
    chain = Chain(world)
    archive_destruction.drop_line(line=chain.lines()[0], actor=world.registry)
    assert len(chain.lines()) == 1
    chain.propose()
    with pytest.raises(StaleAction):
        archive_destruction.drop_line(line=chain.lines()[0], actor=world.registry)


def test_survey_again_adds_what_became_due(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    make.paper(world)
    found = archive_destruction.survey_again(destruction=chain.destruction, actor=world.registry)
    assert (found, DestructionLine.objects.count()) == (1, 2)


def test_second_list_of_a_year_is_refused(world: World) -> None:
    make.paper(world)
    Chain(world)
    with pytest.raises(InvalidInput, match="already"):
        Chain(world)


def test_year_that_runs_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="not ended"):
        archive_destruction.begin(house=make.central(world), actor=world.registry, year=2569 + 9)

"""เสนอ → เกษียน → สั่งการ: the way of a received letter through the house."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.effects import handling as effects
from circulars.enums import Secrecy, StepState
from circulars.enums_handling import AssignmentState, HandlingState, HandlingStepKind
from circulars.models import Handling
from circulars.services import handling
from circulars.workflow_handling import HANDLING
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.notifications.models import Notice
from portal.org.enums import ActingKind, Role
from portal.users.models import User
from portal.workflow.service import available
from tests.factories import ExecutiveUnitFactory, acting, person
from tests.factories import handling as make
from tests.factories.letters import World

K = HandlingStepKind


def told(kind: str) -> set[User]:
    """The people who were last told of ``kind``."""
    notice = Notice.objects.filter(kind=f"circulars.{kind}").order_by("-pk").first()
    return set(User.objects.filter(notifications__notice=notice)) if notice else set()


def again(user: User) -> User:
    """The same person as the next request meets them."""
    return User.objects.get(pk=user.pk)


def test_propose_brings_the_letter_to_the_desk_that_orders(world: World) -> None:
    handled = make.proposed(world)
    assert handled.state == HandlingState.PROPOSED
    assert make.way(handled) == [
        (K.PROPOSE, Role.REGISTRY, StepState.DONE),
        (K.ORDER, Role.DIRECTOR, StepState.CURRENT),
    ]
    assert told("to_remark") == {world.director}


def test_remark_of_whoever_proposed_is_signed_with_name_position_and_time(world: World) -> None:
    step = make.proposed(world).steps.get(kind=K.PROPOSE)
    assert (step.decided_by, step.remark) == (world.registry, "เพื่อโปรดสั่งการ")
    assert step.decided_as == [world.membership(world.registry).position_title]
    assert step.decided_at is not None


def test_only_a_registered_letter_is_submitted(world: World) -> None:
    row = make.received(world)
    row.entry = None
    with pytest.raises(NotAllowed):
        handling.propose(delivery=row, actor=world.registry, to=[[make.director_post(world)]])


@pytest.mark.parametrize("who", ["officer", "group_director", "director", "deputy"])
def test_who_does_not_keep_the_inbox_submits_nothing(world: World, who: str) -> None:
    row = make.received(world)
    with pytest.raises(NotAllowed):
        handling.propose(delivery=row, actor=getattr(world, who), to=[[make.director_post(world)]])
    assert not Handling.objects.exists()


def test_submitting_twice_is_stale_the_second_time(world: World) -> None:
    handled = make.proposed(world)
    with pytest.raises(StaleAction):
        handling.propose(
            delivery=handled.delivery, actor=world.registry, to=[[make.director_post(world)]]
        )
    assert handled.steps.count() == 2


def test_desks_come_one_after_the_other(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[
            [make.post(world.group_director)],
            [make.post(world.deputy)],
            [make.director_post(world)],
        ],
    )
    assert [state for _kind, _role, state in make.way(handled)] == [
        StepState.DONE, StepState.CURRENT, StepState.WAITING, StepState.WAITING,
    ]  # fmt: skip
    handling.pass_on(handling=handled, actor=again(world.group_director), remark="เห็นควร")
    assert told("to_remark") == {world.deputy}
    with pytest.raises(NotAllowed):
        handling.pass_on(handling=handled, actor=world.director)
    handling.pass_on(handling=handled, actor=world.deputy)
    assert make.way(handled)[-1] == (K.ORDER, Role.DIRECTOR, StepState.CURRENT)


def test_desks_side_by_side_are_waited_for_together(world: World) -> None:
    other = person(Role.GROUP_DIRECTOR, office=world.office)
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.group_director), make.post(other)], [make.director_post(world)]],
    )
    assert [state for _kind, _role, state in make.way(handled)] == [
        StepState.DONE, StepState.CURRENT, StepState.CURRENT, StepState.WAITING,
    ]  # fmt: skip
    handling.pass_on(handling=handled, actor=again(world.group_director))
    assert make.way(handled)[-1][2] == StepState.WAITING
    handling.pass_on(handling=handled, actor=again(other))
    assert make.way(handled)[-1][2] == StepState.CURRENT


def test_passing_on_without_anybody_planned_asks_to_whom(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.group_director)]],
    )
    with pytest.raises(InvalidInput) as refused:
        handling.pass_on(handling=handled, actor=again(world.group_director))
    assert refused.value.field == "to"
    assert handled.steps.current().get().role == Role.GROUP_DIRECTOR


def test_new_desk_comes_before_those_planned(world: World) -> None:
    expert = person(Role.OFFICER, world.group)
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.group_director)], [make.director_post(world)]],
    )
    handling.pass_on(
        handling=handled, actor=again(world.group_director), to=[[make.named(expert)]]
    )
    assert [(role, state) for _kind, role, state in make.way(handled)][2:] == [
        (Role.OFFICER, StepState.CURRENT), (Role.DIRECTOR, StepState.WAITING),
    ]  # fmt: skip


def test_return_goes_to_any_earlier_desk_with_the_reason(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.group_director)], [make.director_post(world)]],
    )
    handling.pass_on(handling=handled, actor=again(world.group_director))
    first = handled.steps.get(kind=K.PROPOSE)
    handling.send_back(handling=handled, actor=world.director, remark="ขอเอกสารเพิ่ม", step=first)
    assert make.way(handled)[2:] == [
        (K.ORDER, Role.DIRECTOR, StepState.RETURNED),
        (K.REMARK, Role.REGISTRY, StepState.CURRENT),
    ]
    assert told("sent_back") == {world.registry}
    handling.pass_on(handling=handled, actor=world.registry, to=[[make.director_post(world)]])
    assert make.way(handled)[-1] == (K.ORDER, Role.DIRECTOR, StepState.CURRENT)


def test_return_needs_a_reason_and_a_desk_the_letter_was_at(world: World) -> None:
    handled = make.proposed(world)
    here = handled.steps.current().get()
    with pytest.raises(InvalidInput) as refused:
        handling.send_back(handling=handled, actor=world.director, remark=" ", step=here)
    assert refused.value.field == "remark"
    with pytest.raises(InvalidInput) as refused:
        handling.send_back(handling=handled, actor=world.director, remark="x", step=here)
    assert refused.value.field == "step"


def test_pull_back_while_unread(world: World) -> None:
    handled = make.proposed(world)
    handled = handling.pull_back(handling=handled, actor=world.registry)
    assert handled.state == HandlingState.NEW
    assert {state for _kind, _role, state in make.way(handled)} == {StepState.CANCELLED}
    assert told("handling_withdrawn") == {world.director}
    handled = handling.propose(
        delivery=handled.delivery, actor=world.registry, to=[[make.director_post(world)]]
    )
    assert handled.state == HandlingState.PROPOSED


def test_pull_back_from_the_middle_opens_the_own_desk_again(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.deputy)], [make.director_post(world)]],
    )
    handling.pass_on(handling=handled, actor=world.deputy, remark="เห็นชอบ")
    handled = handling.pull_back(handling=handled, actor=world.deputy)
    step = handled.steps.current().get()
    assert (handled.state, step.role, step.remark) == (
        HandlingState.PROPOSED, Role.DEPUTY, "เห็นชอบ",
    )  # fmt: skip


def test_pull_back_after_it_was_read_is_refused(world: World) -> None:
    handled = make.proposed(world)
    handling.note_look(delivery=handled.delivery, actor=world.director)
    with pytest.raises(NotAllowed):
        handling.pull_back(handling=handled, actor=world.registry)


def test_pull_back_in_the_moment_of_reading_is_stale(world: World) -> None:
    """The look comes after the permission was checked and before the desk is taken away."""
    handled = make.proposed(world)
    handled.steps.current().update(seen_at=timezone.now())
    with pytest.raises(StaleAction):
        effects.pull_back(obj=handled, actor=world.registry)


def test_somebody_else_does_not_pull_it_back(world: World) -> None:
    handled = make.proposed(world)
    other = person(Role.REGISTRY, office=world.office)
    with pytest.raises(NotAllowed):
        handling.pull_back(handling=handled, actor=other)


def test_note_closes_with_one_tap(world: World) -> None:
    handled = handling.note(handling=make.proposed(world), actor=world.director, remark="ทราบ")
    assert (handled.state, handled.closed_by) == (HandlingState.CLOSED, world.director)
    assert handled.closed_at is not None


def test_approve_orders_what_was_suggested(world: World) -> None:
    handled = make.proposed(world, owners=[make.group_lead(world)])
    assert make.work_of(handled).state == AssignmentState.SUGGESTED
    handled = handling.approve(handling=handled, actor=world.director, remark="ดำเนินการตามเสนอ")
    work = make.work_of(handled)
    assert (handled.state, work.state) == (HandlingState.ASSIGNED, AssignmentState.GIVEN)
    assert (work.given_by, work.note) == (world.director, "ดำเนินการตามเสนอ")
    assert told("assigned") == {world.group_director}


def test_approve_is_offered_only_with_a_suggestion(world: World) -> None:
    names = [move.name for move in available(HANDLING, make.proposed(world), world.director)]
    assert names == ["order", "note", "pass_on", "send_back"]


def test_order_takes_the_place_of_the_suggestion(world: World) -> None:
    handled = make.proposed(world, owners=[make.group_lead(world)])
    handling.order(handling=handled, actor=world.director, owners=[make.lead(world.officer)])
    assert sorted(handled.assignments.values_list("state", "role")) == [
        (AssignmentState.DROPPED, Role.GROUP_DIRECTOR), (AssignmentState.GIVEN, Role.OFFICER),
    ]  # fmt: skip


def test_order_needs_owners_with_one_lead(world: World) -> None:
    handled = make.proposed(world)
    for owners in ([], [make.joint(world.officer)],
                   [make.lead(world.officer), make.lead(world.group_director)]):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            handling.order(handling=handled, actor=world.director, owners=owners)
        assert refused.value.field == "lead"
    assert Handling.objects.get().state == HandlingState.PROPOSED


def test_one_owner_gets_one_part(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        handling.order(
            handling=make.proposed(world),
            actor=world.director,
            owners=[make.lead(world.officer), make.joint(world.officer)],
        )
    assert refused.value.field == "joint"


def test_order_for_a_day_that_is_over_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        handling.order(
            handling=make.proposed(world),
            actor=world.director,
            owners=[make.group_lead(world)],
            due_on=timezone.localdate() - timedelta(days=1),
        )
    assert refused.value.field == "due_on"


def test_deputy_at_a_remark_desk_does_not_order(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[
            [make.post(world.deputy), make.post(world.group_director)],
            [make.director_post(world)],
        ],
    )
    with pytest.raises(NotAllowed):
        handling.order(handling=handled, actor=world.deputy, owners=[make.group_lead(world)])


def test_order_of_whoever_acts_for_the_director_says_so(world: World) -> None:
    handled = make.proposed(world)
    acting(world.deputy, world.membership(world.director), ActingKind.IN_PLACE)
    handled = handling.note(handling=handled, actor=again(world.deputy))
    step = handled.steps.get(kind=K.ORDER)
    assert (step.decided_by, step.acting_kind) == (world.deputy, ActingKind.IN_PLACE)
    assert "รักษาราชการแทน" in " ".join(step.decided_as)


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
def test_acting_counts_only_on_its_days(world: World, first: int, last: int) -> None:
    today = timezone.localdate()
    stand_in = person(Role.OFFICER, world.group)
    acting(
        stand_in, world.membership(world.director),
        starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        handling.note(handling=make.proposed(world), actor=again(stand_in))


def test_post_that_falls_vacant_is_told_and_given_to_somebody_else(world: World) -> None:
    world.membership(world.director).delete()
    handled = make.proposed(world)
    assert told("step_vacant") == {world.registry}
    step = handled.steps.current().get()
    with pytest.raises(InvalidInput):
        handling.reassign_desk(step=step, actor=world.registry, to=make.post(world.group_director))
    handling.reassign_desk(step=step, actor=world.registry, to=make.post(world.deputy))
    assert told("to_remark") == {world.deputy}
    assert handling.note(handling=handled, actor=world.deputy).state == HandlingState.CLOSED


def test_desk_that_somebody_holds_is_not_given_away(world: World) -> None:
    step = make.proposed(world).steps.current().get()
    with pytest.raises(NotAllowed):
        handling.reassign_desk(step=step, actor=world.registry, to=make.post(world.deputy))


def test_question_is_asked_beside_the_way(world: World) -> None:
    handled = make.proposed(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="งบพอไหม"
    )
    assert told("consulted") == {world.officer}
    assert make.way(handled)[-1] == (K.ORDER, Role.DIRECTOR, StepState.CURRENT)
    step = handled.steps.get(kind=K.CONSULT)
    handling.give_opinion(step=step, actor=again(world.officer), remark="พอ")
    assert told("opinion_given") == {world.director}


def test_question_needs_words_and_an_answer_does_too(world: World) -> None:
    handled = make.proposed(world)
    with pytest.raises(InvalidInput):
        handling.ask(
            handling=handled, actor=world.director, to=[make.named(world.officer)], question=" "
        )
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    with pytest.raises(InvalidInput):
        handling.give_opinion(
            step=handled.steps.get(kind=K.CONSULT), actor=again(world.officer), remark=" "
        )


def test_question_is_taken_back_by_whoever_asked(world: World) -> None:
    handled = make.proposed(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    step = handled.steps.get(kind=K.CONSULT)
    with pytest.raises(NotAllowed):
        handling.take_back_question(step=step, actor=world.registry)
    handling.take_back_question(step=step, actor=world.director)
    assert told("question_withdrawn") == {world.officer}
    with pytest.raises(StaleAction):
        handling.give_opinion(step=step, actor=again(world.officer), remark="พอ")


def test_open_questions_end_with_the_order(world: World) -> None:
    handled = make.proposed(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    handling.note(handling=handled, actor=world.director)
    assert handled.steps.get(kind=K.CONSULT).state == StepState.CANCELLED


def test_copies_for_information_are_done_when_read(world: World) -> None:
    handled = handling.note(
        handling=make.proposed(world), actor=world.director,
        inform=[make.named(world.officer), make.post(world.group_director)],
    )  # fmt: skip
    copies = handled.steps.filter(kind=K.INFORM)
    assert set(copies.values_list("state", flat=True)) == {StepState.CURRENT}
    handling.note_look(delivery=handled.delivery, actor=again(world.officer))
    assert dict(copies.values_list("role", "state")) == {
        Role.OFFICER: StepState.DONE, Role.GROUP_DIRECTOR: StepState.CURRENT,
    }  # fmt: skip


def test_who_has_nothing_to_do_with_it_asks_and_informs_nobody(world: World) -> None:
    handled = make.proposed(world)
    for service, more in ((handling.ask, {"question": "?"}), (handling.inform, {})):
        with pytest.raises(NotAllowed):
            service(handling=handled, actor=world.officer, to=[make.named(world.officer)], **more)


def test_reopened_letter_waits_for_another_order_where_nothing_was_assigned(
    world: World,
) -> None:
    handled = handling.note(handling=make.proposed(world), actor=world.director)
    with pytest.raises(NotAllowed):
        handling.reopen(handling=handled, actor=world.registry, remark="มีเรื่องเพิ่ม")
    handled = handling.reopen(handling=handled, actor=world.director, remark="มีเรื่องเพิ่ม")
    assert (handled.state, handled.closed_at) == (HandlingState.PROPOSED, None)
    assert make.way(handled)[-2:] == [
        (K.REMARK, Role.DIRECTOR, StepState.DONE), (K.ORDER, Role.DIRECTOR, StepState.CURRENT),
    ]  # fmt: skip


def test_group_orders_about_its_own_letters(world: World) -> None:
    row = make.received(world, unit=world.group, by=world.group_registry)
    handled = handling.propose(
        delivery=row, actor=world.group_registry, to=[[make.post(world.group_director)]]
    )
    handled = handling.order(
        handling=handled, actor=world.group_director, owners=[make.lead(world.officer)]
    )
    assert handled.state == HandlingState.ASSIGNED


def test_secret_letter_is_brought_to_people_by_name(world: World) -> None:
    row = make.received(world, secrecy=Secrecy.SECRET)
    with pytest.raises(InvalidInput) as refused:
        handling.propose(delivery=row, actor=world.registry, to=[[make.post(world.deputy)]])
    assert refused.value.field == "to"
    handled = handling.propose(
        delivery=row, actor=world.registry, to=[[make.director_post(world)]]
    )
    assert told("to_remark") == {world.director}
    with pytest.raises(InvalidInput):
        handling.order(handling=handled, actor=world.director, owners=[make.group_lead(world)])


def test_each_move_is_audited(world: World) -> None:
    handling.note(handling=make.proposed(world), actor=world.director)
    rows = AuditRow.objects.filter(action__startswith="circulars.handling.").order_by("pk")
    assert list(rows.values_list("action", flat=True)) == [
        "circulars.handling.propose", "circulars.handling.note",
    ]  # fmt: skip


def test_desk_of_two_directors_is_decided_once(world: World) -> None:
    second = person(Role.DIRECTOR, ExecutiveUnitFactory(office=world.office))
    handled = make.proposed(world)
    handling.note(handling=handled, actor=world.director)
    with pytest.raises(StaleAction):
        handling.note(handling=handled, actor=second)

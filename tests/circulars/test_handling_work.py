"""มอบหมาย → ปฏิบัติ → รายงานผล → ปิดเรื่อง: ordered work and who does what with it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from circulars.effects.assignments import Owner
from circulars.enums_handling import AssignmentState, HandlingState, Share
from circulars.models import Assignment, Handling
from circulars.services import assignments, handling
from circulars.workflow_handling import ASSIGNMENT, HANDLING
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.users.models import User
from portal.workflow.service import available
from tests.circulars.test_handling_way import again, told
from tests.factories import acting, person
from tests.factories import handling as make
from tests.factories.letters import World

A = AssignmentState
H = HandlingState


def names(obj: Assignment | Handling, user: User) -> list[str]:
    table = HANDLING if isinstance(obj, Handling) else ASSIGNMENT
    fresh = type(obj).objects.get(pk=obj.pk)
    return [move.name for move in available(table, fresh, again(user))]


def state(handled: Handling) -> str:
    return Handling.objects.values_list("state", flat=True).get(pk=handled.pk)


def reported(handled: Handling, user: User) -> Assignment:
    return assignments.report(
        assignment=make.work_of(handled, again(user)), actor=again(user), text="เสร็จแล้ว"
    )


def test_several_owners_get_their_parts_at_once(world: World) -> None:
    other = person(Role.GROUP_DIRECTOR, office=world.office)
    handled = make.ordered(
        world, make.group_lead(world), Owner(make.post(other), Share.SECONDARY),
        make.joint(world.officer),
    )  # fmt: skip
    rows = handled.assignments.order_by("pk")
    assert [(row.share, row.state) for row in rows] == [
        (Share.LEAD, A.GIVEN), (Share.SECONDARY, A.GIVEN), (Share.JOINT, A.GIVEN),
    ]  # fmt: skip
    assert {row.order_step.role for row in rows} == {Role.DIRECTOR}


def test_due_date_comes_from_the_speed_class_unless_given(world: World) -> None:
    day = timezone.localdate() + timedelta(days=40)
    row = make.work_of(make.ordered(world, speed="most_urgent"))
    assert 1 <= (row.due_on - timezone.localdate()).days <= 6
    handled = handling.order(
        handling=make.proposed(world), actor=world.director, owners=[make.group_lead(world)],
        due_on=day,
    )  # fmt: skip
    assert make.work_of(handled).due_on == day


def test_accepting_begins_the_work(world: World) -> None:
    handled = make.ordered(world)
    row = assignments.accept(assignment=make.work_of(handled), actor=again(world.group_director))
    assert (row.state, row.accepted_by) == (A.ACCEPTED, world.group_director)
    assert state(handled) == H.IN_WORK


def test_lead_s_report_makes_the_letter_reported_and_tells_the_giver(world: World) -> None:
    handled = make.ordered(world)
    row = reported(handled, world.group_director)
    assert (row.state, row.reported_by) == (A.REPORTED, world.group_director)
    assert row.reports.get().reported_as == [world.membership(world.group_director).position_title]
    assert state(handled) == H.REPORTED
    assert told("work_reported") == {world.director}


def test_report_needs_words(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        assignments.report(
            assignment=make.work_of(make.ordered(world)), actor=again(world.group_director),
            text=" ",
        )  # fmt: skip
    assert refused.value.field == "text"


def test_joint_owner_reports_to_giver_and_lead(world: World) -> None:
    handled = make.ordered(world, make.group_lead(world), make.joint(world.officer))
    reported(handled, world.officer)
    assert told("work_reported") == {world.director, world.group_director}
    assert state(handled) == H.IN_WORK


def test_lead_accepts_the_reports_of_the_others_but_not_the_own(world: World) -> None:
    handled = make.ordered(world, make.group_lead(world), make.joint(world.officer))
    joint = reported(handled, world.officer)
    lead = reported(handled, world.group_director)
    assert names(joint, world.group_director) == ["close", "ask_more"]
    assert names(lead, world.group_director) == []
    assert names(lead, world.director) == ["close", "ask_more"]


def test_asking_for_more_lets_the_lead_go_on(world: World) -> None:
    handled = make.ordered(world)
    row = reported(handled, world.group_director)
    row = assignments.ask_more(assignment=row, actor=world.director, remark="ขอตัวเลข")
    assert (row.state, row.reason) == (A.ACCEPTED, "ขอตัวเลข")
    assert state(handled) == H.IN_WORK
    assert told("report_returned") == {world.group_director}
    reported(handled, world.group_director)
    assert (state(handled), row.reports.count()) == (H.REPORTED, 2)


def test_group_shares_its_work_out(world: World) -> None:
    handled = make.ordered(world)
    row = make.work_of(handled)
    late = row.due_on + timedelta(days=9)
    assignments.share_out(
        assignment=row, actor=again(world.group_director), due_on=late,
        owners=[make.lead(world.officer), make.joint(world.group_registry)],
    )  # fmt: skip
    parts = row.parts.order_by("pk")
    assert [(part.state, part.share, part.due_on) for part in parts] == [
        (A.GIVEN, Share.LEAD, row.due_on), (A.GIVEN, Share.JOINT, row.due_on),
    ]  # fmt: skip
    assert told("assigned") == {world.group_registry}
    with pytest.raises(InvalidInput):
        reported(handled, world.group_director)
    for user in (world.officer, world.group_registry):
        reported(handled, user)
    assert told("work_reported") == {world.group_director, world.officer}
    assert state(handled) == H.IN_WORK
    reported(handled, world.group_director)
    assert state(handled) == H.REPORTED


def test_who_shared_it_out_closes_the_parts(world: World) -> None:
    handled = make.ordered(world)
    assignments.share_out(
        assignment=make.work_of(handled), actor=again(world.group_director),
        owners=[make.lead(world.officer)],
    )  # fmt: skip
    part = reported(handled, world.officer)
    row = assignments.close(assignment=part, actor=again(world.group_director))
    assert (row.state, row.done_by) == (A.DONE, world.group_director)


def test_officer_does_not_share_out(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    with pytest.raises(NotAllowed):
        assignments.share_out(
            assignment=make.work_of(handled), actor=again(world.officer),
            owners=[make.lead(world.group_registry)],
        )  # fmt: skip


def test_work_is_given_back_with_the_reason_and_its_parts_end(world: World) -> None:
    handled = make.ordered(world)
    row = make.work_of(handled)
    assignments.share_out(
        assignment=row, actor=again(world.group_director), owners=[make.lead(world.officer)]
    )
    with pytest.raises(InvalidInput):
        assignments.give_back(assignment=row, actor=again(world.group_director), remark=" ")
    assignments.give_back(assignment=row, actor=again(world.group_director), remark="ไม่ใช่งานกลุ่ม")
    assert list(handled.assignments.order_by("pk").values_list("state", flat=True)) == [
        A.RETURNED, A.PULLED_BACK,
    ]  # fmt: skip
    assert told("work_given_back") == {world.director}
    handling.give_more(
        handling=handled, actor=world.director, owners=[make.lead(world.group_registry)]
    )
    assert make.work_of(handled, again(world.group_registry)).state == A.GIVEN


def test_unread_work_is_taken_back_and_read_work_is_not(world: World) -> None:
    handled = make.ordered(world, make.group_lead(world), make.joint(world.officer))
    joint = make.work_of(handled, again(world.officer))
    assignments.pull_back(assignment=joint, actor=world.director)
    assert told("work_withdrawn") == {world.officer}
    lead = make.work_of(handled, again(world.group_director))
    handling.note_look(delivery=handled.delivery, actor=again(world.group_director))
    with pytest.raises(NotAllowed):
        assignments.pull_back(assignment=lead, actor=world.director)


def test_work_is_given_to_somebody_else(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer), make.joint(world.group_registry))
    row = make.work_of(handled, again(world.officer))
    with pytest.raises(InvalidInput) as refused:
        assignments.reassign(
            assignment=row, actor=world.director, to=make.named(world.group_registry)
        )
    assert refused.value.field == "to"
    other = person(Role.OFFICER, world.group)
    row = assignments.reassign(assignment=row, actor=world.director, to=make.named(other))
    assert (row.state, row.membership.person, told("assigned")) == (A.GIVEN, other, {other})


def test_letter_is_closed_when_all_is_reported(world: World) -> None:
    handled = make.ordered(world, make.group_lead(world), make.joint(world.officer))
    reported(handled, world.group_director)
    with pytest.raises(InvalidInput):
        handling.close(handling=handled, actor=again(world.group_director))
    reported(handled, world.officer)
    closed = handling.close(handling=handled, actor=again(world.group_director), remark="เรียบร้อย")
    assert (closed.state, closed.closed_by) == (H.CLOSED, world.group_director)
    assert set(handled.assignments.values_list("state", flat=True)) == {A.DONE}
    assert told("handling_closed") == {world.officer}


def test_superior_closes_without_waiting_and_says_why(world: World) -> None:
    handled = make.ordered(world)
    with pytest.raises(InvalidInput):
        handling.close_unfinished(handling=handled, actor=world.director, remark="")
    closed = handling.close_unfinished(
        handling=handled, actor=world.director, remark="ไม่ต้องดำเนินการแล้ว"
    )
    assert (closed.state, closed.closing_remark) == (H.CLOSED, "ไม่ต้องดำเนินการแล้ว")
    assert make.work_of(handled).state == A.DONE


def test_reopened_letter_goes_on_with_its_lead(world: World) -> None:
    handled = make.ordered(world)
    reported(handled, world.group_director)
    handling.close(handling=handled, actor=world.director)
    handling.reopen(handling=handled, actor=world.director, remark="มีคำถามเพิ่ม")
    row = make.work_of(handled)
    assert (state(handled), row.state, row.done_at) == (H.IN_WORK, A.ACCEPTED, None)
    reported(handled, world.group_director)
    assert state(handled) == H.REPORTED


def test_more_owners_only_by_the_superior_and_while_it_is_open(world: World) -> None:
    handled = make.ordered(world)
    with pytest.raises(NotAllowed):
        handling.give_more(
            handling=handled, actor=again(world.group_director),
            owners=[make.joint(world.officer)],
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        handling.give_more(
            handling=handled, actor=world.director, owners=[make.lead(world.officer)]
        )
    handling.close_unfinished(handling=handled, actor=world.director, remark="พอ")
    with pytest.raises(StaleAction):
        handling.give_more(
            handling=handled, actor=world.director, owners=[make.joint(world.officer)]
        )
    with pytest.raises(StaleAction):
        handling.ask(
            handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
        )


def test_new_lead_after_the_first_gave_it_back_decides_the_state(world: World) -> None:
    handled = make.ordered(world)
    reported(handled, world.group_director)
    row = make.work_of(handled)
    assignments.ask_more(assignment=row, actor=world.director, remark="?")
    assignments.give_back(assignment=row, actor=again(world.group_director), remark="ไม่ใช่")
    handling.give_more(handling=handled, actor=world.director, owners=[make.lead(world.officer)])
    assert state(handled) == H.IN_WORK


BUTTONS = {
    "director": ["pull_back", "reassign"],
    "deputy": ["pull_back", "reassign"],
    "group_director": ["accept", "report", "share_out", "give_back"],
    "group_registry": [],
    "officer": [],
    "registry": [],
}


@pytest.mark.parametrize("who", BUTTONS)
def test_buttons_of_given_work(world: World, who: str) -> None:
    row = make.work_of(make.ordered(world))
    assert names(row, getattr(world, who)) == BUTTONS[who]


LETTER_BUTTONS = {
    "director": ["close_unfinished"],
    "deputy": ["close_unfinished"],
    "group_director": [],
    "group_registry": [],
    "officer": [],
    "registry": [],
}


@pytest.mark.parametrize("who", LETTER_BUTTONS)
def test_buttons_of_an_ordered_letter(world: World, who: str) -> None:
    assert names(make.ordered(world), getattr(world, who)) == LETTER_BUTTONS[who]


def test_who_acts_for_the_owner_does_the_work(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    stand_in = person(Role.OFFICER, world.group)
    acting(stand_in, world.membership(world.officer))
    assert names(make.work_of(handled), stand_in) == ["accept", "report", "give_back"]


def test_work_of_a_leaver_is_given_on_by_the_group_s_director(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    row = make.work_of(handled)
    assert "reassign" not in names(row, world.group_director)
    membership = world.membership(world.officer)
    membership.ends_on = timezone.localdate() - timedelta(days=1)
    membership.save()
    assert names(row, world.group_director) == ["reassign"]


def test_double_click_is_stale_the_second_time(world: World) -> None:
    row = make.work_of(make.ordered(world))
    assignments.accept(assignment=row, actor=again(world.group_director))
    with pytest.raises(StaleAction):
        assignments.accept(assignment=row, actor=again(world.group_director))


def test_database_keeps_one_lead_on_each_level(world: World) -> None:
    handled = make.ordered(world)
    row = make.work_of(handled)
    row.pk = None
    row.unit, row.role = world.membership(world.deputy).unit, Role.DEPUTY
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.share = Share.JOINT
    row.save(force_insert=True)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)

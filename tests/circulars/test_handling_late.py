"""Target times, what is late and who is told; desks that are left and handed over."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from circulars.effects.deadlines import add_working_hours, target_of, work_deadline
from circulars.enums import LetterState, Secrecy, Speed, StepState
from circulars.enums_handling import TARGETS
from circulars.models import (
    Assignment,
    DeskHandover,
    Escalation,
    HandlingStep,
    Letter,
    RouteStep,
    SpeedTarget,
)
from circulars.services import assignments, desks, handling, letters
from circulars.services.escalation import escalate, superiors, tell_vacant_work
from circulars.services.targets import change_targets, targets_of
from circulars.tasks_handling import escalate_overdue, hand_over_desks
from circulars.tasks_handling import tell_vacant_work as vacant_task
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.enums import Role
from portal.org.service import end_membership
from portal.users.models import User
from tests.circulars.test_handling_way import again, told
from tests.factories import handling as make
from tests.factories import letters as make_letters
from tests.factories import person
from tests.factories.letters import World

TODAY = timezone.localdate


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime(year, month, day, hour, minute))


# Friday 20 November 2026 is a working day, the weekend follows.
@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(2026, 11, 19, 9), 3, at(2026, 11, 19, 12)),
        (at(2026, 11, 19, 6), 1, at(2026, 11, 19, 9, 30)),
        (at(2026, 11, 19, 15, 30), 3, at(2026, 11, 20, 10, 30)),
        (at(2026, 11, 20, 16), 1, at(2026, 11, 23, 9)),
        (at(2026, 11, 21, 10), 8, at(2026, 11, 23, 16, 30)),
        (at(2026, 11, 20, 23), 1, at(2026, 11, 23, 9, 30)),
    ],
)
def test_working_hours_run_while_the_office_is_open(
    start: datetime, hours: int, end: datetime
) -> None:
    assert add_working_hours(start, hours, frozenset()) == end


def test_working_hours_skip_the_office_s_own_closures() -> None:
    closed = frozenset({date(2026, 11, 20)})
    assert add_working_hours(at(2026, 11, 19, 16), 1, closed) == at(2026, 11, 23, 9)


def test_office_sets_its_own_targets(world: World) -> None:
    usual = target_of(world.office, Speed.URGENT)
    assert (usual.step_hours, usual.work_days) == TARGETS[Speed.URGENT]
    targets = targets_of(world.office)
    mine = {**targets, Speed.URGENT: type(usual)(5, 2)}
    with pytest.raises(NotAllowed):
        change_targets(office=world.office, actor=world.officer, targets=mine)
    change_targets(office=world.office, actor=world.registry, targets=mine)
    assert target_of(world.office, Speed.URGENT) == type(usual)(5, 2)
    assert work_deadline(world.office, Speed.URGENT, date(2026, 11, 20)) == date(2026, 11, 24)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpeedTarget.objects.update(step_hours=0)


def late_step(world: World, days: int = 0) -> HandlingStep:
    """A letter that waits at a group's desk since long; due so many days ago."""
    handled = handling.propose(
        delivery=make.received(world),
        actor=world.registry,
        to=[[make.post(world.group_director)], [make.director_post(world)]],
    )
    step = handled.steps.current().get()
    step.due_at = timezone.now() - timedelta(days=days, minutes=1)
    step.save()
    return step


def levels() -> list[tuple[int, str, int]]:
    return list(Escalation.objects.order_by("pk").values_list("level", "role", "told"))


def test_late_desk_is_told_to_the_next_level_once(world: World) -> None:
    step = late_step(world)
    assert escalate() == 1
    assert levels() == [(1, Role.DEPUTY, 1)]
    assert told("overdue_below") == {world.deputy}
    assert escalate() == 0
    assert step.is_late


def test_each_working_day_reaches_one_more_level(world: World) -> None:
    late_step(world, days=7)
    escalate()
    assert levels() == [(1, Role.DEPUTY, 1), (2, Role.DIRECTOR, 1)]
    escalate(now=timezone.now() + timedelta(days=30))
    assert len(levels()) == 2


def test_desk_that_is_not_late_or_decided_is_left_alone(world: World) -> None:
    step = late_step(world)
    handling.pass_on(handling=step.handling, actor=again(world.group_director))
    assert escalate() == 0


def test_late_work_is_told_upwards_and_the_superior_may_read_it(world: World) -> None:
    other = person(Role.GROUP_DIRECTOR, office=world.office)
    unit = other.memberships.get().unit
    expert = person(Role.OFFICER, unit)
    handled = make.ordered(world, make.lead(expert))
    Assignment.objects.update(due_on=TODAY() - timedelta(days=1))
    assert make.work_of(handled).is_late
    escalate(now=timezone.now())
    assert told("overdue_below") == {other}
    assert handled.steps.filter(kind="inform", unit=unit).count() == 1
    escalate(now=timezone.now())
    assert handled.steps.filter(kind="inform", unit=unit).count() == 1


def test_late_part_goes_to_whoever_has_the_whole_without_another_copy(world: World) -> None:
    handled = make.ordered(world)
    assignments.share_out(
        assignment=make.work_of(handled), actor=again(world.group_director),
        owners=[make.lead(world.officer)],
    )  # fmt: skip
    part = make.work_of(handled, again(world.officer))
    Assignment.objects.filter(pk=part.pk).update(due_on=TODAY() - timedelta(days=1))
    escalate()
    assert told("overdue_below") == {world.group_director}
    assert not handled.steps.filter(kind="inform").exists()


def test_late_secret_work_is_told_to_who_ordered_it_only(world: World) -> None:
    row = make.received(world, secrecy=Secrecy.SECRET)
    handled = handling.propose(
        delivery=row, actor=world.registry, to=[[make.director_post(world)]]
    )
    handling.order(handling=handled, actor=world.director, owners=[make.lead(world.officer)])
    Assignment.objects.update(due_on=TODAY() - timedelta(days=9))
    HandlingStep.objects.update(due_at=timezone.now() - timedelta(days=9))
    escalate()
    assert [role for _level, role, _told in levels()] == [Role.DIRECTOR]
    assert told("overdue_below") == {world.director}


def test_superiors_of_a_late_secret_desk_are_nobody(world: World) -> None:
    handled = handling.propose(
        delivery=make.received(world, secrecy=Secrecy.SECRET),
        actor=world.registry,
        to=[[make.named(world.group_director)]],
    )
    assert superiors(handled.steps.current().get()) == []


def test_database_keeps_each_level_once(world: World) -> None:
    late_step(world)
    escalate()
    row = Escalation.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_work_of_a_leaver_is_told_to_the_group_s_director_once(world: World) -> None:
    handled = make.ordered(world, make.lead(world.officer))
    end_membership(
        actor=None, membership=world.membership(world.officer),
        ends_on=TODAY() - timedelta(days=1),
    )  # fmt: skip
    assert told("step_vacant") == {world.group_director}
    assert tell_vacant_work(office_id=world.office.pk) == 0
    assert tell_vacant_work() == 0
    assert make.work_of(handled).vacancy_told_at is not None


def test_desk_that_falls_vacant_overnight_is_told_in_the_morning(world: World) -> None:
    make.proposed(world)
    membership = world.membership(world.director)
    membership.ends_on = TODAY() - timedelta(days=1)
    membership.save()
    assert tell_vacant_work() == 1
    assert told("step_vacant") == {world.registry}


# A whole desk.


def messy_desk(world: World) -> User:
    """An officer with work by name, a question, a letter on its way and drafts."""
    make.ordered(world, make.lead(world.officer))
    handled = make.proposed(world)
    handling.ask(
        handling=handled, actor=world.director, to=[make.named(world.officer)], question="?"
    )
    letter = letters.create_draft(
        unit=world.group, actor=world.group_registry, **make_letters.CONTENT
    )
    from circulars.services import recipients

    recipients.set_recipients(
        letter=letter, actor=world.group_registry, units=[world.schools[0].pk]
    )
    letter = letters.submit(letter=letter, actor=world.group_registry)
    letters.consult(
        letter=letter, actor=world.group_director, question="?",
        membership=world.membership(world.officer),
    )  # fmt: skip
    make_letters.draft(world)
    return world.officer


def test_whole_desk_goes_to_the_successor(world: World) -> None:
    messy_desk(world)
    other = person(Role.OFFICER, world.group)
    assert desks.desk_of(world.officer).counts() == {
        "assignments": 1, "steps": 1, "letters": 1, "drafts": 1,
    }  # fmt: skip
    planned = desks.plan_handover(
        actor=world.group_director, person=world.officer, successor=other, starts_on=TODAY(),
        with_drafts=True,
    )  # fmt: skip
    assert planned.moved == {
        "assignments": 1, "steps": 1, "letters": 1, "drafts": 1, "left": 0,
    }  # fmt: skip
    assert desks.desk_of(other).counts() == {
        "assignments": 1, "steps": 1, "letters": 1, "drafts": 1,
    }  # fmt: skip
    assert told("desk_handed") == {other}
    assert RouteStep.objects.current().get().membership.person == other
    row = AuditRow.objects.filter(action="handling.handover").get()
    assert (row.actor, row.data["to"]) == (world.group_director, other.pk)


def test_drafts_stay_unless_asked_for(world: World) -> None:
    make_letters.draft(world)
    desks.plan_handover(
        actor=world.group_director, person=world.officer,
        successor=person(Role.OFFICER, world.group), starts_on=TODAY(),
    )  # fmt: skip
    assert Letter.objects.get(state=LetterState.DRAFT).drafter == world.officer


def test_planned_hand_over_waits_for_its_day(world: World) -> None:
    make.ordered(world, make.lead(world.officer))
    other = person(Role.OFFICER, world.group)
    planned = desks.plan_handover(
        actor=world.director, person=world.officer, successor=other,
        starts_on=TODAY() + timedelta(days=3),
    )  # fmt: skip
    hand_over_desks()
    assert desks.desk_of(other).counts()["assignments"] == 0
    with pytest.raises(InvalidInput):
        desks.plan_handover(
            actor=world.director, person=world.officer, successor=other, starts_on=TODAY()
        )
    DeskHandover.objects.filter(pk=planned.pk).update(starts_on=TODAY())
    hand_over_desks()
    hand_over_desks()
    assert desks.desk_of(other).counts()["assignments"] == 1
    assert DeskHandover.objects.get().moved_count == 1


def test_what_the_successor_cannot_take_stays(world: World) -> None:
    """An order needs authority; a second part of the same work would be one too many."""
    handled = handling.propose(
        delivery=make.received(world), actor=world.registry, to=[[make.named(world.director)]]
    )
    make.ordered(world, make.lead(world.officer), make.joint(world.group_registry))
    both = desks.plan_handover(
        actor=world.group_director, person=world.officer, successor=world.group_registry,
        starts_on=TODAY(),
    )  # fmt: skip
    assert (both.moved["assignments"], both.moved["left"]) == (0, 1)
    sysadmin = person(Role.SYSADMIN, office=world.office)
    refused = desks.plan_handover(
        actor=sysadmin, person=world.director, successor=world.officer, starts_on=TODAY()
    )
    assert refused.moved["left"] == 1
    taken = desks.plan_handover(
        actor=sysadmin, person=world.director, successor=world.deputy, starts_on=TODAY()
    )
    assert taken.moved["steps"] == 1
    assert handled.steps.current().get().membership.person == world.deputy


def test_signature_of_a_letter_is_not_handed_to_another_post(world: World) -> None:
    letter = make_letters.for_signature(world)
    step = letter.steps.current().get()
    step.membership = world.membership(world.director)
    step.save()
    sysadmin = person(Role.SYSADMIN, office=world.office)
    planned = desks.plan_handover(
        actor=sysadmin, person=world.director, successor=world.deputy, starts_on=TODAY()
    )
    assert planned.moved["left"] == 1


DECIDE = {
    "officer": set(),
    "registry": set(),
    "group_director": {"officer", "group_director", "group_registry"},
    "director": {
        "officer", "group_director", "group_registry", "deputy", "director", "registry",
    },
}  # fmt: skip


@pytest.mark.parametrize("who", DECIDE)
def test_whose_desks_may_be_handed_over(world: World, who: str) -> None:
    actor = getattr(world, who)
    names = {name: getattr(world, name) for name in (*DECIDE, "group_registry", "deputy")}
    seen = set(desks.people_handing_over(actor)) if desks.may_hand_over(actor) else set()
    assert {name for name, user in names.items() if user in seen} == DECIDE[who]
    assert not seen & set(world.principals)


def test_hand_over_of_somebody_else_s_people_is_refused(world: World) -> None:
    other = person(Role.OFFICER, office=world.office)
    for people in ({"person": other, "successor": world.officer},
                   {"person": world.officer, "successor": other}):  # fmt: skip
        with pytest.raises(NotAllowed):
            desks.plan_handover(actor=world.group_director, starts_on=TODAY(), **people)
    assert desks.may_hand_over(person(None, office=world.office)) is False


def test_hand_over_to_oneself_or_for_yesterday_is_refused(world: World) -> None:
    other = person(Role.OFFICER, world.group)
    for successor, day, field in (
        (world.officer, TODAY(), "successor"), (other, TODAY() - timedelta(days=1), "starts_on"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            desks.plan_handover(
                actor=world.group_director, person=world.officer, successor=successor,
                starts_on=day,
            )  # fmt: skip
        assert refused.value.field == field


def test_tasks_are_safe_to_run_twice(world: World) -> None:
    late_step(world)
    for _run in range(2):
        escalate_overdue()
        vacant_task()
        hand_over_desks()
    assert len(levels()) == 1
    assert HandlingStep.objects.filter(state=StepState.CURRENT).count() == 1

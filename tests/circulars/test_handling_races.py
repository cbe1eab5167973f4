"""Two people, or one person twice, at the same moment: a received letter is decided once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.enums import StepState
from circulars.enums_handling import AssignmentState, HandlingState
from circulars.models import Assignment, Escalation, Handling
from circulars.services import assignments, handling
from circulars.services.escalation import escalate
from portal.core.errors import NotAllowed, StaleAction
from portal.org.enums import Role
from portal.users.models import User
from tests.circulars.test_races import at_once
from tests.factories import handling as make
from tests.factories import person
from tests.factories.letters import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world(schools=1)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def refusals(outcome: list[object]) -> list[type]:
    return [type(result) for result in outcome if isinstance(result, Exception)]


def test_two_directors_order_at_once(world: World) -> None:
    second = person(Role.DIRECTOR, world.membership(world.director).unit)
    handled = make.proposed(world)

    def order_by(who: User) -> Callable[[], object]:
        return lambda: handling.order(
            handling=handled, actor=fresh(who), owners=[make.group_lead(world)]
        )

    outcome = at_once(order_by(world.director), order_by(second))
    assert refusals(outcome) == [StaleAction]
    assert Assignment.objects.count() == 1


def test_clerks_submit_the_same_letter_at_once(world: World) -> None:
    second = person(Role.REGISTRY, office=world.office)
    row = make.received(world)

    def propose_by(who: User) -> Callable[[], object]:
        return lambda: handling.propose(
            delivery=row, actor=fresh(who), to=[[make.director_post(world)]]
        )

    outcome = at_once(propose_by(world.registry), propose_by(second))
    assert refusals(outcome) == [StaleAction]
    assert Handling.objects.get().steps.count() == 2


def test_it_is_read_and_pulled_back_at_once(world: World) -> None:
    """Either the look comes first and the letter stays, or it is gone before it was seen."""
    handled = make.proposed(world)
    outcome = at_once(
        lambda: handling.note_look(delivery=handled.delivery, actor=fresh(world.director)),
        lambda: handling.pull_back(handling=handled, actor=fresh(world.registry)),
    )
    step = handled.steps.exclude(kind="propose").get()
    if isinstance(outcome[1], Exception):
        assert type(outcome[1]) in (NotAllowed, StaleAction)
        assert (step.state, step.seen_at is None) == (StepState.CURRENT, False)
    else:
        assert (step.state, step.seen_at) == (StepState.CANCELLED, None)


def test_double_click_on_the_report(world: World) -> None:
    handled = make.ordered(world)
    row = make.work_of(handled)

    def click() -> object:
        return assignments.report(
            assignment=row, actor=fresh(world.group_director), text="เสร็จแล้ว"
        )

    outcome = at_once(click, click)
    assert refusals(outcome) == [StaleAction]
    assert row.reports.count() == 1
    assert Handling.objects.get().state == HandlingState.REPORTED


def test_owner_reports_while_the_superior_closes(world: World) -> None:
    handled = make.ordered(world)
    row = make.work_of(handled)
    at_once(
        lambda: assignments.report(assignment=row, actor=fresh(world.group_director), text="ok"),
        lambda: handling.close_unfinished(
            handling=handled, actor=fresh(world.director), remark="พอ"
        ),
    )
    assert Handling.objects.get().state == HandlingState.CLOSED
    assert Assignment.objects.get().state == AssignmentState.DONE


def test_two_workers_escalate_at_once(world: World) -> None:
    make.ordered(world)
    Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    at_once(escalate, escalate)
    levels = list(Escalation.objects.values_list("level", flat=True))
    assert len(levels) == len(set(levels))
    assert levels

"""No sequence of actions by anybody brings a received letter outside of its tables."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from circulars.effects.assignments import Owner
from circulars.enums import StepState
from circulars.enums_handling import AssignmentState, HandlingState, Share
from circulars.models import Assignment, Handling
from circulars.services import assignments, handling
from circulars.workflow_handling import ASSIGNMENT, DESK, HANDLING
from portal.audit.models import AuditRow
from portal.core.errors import PortalError
from portal.users.models import User
from portal.workflow.service import Table, available
from tests.factories import UserFactory
from tests.factories import handling as make
from tests.factories.letters import make_world

WHO = ["registry", "director", "deputy", "group_director", "group_registry", "officer"]
STATES_WITH_WORK = (HandlingState.ASSIGNED, HandlingState.IN_WORK, HandlingState.REPORTED)


def arrows(table: Table) -> set[tuple[str, str, str]]:
    return {
        (str(source), str(target), move.name)
        for move in table.moves
        for source in move.source
        for target in move.outcomes()
    }


TABLES = (HANDLING, DESK, ASSIGNMENT)
ARROWS = {table.kind: arrows(table) for table in TABLES}
ACTS = [
    *[("way", move.name) for move in HANDLING.moves if not move.system],
    *[("work", move.name) for move in ASSIGNMENT.moves if not move.system],
    *[("desk", move.name) for move in DESK.moves if move.name != "see"],
    *[("beside", name) for name in ("ask", "inform", "give_more", "look")],
]
OFFERED = ("", "")
"""One of the moves that the person is offered: chance alone would hardly find them."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*WHO, "left"]),
        st.sampled_from([*ACTS, *[OFFERED] * 3 * len(ACTS)]),
        st.integers(0, 30),
    ),
    min_size=3,
    max_size=14,
)
PROPOSED = ("registry", ("way", "propose"), 0)
ORDERED = ("director", ("way", "order"), 0)
ASKED = ("director", ("beside", "ask"), 5)
TOLD = ("director", ("beside", "inform"), 4)
REPORTED = ("group_director", ("work", "report"), 0)
BEGINNINGS = [
    [], [PROPOSED], [PROPOSED, ASKED, TOLD], [PROPOSED, ORDERED], [PROPOSED, ORDERED, REPORTED],
]  # fmt: skip


@pytest.mark.django_db
class TestAnySequence(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = make_world(schools=1)
        cls.delivery = make.received(cls.world)
        cls.people = {name: getattr(cls.world, name) for name in WHO}
        cls.posts = [make.named(user) for user in cls.people.values()]
        cls.people["left"] = UserFactory(office=cls.world.office, is_active=False)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(begin=st.sampled_from(BEGINNINGS), steps=STEPS)
    def test_states_only_move_along_the_arrows(self, begin: Any, steps: Any) -> None:
        for who, act, number in [*begin, *steps]:
            actor = User.objects.get(pk=self.people[who].pk)
            what, name, row = self._offered(actor, number) if act == OFFERED else (*act, None)
            try:
                self._do(what, name, row, actor, number)
            except PortalError:
                continue
            self._check_rows()
        self._check_audit()

    def _offered(self, actor: User, number: int) -> tuple[str, str, Any]:
        handled = Handling.objects.filter(delivery=self.delivery).first()
        if handled is None:
            return "way", "propose", None
        found: list[tuple[str, str, Any]] = [
            ("way", move.name, None) for move in available(HANDLING, handled, actor)
        ]
        for row in handled.assignments.all():
            found += [("work", move.name, row) for move in available(ASSIGNMENT, row, actor)]
        for row in handled.steps.all():
            found += [("desk", move.name, row) for move in available(DESK, row, actor)]
        return found[number % len(found)] if found else ("beside", "look", None)

    def _do(self, what: str, name: str, row: Any, actor: User, number: int) -> None:
        handled = Handling.objects.filter(delivery=self.delivery).first()
        given = {"actor": actor, **self._inputs(name, handled, number)}
        if name == "propose":
            handling.propose(delivery=self.delivery, **given)
        elif name == "look":
            handling.note_look(delivery=self.delivery, actor=actor)
        elif handled is None:
            return
        elif what in ("way", "beside"):
            getattr(handling, name)(handling=handled, **given)
        elif what == "work" and (row := row or self._nth(handled.assignments, number)):
            getattr(assignments, name)(assignment=row, **given)
        elif what == "desk" and (row := row or self._nth(handled.steps, number)):
            services = {"take_back": "take_back_question", "reassign": "reassign_desk"}
            getattr(handling, services.get(name, name))(step=row, **given)

    def _inputs(self, name: str, handled: Any, number: int) -> dict[str, Any]:
        someone = self.posts[number % len(self.posts)]
        lead = make.group_lead(self.world) if number % 3 == 0 else Owner(someone, Share.LEAD)
        remark = "" if number == 7 else "x"
        to: list[Any] = [[someone]] if number % 2 else []
        joint = Owner(someone, Share.JOINT) if number % 2 else lead
        group = [make.post(self.world.group_director), make.post(self.world.deputy)]
        special: dict[str, dict[str, Any]] = {
            "propose": {
                "to": [*([group] if number % 2 else []), [make.director_post(self.world)]],
                "owners": [lead] if number % 5 == 1 else [],
            },
            "send_back": {"remark": remark, "step": self._nth(handled and handled.steps, number)},
            "pass_on": {"to": to},
            "order": {"owners": [lead]},
            "share_out": {"owners": [lead]},
            "give_more": {"owners": [joint]},
            "ask": {"to": [someone], "question": "x"},
            "inform": {"to": [someone]},
            "reassign": {"to": someone},
            "report": {"text": remark},
        }
        if name in special:
            return special[name]
        return {} if name in ("pull_back", "accept", "take_back", "look") else {"remark": remark}

    def _nth(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk")) if rows is not None else []
        return found[number % len(found)] if found else None

    def _check_audit(self) -> None:
        """Each recorded move is an arrow of its table, by somebody who is still here."""
        moves = AuditRow.objects.filter(data__has_key="from")
        for kind, known in ARROWS.items():
            walked = {
                (row.data["from"], row.data["to"], row.action.rsplit(".", 1)[1])
                for row in moves.filter(action__startswith=f"{kind}.")
            }
            assert walked <= known
        assert not moves.filter(actor=self.people["left"]).exists()

    def _check_rows(self) -> None:
        """What each state promises."""
        handled = Handling.objects.filter(delivery=self.delivery).first()
        if handled is None:
            return
        desks = handled.steps.main().current().count()
        assert (desks > 0) == (handled.state == HandlingState.PROPOSED)
        live = handled.assignments.live().exclude(state=AssignmentState.SUGGESTED)
        if handled.state in STATES_WITH_WORK:
            assert Assignment.objects.filter(handling=handled, order_step__isnull=False).exists()
        if handled.state == HandlingState.REPORTED:
            lead = handled.assignments.leads().top().get()
            assert lead.state in (AssignmentState.REPORTED, AssignmentState.DONE)
        if handled.state == HandlingState.CLOSED:
            assert set(live.values_list("state", flat=True)) <= {AssignmentState.DONE}
            waiting = handled.steps.at_desks().filter(state=StepState.CURRENT)
            assert not waiting.exists()

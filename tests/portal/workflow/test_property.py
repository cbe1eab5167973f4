"""No sequence of actions by anybody leads outside of the table."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.workflow.service import apply_move, available
from tests.apps.sample.models import Paper, PaperState
from tests.apps.sample.workflow import PAPER
from tests.factories import OfficeFactory, UserFactory, person

ARROWS = {
    (source, target, move.name)
    for move in PAPER.moves
    for source in move.source
    for target in move.outcomes()
}
WHO = [*Role.values, "writer", "left", "nobody"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(WHO),
        st.sampled_from([move.name for move in PAPER.moves]),
        st.sampled_from([None, *PaperState.values]),
        st.sampled_from(["fine", "no", "", None]),
    ),
    max_size=25,
)


@pytest.mark.django_db
class TestAnySequence(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        office = OfficeFactory()
        cls.people = {role: person(role=role, office=office) for role in Role.values}
        cls.people["writer"] = UserFactory(office=office)
        cls.people["left"] = UserFactory(office=office, is_active=False)
        cls.people["nobody"] = None
        cls.office = office

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_state_only_moves_along_the_arrows(self, steps: list[tuple[Any, ...]]) -> None:
        paper = Paper.objects.create(office=self.office, writer=self.people["writer"])
        path: list[tuple[str, str, str]] = []
        for who, name, expected, text in steps:
            before = Paper.objects.get(pk=paper.pk).state
            offered = self._offered(paper, who)
            try:
                inputs = {"text": text} if name == "answer" else {}
                apply_move(
                    PAPER, name, pk=paper.pk, actor=self.people[who], expected=expected, **inputs
                )
            except (StaleAction, NotAllowed, InvalidInput):
                assert Paper.objects.get(pk=paper.pk).state == before
                continue
            after = Paper.objects.get(pk=paper.pk).state
            path.append((before, after, name))
            assert (before, after, name) in ARROWS
            assert name in offered or not PAPER.move(name).button
        self._check_audit(paper, path)

    def _offered(self, paper: Paper, who: str) -> list[str]:
        user = self.people[who]
        paper.refresh_from_db()
        return [move.name for move in available(PAPER, paper, user)] if user else []

    def _check_audit(self, paper: Paper, path: list[tuple[str, str, str]]) -> None:
        """The audit tells the same path as the one that was walked."""
        rows = AuditRow.objects.filter(about_id=str(paper.pk), action__startswith=PAPER.kind)
        told = [
            (row.data["from"], row.data["to"], row.action.rsplit(".", 1)[1])
            for row in rows.order_by("pk")
        ]
        assert told == path

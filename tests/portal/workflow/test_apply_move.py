"""One move: what it needs, what it does, what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import override

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.workflow.service import Move, Table, apply_move, available
from tests.apps.sample.models import Paper, PaperState
from tests.apps.sample.workflow import PAPER
from tests.factories import OfficeFactory, UserFactory, person

pytestmark = pytest.mark.django_db

S = PaperState


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def writer(office):
    return UserFactory(office=office)


@pytest.fixture
def director(office):
    return person(role=Role.DIRECTOR, office=office)


@pytest.fixture
def paper(office, writer) -> Callable[..., Paper]:
    def make(state: str = S.DRAFT) -> Paper:
        return Paper.objects.create(office=office, writer=writer, state=state)

    return make


def state_of(paper: Paper) -> str:
    return Paper.objects.get(pk=paper.pk).state


def test_move_changes_the_state_and_gives_the_object(paper, writer) -> None:
    draft = paper()

    moved = apply_move(PAPER, "submit", pk=draft.pk, actor=writer)

    assert (moved.pk, moved.state, state_of(draft)) == (draft.pk, S.WAITING, S.WAITING)


def test_move_saves_what_its_effect_set(paper, director) -> None:
    waiting = paper(S.WAITING)

    apply_move(PAPER, "sign", pk=waiting.pk, actor=director)

    assert Paper.objects.get().number == 1


def test_move_is_audited_with_both_states(paper, writer, office) -> None:
    draft = paper()

    apply_move(PAPER, "submit", pk=draft.pk, actor=writer)

    row = AuditRow.objects.get()
    assert (row.action, row.actor, row.about) == (
        "sample.paper.submit",
        writer,
        f"sample.paper:{draft.pk}",
    )
    assert (row.data, row.office) == ({"from": "draft", "to": "waiting"}, office)


@pytest.mark.parametrize(("text", "state"), [("fine", S.SIGNED), ("no", S.RETURNED)])
def test_target_may_follow_from_what_the_effect_did(paper, director, text, state) -> None:
    waiting = paper(S.WAITING)

    assert apply_move(PAPER, "answer", pk=waiting.pk, actor=director, text=text).state == state


# Who may


def test_person_who_may_not_is_refused_and_nothing_changes(paper, writer) -> None:
    waiting = paper(S.WAITING)

    with pytest.raises(NotAllowed):
        apply_move(PAPER, "sign", pk=waiting.pk, actor=writer)

    assert state_of(waiting) == S.WAITING


def test_refusal_is_audited(paper, writer) -> None:
    waiting = paper(S.WAITING)

    with pytest.raises(NotAllowed) as refused:
        apply_move(PAPER, "sign", pk=waiting.pk, actor=writer)

    row = AuditRow.objects.get()
    assert (row.action, row.actor, row.about, row.data) == (
        "access.denied",
        writer,
        f"sample.paper:{waiting.pk}",
        {"tried": "sample.paper.sign"},
    )
    assert refused.value.recorded == row.pk


def test_person_who_left_is_refused(paper, writer) -> None:
    draft = paper()
    writer.is_active = False

    with pytest.raises(NotAllowed):
        apply_move(PAPER, "submit", pk=draft.pk, actor=writer)


def test_object_that_is_gone_is_refused_like_one_out_of_sight(writer) -> None:
    with pytest.raises(NotAllowed):
        apply_move(PAPER, "submit", pk=99, actor=writer)

    assert AuditRow.objects.get().about == ""


def test_move_of_the_system_needs_nobody(paper) -> None:
    draft = paper()

    assert apply_move(PAPER, "expire", pk=draft.pk, actor=None).state == S.VOID
    assert AuditRow.objects.get().actor is None


def test_move_of_people_needs_somebody(paper) -> None:
    draft = paper()

    with pytest.raises(NotAllowed):
        apply_move(PAPER, "submit", pk=draft.pk, actor=None)


def test_move_of_the_system_is_not_for_people(paper, director) -> None:
    draft = paper()

    with pytest.raises(NotAllowed):
        apply_move(PAPER, "expire", pk=draft.pk, actor=director)


# Someone was faster


def test_move_from_another_state_is_stale_and_names_the_state(paper, director) -> None:
    void = paper(S.VOID)

    with override("en"), pytest.raises(StaleAction) as stale:
        apply_move(PAPER, "sign", pk=void.pk, actor=director)

    assert str(stale.value) == "Someone was faster: this is now “Void”."
    assert (stale.value.state, stale.value.about) == (S.VOID, void)
    assert state_of(void) == S.VOID
    assert AuditRow.objects.count() == 0


def test_click_on_an_old_page_is_stale_even_where_the_move_still_starts(paper, writer) -> None:
    returned = paper(S.RETURNED)

    with pytest.raises(StaleAction):
        apply_move(PAPER, "submit", pk=returned.pk, actor=writer, expected=S.DRAFT)

    assert state_of(returned) == S.RETURNED


def test_click_on_the_page_as_it_is_moves(paper, writer) -> None:
    draft = paper()

    assert apply_move(PAPER, "submit", pk=draft.pk, actor=writer, expected=S.DRAFT).state == (
        S.WAITING
    )


def test_double_click_moves_once(paper, writer) -> None:
    draft = paper()
    apply_move(PAPER, "submit", pk=draft.pk, actor=writer)

    with pytest.raises(StaleAction):
        apply_move(PAPER, "submit", pk=draft.pk, actor=writer)


# Inputs


@pytest.mark.parametrize(
    "inputs", [{}, {"text": ""}, {"text": "  "}, {"text": None}, {"text": []}]
)
def test_needed_input_left_out_is_named(paper, director, inputs: dict[str, Any]) -> None:
    waiting = paper(S.WAITING)

    with pytest.raises(InvalidInput) as missing:
        apply_move(PAPER, "answer", pk=waiting.pk, actor=director, **inputs)

    assert missing.value.field == "text"
    assert state_of(waiting) == S.WAITING


def test_needed_input_may_be_zero_or_false(paper, director) -> None:
    waiting = paper(S.WAITING)
    table = one_move(needs=("copies", "urgent"))

    assert apply_move(table, "go", pk=waiting.pk, actor=director, copies=0, urgent=False)


# Faults


def one_move(**changes: Any) -> Table:
    usual: dict[str, Any] = {
        "name": "go",
        "label": "Go",
        "source": set(S.values),
        "target": S.SIGNED,
        "may": lambda user, obj: True,
    }
    move = Move(**(usual | changes))
    return Table(kind="sample.paper", model="sample.Paper", states=S, moves=(move,))


def failing(*, obj: Paper, actor: Any) -> None:
    obj.number = 7
    obj.save()
    raise InvalidInput("The printer is on fire.")


def refusing(*, obj: Paper, actor: Any) -> None:
    obj.number = 7
    obj.save()
    raise NotAllowed(action="sample.deeper", about=obj)


def test_effect_that_fails_takes_everything_back(paper, director) -> None:
    waiting = paper(S.WAITING)

    with pytest.raises(InvalidInput):
        apply_move(one_move(effect=failing), "go", pk=waiting.pk, actor=director)

    left = Paper.objects.get()
    assert (left.state, left.number, AuditRow.objects.count()) == (S.WAITING, None, 0)


def test_effect_that_refuses_is_audited_as_itself(paper, director) -> None:
    waiting = paper(S.WAITING)

    with pytest.raises(NotAllowed):
        apply_move(one_move(effect=refusing), "go", pk=waiting.pk, actor=director)

    assert Paper.objects.get().number is None
    assert AuditRow.objects.get().data == {"tried": "sample.deeper"}


@pytest.mark.parametrize(
    ("answer", "targets"), [("nowhere", set()), ("void", {"signed", "returned"})]
)
def test_target_outside_of_the_table_is_a_bug_and_moves_nothing(
    paper, director, answer: str, targets: set[str]
) -> None:
    waiting = paper(S.WAITING)
    table = one_move(target=lambda obj, inputs: answer, targets=targets)

    with pytest.raises(ImproperlyConfigured, match=f"sample.paper.go may not lead to '{answer}'"):
        apply_move(table, "go", pk=waiting.pk, actor=director)

    assert state_of(waiting) == S.WAITING


def test_target_without_declared_outcomes_may_be_any_state(paper, director) -> None:
    waiting = paper(S.WAITING)
    table = one_move(target=lambda obj, inputs: S.VOID)

    assert apply_move(table, "go", pk=waiting.pk, actor=director).state == S.VOID


def test_wrong_name_of_a_move_is_a_bug(paper, writer) -> None:
    draft = paper()

    with pytest.raises(LookupError):
        apply_move(PAPER, "burn", pk=draft.pk, actor=writer)


def test_refusal_in_a_transaction_that_is_rolled_back_can_be_recorded_again(paper, writer) -> None:
    """The page's own transaction takes the engine's row with it; the middleware notices."""
    from portal.audit import service

    waiting = paper(S.WAITING)
    with pytest.raises(NotAllowed) as refused, transaction.atomic():
        apply_move(PAPER, "sign", pk=waiting.pk, actor=writer)
    assert AuditRow.objects.count() == 0

    service.record_denial(refused.value, actor=writer)

    assert AuditRow.objects.get().data == {"tried": "sample.paper.sign"}


# Buttons


@pytest.mark.parametrize(
    ("who", "state", "buttons"),
    [
        ("writer", S.DRAFT, ["submit", "void"]),
        ("writer", S.WAITING, ["void"]),
        ("writer", S.SIGNED, []),
        ("writer", S.RETURNED, ["submit", "void"]),
        ("writer", S.VOID, []),
        ("director", S.DRAFT, ["void"]),
        ("director", S.WAITING, ["sign", "answer", "void"]),
        ("director", S.SIGNED, []),
        ("director", S.RETURNED, ["void"]),
        ("director", S.VOID, []),
        ("stranger", S.DRAFT, []),
        ("stranger", S.WAITING, []),
        ("stranger", S.RETURNED, []),
    ],
)
def test_buttons_are_what_the_person_may_do_now(
    paper, writer, director, who: str, state: str, buttons: list[str]
) -> None:
    people = {"writer": writer, "director": director, "stranger": UserFactory()}

    assert [move.name for move in available(PAPER, paper(state), people[who])] == buttons


def test_person_who_left_has_no_buttons(paper, writer) -> None:
    writer.is_active = False

    assert available(PAPER, paper(), writer) == []


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("name", [move.name for move in PAPER.moves])
@pytest.mark.parametrize("who", ["writer", "director", "stranger"])
def test_every_state_action_and_person(
    paper, writer, director, state: str, name: str, who: str
) -> None:
    """The move goes through exactly when it starts in the state and the person may do it."""
    people = {"writer": writer, "director": director, "stranger": UserFactory()}
    may = {"submit": {"writer"}, "sign": {"director"}, "answer": {"director"}, "expire": set()}
    one = paper(state)
    expected: type[Exception] | None = None
    if state not in PAPER.move(name).source:
        expected = StaleAction
    elif who not in may.get(name, {"writer", "director"}):
        expected = NotAllowed

    outcome: type[Exception] | None = None
    inputs = {"text": "fine"} if name == "answer" else {}
    try:
        apply_move(PAPER, name, pk=one.pk, actor=people[who], **inputs)
    except (StaleAction, NotAllowed) as error:
        outcome = type(error)

    assert outcome == expected
    assert (state_of(one) == state) == (expected is not None)

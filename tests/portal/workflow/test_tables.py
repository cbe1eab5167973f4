from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.workflow.service import Move, Table
from tests.apps.sample.models import Paper, PaperState
from tests.apps.sample.workflow import PAPER


def move(**changes: Any) -> Move:
    usual: dict[str, Any] = {
        "name": "submit",
        "label": "Submit",
        "source": {"draft"},
        "target": "waiting",
        "may": lambda user, obj: True,
    }
    return Move(**(usual | changes))


def table(*moves: Move, **changes: Any) -> Table:
    usual: dict[str, Any] = {
        "kind": "sample.paper",
        "model": "sample.Paper",
        "states": PaperState,
        "moves": moves,
    }
    return Table(**(usual | changes))


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lambda: table(move(source={"nowhere"})), "submit names the unknown state 'nowhere'"),
        (lambda: table(move(target="nowhere")), "submit names the unknown state 'nowhere'"),
        (
            lambda: table(move(target=lambda obj, inputs: "x", targets={"x"})),
            "submit names the unknown state 'x'",
        ),
        (lambda: table(move(source=set())), "submit starts nowhere"),
        (lambda: table(move(), move()), "'submit' is there twice"),
        (lambda: table(move(), initial="nowhere"), "the first state 'nowhere' is not a state"),
    ],
)
def test_mistake_in_a_table_is_found_when_it_is_written(made: Any, problem: str) -> None:
    with pytest.raises(ImproperlyConfigured) as found:
        made()

    assert str(found.value) == f"sample.paper: {problem}"


def test_table_without_an_initial_state_starts_with_the_first() -> None:
    assert table(move()).initial == "draft"


def test_table_finds_its_moves_by_name() -> None:
    assert PAPER.move("sign").label == "Sign"
    with pytest.raises(LookupError, match=r"sample\.paper has no move 'burn'"):
        PAPER.move("burn")


def test_table_reads_and_names_states() -> None:
    assert PAPER.state_of(Paper(state=PaperState.WAITING)) == "waiting"
    assert PAPER.label("waiting") == "Waiting for signature"


@pytest.mark.parametrize(
    ("target", "targets", "outcomes"),
    [
        ("waiting", set(), {"waiting"}),
        (lambda obj, inputs: "waiting", {"waiting", "void"}, {"waiting", "void"}),
        (lambda obj, inputs: "waiting", set(), set()),
    ],
)
def test_move_declares_where_it_may_end(target: Any, targets: set[str], outcomes: set) -> None:
    assert move(target=target, targets=targets).outcomes() == outcomes

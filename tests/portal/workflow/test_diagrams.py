import io
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from portal.workflow import tables
from portal.workflow.diagrams import MissingMarkers, block, put_into
from portal.workflow.service import Move, Table, mermaid, register_table, registered
from tests.apps.sample.models import PaperState
from tests.apps.sample.workflow import PAPER

DIAGRAM = """\
stateDiagram-v2
    draft : Draft
    waiting : Waiting for signature
    signed : Signed
    returned : Returned
    void : Void
    [*] --> draft
    draft --> waiting : Submit
    returned --> waiting : Submit
    waiting --> signed : Sign
    waiting --> signed : Answer
    waiting --> returned : Answer
    draft --> void : Void
    waiting --> void : Void
    returned --> void : Void
    draft --> void : Expire
    signed --> [*]
    void --> [*]
"""


@pytest.fixture
def root(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one table whose README is ``README.md``."""
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(tables, "_registered", {})
    register_table(PAPER, readme="README.md")
    return tmp_path


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("workflow_diagrams", *args, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("language", ["en", "th"])
def test_diagram_has_every_state_and_move_in_english(language: str) -> None:
    with override(language):
        assert mermaid(PAPER) == DIAGRAM


def test_diagram_of_a_move_that_may_end_anywhere_has_all_arrows() -> None:
    move = Move(
        name="go",
        label="Go",
        source={"draft"},
        target=lambda obj, inputs: "void",
        may=lambda user, obj: True,
    )
    table = Table(kind="sample.any", model="sample.Paper", states=PaperState, moves=(move,))

    arrows = [line.strip() for line in mermaid(table).splitlines() if line.endswith(": Go")]
    assert arrows == [f"draft --> {state} : Go" for state in PaperState.values]


def test_diagram_takes_the_place_of_the_old_one() -> None:
    old = "# Sample\n<!-- workflow:sample.paper -->\nold\n<!-- /workflow:sample.paper -->\nEnd\n"

    new = put_into(old, PAPER)

    assert new == f"# Sample\n{block(PAPER)}\nEnd\n"
    assert put_into(new, PAPER) == new


@pytest.mark.parametrize("text", ["", "<!-- workflow:sample.paper -->"])
def test_readme_without_markers_has_no_place(text: str) -> None:
    with pytest.raises(MissingMarkers):
        put_into(text, PAPER)


@pytest.mark.usefixtures("root")
def test_command_prints_each_table() -> None:
    assert run() == f"%% sample.paper\n{DIAGRAM}"


def test_command_writes_into_the_readme(root: Path) -> None:
    readme = root / "README.md"
    readme.write_text("# Sample\n<!-- workflow:sample.paper --><!-- /workflow:sample.paper -->\n")

    assert run("--write") == "README.md: sample.paper\n"
    assert readme.read_text() == f"# Sample\n{block(PAPER)}\n"
    assert run("--write") == ""


def test_command_appends_to_a_readme_without_a_place(root: Path) -> None:
    run("--write")

    assert (root / "README.md").read_text() == f"\n{block(PAPER)}\n"


def test_command_checks(root: Path) -> None:
    with pytest.raises(CommandError, match=r"sample\.paper"):
        run("--check")
    run("--write")

    assert run("--check") == ""


def test_registering_a_table_again_replaces_it(root: Path) -> None:
    register_table(PAPER, readme="other.md")

    assert [(entry.table, entry.readme) for entry in registered()] == [(PAPER, "other.md")]


@pytest.mark.parametrize("entry", registered(), ids=lambda entry: entry.table.kind)
def test_readme_shows_the_table_as_it_is(entry: tables.Registered) -> None:
    """Out of date? ``manage.py workflow_diagrams --write``"""
    readme = Path(django_settings.BASE_DIR) / entry.readme
    text = readme.read_text(encoding="utf-8")

    assert put_into(text, entry.table) == text

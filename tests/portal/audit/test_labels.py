"""What actions and objects are called on pages."""

import ast

import pytest
from django.conf import settings as django_settings
from django.utils.translation import override

from portal.audit import service
from portal.audit.models import AuditRow
from portal.workflow.service import register_table, registered
from tests.apps.sample.workflow import PAPER

SAME_IN_ENGLISH = {
    "added", "channel", "count", "day", "fields", "filters", "from", "kind", "membership",
    "method", "people", "reason", "reminded", "result", "role", "rows", "scope", "to", "unit",
}  # fmt: skip
"""Keys whose English name is the key itself."""


def recorded_actions() -> set[str]:
    """Every literal ``action=`` of a ``record(…)`` in the project's own code."""
    found = set()
    for package in ("portal", "circulars"):
        for path in (django_settings.BASE_DIR / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _is_record(node.func):
                    found |= {
                        word.value.value
                        for word in node.keywords
                        if word.arg == "action" and isinstance(word.value, ast.Constant)
                    }
    return found


def _is_record(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "record"


def test_every_recorded_action_has_a_name() -> None:
    """An app names its actions with ``audit.service.name_actions`` in ``apps.ready()``."""
    assert {code for code in recorded_actions() if service.action_label(code) == code} == set()


def test_every_move_has_a_name() -> None:
    moves = {f"{e.table.kind}.{m.name}" for e in registered() for m in e.table.moves}

    assert {code for code in moves if service.action_label(code) == code} == set()


def recorded_details() -> set[str]:
    """Every literal key of what the project's own code records as ``data``."""
    found = set()
    for package in ("portal", "circulars"):
        for path in (django_settings.BASE_DIR / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "record(" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Assign | ast.keyword) and _is_data(node):
                    found |= _keys(node.value)
    return found


def _is_data(node: ast.Assign | ast.keyword) -> bool:
    names = [node.arg] if isinstance(node, ast.keyword) else map(ast.unparse, node.targets)
    return "data" in names


def _keys(value: ast.expr) -> set[str]:
    dicts = [node for node in ast.walk(value) if isinstance(node, ast.Dict)]
    return {key.value for node in dicts for key in node.keys if isinstance(key, ast.Constant)}


def test_every_recorded_detail_has_a_name() -> None:
    """An app names what it keeps in ``data`` with ``audit.service.name_details``."""
    details = recorded_details()
    assert {"scope", "tried", "day"} - details == set()
    assert {key for key in details if service.detail_name(key) == key} - SAME_IN_ENGLISH == set()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sample", "codes", "a sample: with words"),
        ("sample", "codes+other", "a sample: with words + other"),
        ("sample", ["codes", 1], "a sample: with words, 1"),
        ("sample", True, "a sample: yes"),
        ("sample", False, "a sample: no"),
        ("sample", None, "a sample: None"),
        ("plain", "a+b", "plain: a+b"),
    ],
)
def test_detail_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, words: str
) -> None:
    monkeypatch.setattr("portal.audit.labels._details", {})
    monkeypatch.setattr("portal.audit.labels._values", {})
    service.name_details({"sample": "a sample"}, values={"sample": {"codes": "with words"}})

    assert service.detail_words(name, value) == words


def test_move_is_named_by_its_object_and_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.audit.labels._labels", {})
    monkeypatch.setattr("portal.workflow.tables._registered", {})
    register_table(PAPER, readme="README.md")

    assert service.action_label("sample.paper.sign") == "paper: Sign"


def test_action_without_a_name_goes_by_its_code() -> None:
    assert service.action_label("sample.unheard_of") == "sample.unheard_of"
    assert AuditRow(action="sample.unheard_of").action_label == "sample.unheard_of"


@pytest.mark.parametrize(
    ("kind", "number", "label"),
    [
        ("sample.paper", "7", "paper 7"),
        ("sample.gone", "7", "sample.gone 7"),
        ("", "", ""),
    ],
)
def test_object_is_named_by_its_kind_and_number(kind: str, number: str, label: str) -> None:
    with override("en"):
        assert AuditRow(about_type=kind, about_id=number).about_label == label


@pytest.mark.django_db
def test_known_actions_are_each_named_once_in_order() -> None:
    assert service.known_actions() == []
    for action in ("b.two", "a.one", "b.two", "c.three", "a.one"):
        service.record(action=action, actor=None)

    assert service.known_actions() == ["a.one", "b.two", "c.three"]

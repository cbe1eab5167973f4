"""What actions are called on pages; rows only hold their codes."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Names = Mapping[str, str | Promise]

_labels: dict[str, str | Promise] = {}
_details: dict[str, str | Promise] = {}
_values: dict[str, Names] = {"tried": _labels}


def name_actions(labels: Names) -> None:
    """Give actions ("letter.chase") their names; an app does so in ``apps.ready()``.

    The moves of workflow tables are named by ``workflow.service.register_table``.
    """
    _labels.update(labels)


def action_label(action: str) -> str:
    """The name of an action, or its code where nobody has named it."""
    return str(_labels.get(action, action))


def name_details(names: Names, *, values: Mapping[str, Names] | None = None) -> None:
    """Give what rows keep in ``data`` its names, and the codes among their values theirs.

    One name means the same in every action; an app says so in ``apps.ready()``.
    """
    _details.update(names)
    for name, words in (values or {}).items():
        _values[name] = {**_values.get(name, {}), **words}


def detail_words(name: str, value: Any) -> str:
    """One entry of a row's ``data`` for a page: "scope: Not opened yet"."""
    return f"{detail_name(name)}: {_value(name, value)}"


def detail_name(name: str) -> str:
    """The name of an entry of ``data``, or its key where nobody has named it."""
    return str(_details.get(name, name))


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_value(name, item) for item in value)
    known = _values.get(name, {})
    if str(value) in known:
        return str(known[str(value)])
    parts = str(value).split("+") if known else [str(value)]
    return " + ".join(str(known.get(part, part)) for part in parts)

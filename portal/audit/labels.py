"""What actions are called on pages; rows only hold their codes."""

from collections.abc import Mapping

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def name_actions(labels: Mapping[str, str | Promise]) -> None:
    """Give actions ("letter.chase") their names; an app does so in ``apps.ready()``.

    The moves of workflow tables are named by ``workflow.service.register_table``.
    """
    _labels.update(labels)


def action_label(action: str) -> str:
    """The name of an action, or its code where nobody has named it."""
    return str(_labels.get(action, action))

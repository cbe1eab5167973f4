"""What an audit row says besides who, what and when."""

from django import template

from portal.audit.models import AuditRow
from portal.audit.service import detail_words
from portal.workflow.service import registered

register = template.Library()


@register.filter
def audit_details(row: AuditRow) -> str:
    """The row's data as one line; a change of state in the words of its table of moves."""
    data = dict(row.data)
    words = []
    states = _states(row.action)
    if states and {"from", "to"} <= data.keys():
        before, after = (str(data.pop(key)) for key in ("from", "to"))
        words.append(f"{states.get(before, before)} → {states.get(after, after)}")
    words += [detail_words(name, value) for name, value in data.items()]
    return ", ".join(words)


def _states(action: str) -> dict[str, str]:
    """The names of the states of the table whose move ``action`` is; empty for other actions."""
    kind = action.rpartition(".")[0]
    for known in registered():
        if known.table.kind == kind:
            return {value: str(label) for value, label in known.table.states.choices}
    return {}

"""The rows of received letters, written here: a template takes ten times as long for them."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from circulars.enums import DeliveryState
from circulars.models import Delivery
from circulars.templatetags.letters import delivery_state, letter_marks
from portal.core.templatetags.portal_tags import status_tag
from portal.core.thai import dates

register = template.Library()


@register.simple_tag
def received_rows(deliveries: Iterable[Delivery], *, several_units: bool = False) -> SafeString:
    """Table rows of deliveries, each with its incoming ``number`` or None annotated."""
    rows = _Rows(several_units)
    return mark_safe("".join(map(rows.row, deliveries)))


class _Rows:
    """What all rows of a page share: labels, the address, the tags of states."""

    def __init__(self, several_units: bool) -> None:
        self._several_units = several_units
        self._number = escape(_("Incoming number"))
        self._subject = escape(_("Subject"))
        self._from = escape(_("From"))
        self._to = escape(_("To"))
        self._state = escape(_("State"))
        self._due = escape(_("Answer due"))
        self._delivered = escape(_("Delivered at"))
        self._overdue = status_tag(_("overdue"), "danger", "alarm")
        self._before, self._after = reverse("circulars:delivery", args=[0]).split("0")
        self._states: dict[str, str] = {}

    def row(self, delivery: Delivery) -> str:
        letter = delivery.letter
        unread = ' class="is-unread"' if delivery.state == DeliveryState.DELIVERED else ""
        number = str(delivery.number or "")  # type: ignore[attr-defined]  # annotated
        arrived = dates.moment(timezone.localtime(delivery.delivered_at))
        to = _cell(self._to, escape(delivery.unit)) if self._several_units else ""
        return (
            f"<tr{unread}>{_cell(self._number, number)}"
            f'<td data-label="{self._subject}">'
            f'<a class="row-link" href="{self._before}{delivery.pk}{self._after}">'
            f"{escape(letter.subject)}</a> {letter_marks(letter)}"
            f'<br><span class="text-muted-ink">{escape(letter.number_text)}</span></td>'
            f"{_cell(self._from, escape(letter.unit))}{to}"
            f"{_cell(self._state, self._state_tag(delivery))}"
            f"{_cell(self._due, self._due_date(delivery))}"
            f"{_cell(self._delivered, arrived)}</tr>\n"
        )

    def _state_tag(self, delivery: Delivery) -> str:
        if delivery.state not in self._states:
            self._states[delivery.state] = delivery_state(delivery)
        return self._states[delivery.state]

    def _due_date(self, delivery: Delivery) -> str:
        if delivery.letter.due_on is None:
            return ""
        day = f'<span class="text-nowrap">{dates.short(delivery.letter.due_on)}</span>'
        return f"{day} {self._overdue}" if delivery.is_overdue else day


def _cell(label: str, content: str) -> str:
    """``content`` is escaped already; without any the cell is marked as empty."""
    if content:
        return f'<td data-label="{label}">{content}</td>'
    return f'<td data-label="{label}" class="is-empty">–</td>'

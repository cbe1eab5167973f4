"""Hours and states of the daily record."""

from django import template

from portal.desk.enums import ReportState

register = template.Library()

_TONES = {
    ReportState.DRAFT: ("neutral", "pencil"),
    ReportState.SUBMITTED: ("info", "send"),
    ReportState.APPROVED: ("success", ""),
    ReportState.RETURNED: ("warning", "arrow-return-left"),
}


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours: 90 is "1.5"."""
    return f"{(minutes or 0) / 60:,.2f}".rstrip("0").rstrip(".")


@register.filter
def state_tone(state: str) -> str:
    return _TONES[ReportState(state)][0]


@register.filter
def state_icon(state: str) -> str:
    return _TONES[ReportState(state)][1]

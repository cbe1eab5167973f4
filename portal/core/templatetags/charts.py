"""Charts on pages: the drawn ones, and the bar beside a number in a list."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def bar(value: float | None, most: float | None, tone: str = "1") -> SafeString:
    """A bar as long as ``value`` is of ``most``; decoration beside the number itself."""
    share = 100 * (value or 0) / most if most else 0
    return format_html(
        '<svg class="chart-bar" width="100%" height="10" aria-hidden="true" focusable="false">'
        '<rect width="{}%" height="10" rx="2" fill="var(--chart-{})"></rect></svg>',
        f"{min(100, max(0, share)):.1f}", tone,
    )  # fmt: skip


@register.filter
def figure(value: float | None) -> str:
    """A number of a chart's table: no needless decimals, a dash where there is none."""
    return "–" if value is None else f"{value:,.1f}".removesuffix(".0")

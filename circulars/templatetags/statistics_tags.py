"""Times and changes of the statistics, in words."""

from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from circulars.enums_statistics import Done, Measure
from circulars.services.statistics import Numbers, PersonLine

register = template.Library()


@register.filter
def elapsed(time: timedelta | None) -> str:
    """How long something took, in its two largest units: "2 d 3 h", "3 h 5 min", "4 min"."""
    if time is None:
        return "–"
    minutes = max(0, round(time.total_seconds() / 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s min") % {"minutes": rest}


@register.filter
def seconds(time: timedelta | None) -> float:
    return time.total_seconds() if time else 0


@register.filter
def of_measure(numbers: Numbers, measure: Measure) -> timedelta | None:
    return numbers.time(measure)


@register.filter
def of_done(line: PersonLine, done: Done) -> int:
    return line.done.get(done, 0)


@register.simple_tag
def change(now: int, before: int) -> SafeString:
    """The difference to the period before, with the former number for those who hover."""
    difference = now - before
    words = _("before: %(number)s") % {"number": before}
    css = "change-up" if difference > 0 else "change-down" if difference < 0 else "change-none"
    shown = f"{abs(difference)}" if difference else "="
    return format_html(
        '<span class="figure-change {}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        css, shown, words,
    )  # fmt: skip

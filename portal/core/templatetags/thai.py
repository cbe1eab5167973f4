"""``{% load thai %}``: dates of the Buddhist era, Thai digits, amounts in words.

An empty value (None or "") prints nothing, so that a template needs no condition around it.
"""

import datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from portal.core.thai import baht, dates, digits

register = template.Library()


@register.filter
def thai_date(value: datetime.date | None) -> str:
    """``20 พ.ย. 2569``; of a moment, its day in the office's time zone."""
    return dates.short(_day(value)) if value else ""


@register.filter
def thai_date_long(value: datetime.date | None) -> str:
    """``20 พฤศจิกายน 2569``."""
    return dates.long(_day(value)) if value else ""


@register.filter
def thai_date_official(value: datetime.date | None) -> str:
    """``๒๐ พฤศจิกายน ๒๕๖๙``, as a letter prints it."""
    return dates.official(_day(value)) if value else ""


@register.filter
def thai_datetime(value: datetime.datetime | None) -> str:
    """``20 พ.ย. 2569 14:05 น.`` in the office's time zone."""
    return dates.moment(_local(value)) if value else ""


@register.filter
def thai_digits(value: object) -> str:
    """Any value with Thai digits."""
    return "" if value is None else digits.to_thai(str(value))


@register.filter
def baht_text(value: Decimal | int | None) -> str:
    """An amount in words; whole numbers may be given as they are, floats may not."""
    if value is None or value == "":
        return ""
    return baht.baht_text(Decimal(value) if isinstance(value, int) else value)


def _day(value: datetime.date) -> datetime.date:
    return _local(value).date() if isinstance(value, datetime.datetime) else value


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value

"""``{% load org_tags %}``: posts and phone numbers on pages."""

import re
from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.core.thai.digits import to_arabic
from portal.org.models import Acting, Membership

register = template.Library()

_NUMBER = re.compile(r"\+?\d[\d -]{5,}")


@register.filter
def of_post(actings: Mapping[int, list[Acting]], post: Membership) -> list[Acting]:
    """Who acts in ``post`` today, of ``service.acting_today``."""
    return actings.get(post.pk, []) if actings else []


@register.filter
def phone_link(number: str) -> SafeString | str:
    """A number that a phone can dial: the first one of ``0 7469 5911-17``; others as text."""
    found = _NUMBER.match(to_arabic(number))
    if found is None:
        return number
    digits = re.sub(r"\D", "", re.sub(r"-\d{1,3}\s*$", "", found[0]))
    return format_html('<a class="phone-number" href="tel:{}">{}</a>', digits, number)

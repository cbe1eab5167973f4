from django import template
from django.utils.translation import gettext as _

from portal.accounts.services.devices import browser_name

register = template.Library()


@register.filter
def device_name(user_agent: str) -> str:
    """Browser and system of a User-Agent header, in the words people know."""
    return browser_name(user_agent) or _("Unknown browser")

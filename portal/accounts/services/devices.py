"""The browsers a person is known by."""

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from user_agents import parse

from portal.accounts.models import KnownDevice
from portal.notifications import service as notifications

if TYPE_CHECKING:
    from portal.users.models import User

UNKNOWN = "Other"  # what ua-parser calls a family that it does not know
TOKEN_BYTES = 32


def browser_name(user_agent: str) -> str:
    """Browser and system as people call them, "Chrome 130 · Windows 10"; empty when unknown."""
    agent = parse(user_agent)
    parts = [
        f"{part.family} {part.version_string.split('.')[0]}".strip()
        for part in (agent.browser, agent.os)
        if part.family != UNKNOWN
    ]
    return " · ".join(parts)[:100]


@transaction.atomic
def see_device(
    *, user: "User", token: str, user_agent: str, ip: str | None, announce: bool = True
) -> str:
    """Remember the browser that holds ``token`` as one of ``user``'s.

    A browser not seen before is told to the person by mail, once, unless ``announce`` is off
    (the browser in which an invitation was accepted). Returns the token for the cookie: a new
    one when the browser had none of ours.
    """
    if len(token) != 2 * TOKEN_BYTES:
        token = secrets.token_hex(TOKEN_BYTES)
    browser = browser_name(user_agent)
    device, is_new = KnownDevice.objects.get_or_create(
        user=user, token_hash=hash_token(token), defaults={"browser": browser, "ip": ip}
    )
    if not is_new:
        device.browser, device.ip, device.last_seen_at = browser, ip, timezone.now()
        device.save(update_fields=["browser", "ip", "last_seen_at"])
    elif announce:
        notifications.notify(
            kind="accounts.new_device",
            to=[user],
            about=device,
            url=reverse("usersessions_list"),
            context={"browser": browser, "ip": ip or ""},
        )
    return token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Accounts come into being by invitation only."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.accounts.models import Invitation
    from portal.org.models import Position, Unit
    from portal.users.models import User


def invite(
    *, actor: "User", email: str, first_name: str, last_name: str, unit: "Unit", role: str,
    title: str = "", position: "Position | None" = None, starts_on: date | None = None,
) -> "Invitation":
    """Invite a person to an account that will hold ``role`` in ``unit``; a mail goes out."""
    raise NotImplementedError

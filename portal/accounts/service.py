"""What other apps may ask of accounts."""

from portal.accounts.services.identity import confirm_identity
from portal.accounts.services.invitations import Invitee, invite
from portal.accounts.services.policy import has_second_factor, must_have_second_factor

__all__ = ["Invitee", "confirm_identity", "has_second_factor", "invite", "must_have_second_factor"]

"""What other apps may ask of accounts."""

from portal.accounts.services.identity import confirm_identity
from portal.accounts.services.invitations import invite
from portal.accounts.services.policy import has_second_factor, must_have_second_factor

__all__ = ["confirm_identity", "has_second_factor", "invite", "must_have_second_factor"]

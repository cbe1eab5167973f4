from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInResult(models.TextChoices):
    """How a try to sign in to a known account ended."""

    SIGNED_IN = "signed_in", _("Signed in")
    WRONG_PASSWORD = "wrong_password", _("Wrong password")
    WRONG_CODE = "wrong_code", _("Wrong code of the second factor")
    LOCKED = "locked", _("Refused: too many wrong tries")
    INACTIVE = "inactive", _("Refused: the account is closed")


class InvitationState(models.TextChoices):
    """Where an invitation stands; worked out from its dates, never stored."""

    PENDING = "pending", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Withdrawn")

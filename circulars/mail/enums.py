from django.db import models
from django.utils.translation import gettext_lazy as _


class Security(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (only inside one's own network)")


class MailState(models.TextChoices):
    """What became of a mail to the central mailbox."""

    WAITING = "waiting", _("Waiting")
    REGISTERED = "registered", _("Registered")
    SET_ASIDE = "set_aside", _("Set aside")
    REFUSED = "refused", _("Refused as top secret")
    LINKED = "linked", _("Belongs to a letter of ours")


class MailKind(models.TextChoices):
    """What a mail is by its own headers."""

    MAIL = "mail", _("Mail")
    REPLY = "reply", _("Reply to a letter of ours")
    AUTOMATIC = "automatic", _("Automatic reply")
    BOUNCE = "bounce", _("Report of failed delivery")


class OutboundKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    RECEIPT = "receipt", _("Receipt")
    REFUSAL = "refusal", _("Refusal of a top secret letter")
    STATUS = "status", _("Report of what became of a letter")


class OutboundState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Will be tried again")
    DEAD = "dead", _("Given up")


class Way(models.TextChoices):
    """The adapter that carries something out of the house."""

    EMAIL = "email", _("E-mail")
    PORTAL = "portal", _("Portal of the partner")


class Half(models.TextChoices):
    """The two halves of a working day (appendix 6, 4.1.2)."""

    MORNING = "am", _("Morning")
    AFTERNOON = "pm", _("Afternoon")

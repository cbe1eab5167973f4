from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.org.enums import Role


class LetterKind(models.TextChoices):
    """The six types of clause 10, by the form they are written on."""

    CIRCULAR = "circular", _("Circular")
    LETTER = "letter", _("Letter")
    MEMO = "memo", _("Memo")
    SEALED = "sealed", _("Sealed letter")
    ORDER = "order", _("Order")
    RULE = "rule", _("Rule")
    BYLAW = "bylaw", _("Bylaw")
    ANNOUNCEMENT = "announcement", _("Announcement")
    STATEMENT = "statement", _("Statement")
    NEWS = "news", _("News")
    CERTIFICATE = "certificate", _("Certificate")
    MINUTES = "minutes", _("Minutes of a meeting")
    RECORD = "record", _("Record")


class Channel(models.TextChoices):
    """The way a letter came to the office."""

    PORTAL = "portal", _("In the portal")
    PAPER = "paper", _("On paper")
    EMAIL = "email", _("By e-mail")
    EXCHANGE = "exchange", _("From another system")


class Speed(models.TextChoices):
    """Speed classes of clause 28, slowest first."""

    ORDINARY = "ordinary", _("Ordinary")
    URGENT = "urgent", _("Urgent")
    VERY_URGENT = "very_urgent", _("Very urgent")
    MOST_URGENT = "most_urgent", _("Most urgent")


class Secrecy(models.TextChoices):
    """Secrecy classes; the highest is offered only to say why it is refused (clause 29)."""

    OPEN = "open", _("Open")
    CONFIDENTIAL = "confidential", _("Confidential")
    SECRET = "secret", _("Secret")
    TOP_SECRET = "top_secret", _("Top secret")


class LetterState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_CHAIN = "in_chain", _("Submitted up the chain")
    RETURNED = "returned", _("Returned for correction")
    SIGNED_PENDING = "signed_pending", _("Signed, document being made")
    READY = "ready", _("Signed, ready to send")
    DISPATCHED = "dispatched", _("Sent")
    VOID = "void", _("Void")
    DISCARDED = "discarded", _("Discarded draft")
    OUTSIDE = "outside", _("From outside")


class StepKind(models.TextChoices):
    ENDORSE = "endorse", _("Endorse")
    CONSULT = "consult", _("Give an opinion")
    SIGN = "sign", _("Sign")


class StepState(models.TextChoices):
    WAITING = "waiting", _("Later")
    CURRENT = "current", _("Waiting here")
    DONE = "done", _("Done")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class DeliveryState(models.TextChoices):
    """How far one recipient has come; each has its own time and person."""

    SENDING = "sending", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    OPENED = "opened", _("Opened")
    REGISTERED = "registered", _("Registered")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ANSWERED = "answered", _("Answered")
    UNDELIVERABLE = "undeliverable", _("Could not be delivered")


class RegisterKind(models.TextChoices):
    """The registers of clauses 38 and 43; each runs 1, 2, 3 … through the calendar year."""

    INCOMING = "incoming", _("Incoming register")
    OUTGOING = "outgoing", _("Outgoing register")
    CIRCULAR = "circular", _("Circular register")
    MEMO = "memo", _("Memo register")
    ORDER = "order", _("Order register")
    ANNOUNCEMENT = "announcement", _("Announcement register")
    CERTIFICATE = "certificate", _("Certificate register")
    SECRET_INCOMING = "secret_in", _("Secret incoming register")
    SECRET_OUTGOING = "secret_out", _("Secret outgoing register")


class EntryState(models.TextChoices):
    """What became of a number of a register."""

    GIVEN = "given", _("Given")
    RESERVED = "reserved", _("Reserved")
    VOID = "void", _("Void")


class PaperKind(models.TextChoices):
    """What can be made of a register to take away."""

    FORM = "form", _("Register on paper (PDF)")
    EXCEL = "excel", _("Register as Excel")
    BOOK = "book", _("Book of numbers (PDF)")
    PACK = "pack", _("Pack for days without network (zip)")


class CircularSeries(models.TextChoices):
    """Where circulars take their numbers (clause 32)."""

    OWN = "own", _("A series of their own")
    ORDINARY = "ordinary", _("The ordinary outgoing series")


class PhraseUse(models.TextChoices):
    REMARK = "remark", _("Remarks on the way up")
    TEXT = "text", _("Text of letters")


class ChaseScope(models.TextChoices):
    NOT_OPENED = "not_opened", _("Not opened yet")
    NOT_REGISTERED = "not_registered", _("Not registered yet")
    NOT_ACKNOWLEDGED = "not_acknowledged", _("Not acknowledged yet")
    NOT_ANSWERED = "not_answered", _("Not answered yet")


SECRET_REGISTERS = (RegisterKind.SECRET_INCOMING, RegisterKind.SECRET_OUTGOING)
"""Books that only the heads of their unit see."""

INCOMING_REGISTERS = (RegisterKind.INCOMING, RegisterKind.SECRET_INCOMING)
"""Books on form 13; all others are on form 14."""

SECRET = (Secrecy.CONFIDENTIAL, Secrecy.SECRET)
"""Classes that only named readers may see."""

UNFINISHED = (LetterState.DRAFT, LetterState.DISCARDED)
"""States that only the drafter sees."""

SIGNED = (
    LetterState.SIGNED_PENDING,
    LetterState.READY,
    LetterState.DISPATCHED,
    LetterState.VOID,
)
"""States of a letter that has its number."""

DRAFTING_ROLES = (
    Role.OFFICER,
    Role.GROUP_DIRECTOR,
    Role.GROUP_REGISTRY,
    Role.REGISTRY,
    Role.SCHOOL_CLERK,
    Role.PRINCIPAL,
)
"""Roles that write letters for their unit."""

UNIT_READERS = (Role.GROUP_DIRECTOR, Role.GROUP_REGISTRY, Role.PRINCIPAL, Role.SCHOOL_CLERK)
"""Roles that read what their own unit writes once it leaves the drafter."""

OFFICE_READERS = (Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY)
"""Roles that read what any unit inside the office writes, but not what schools write."""

INBOX_ROLES = (*UNIT_READERS, Role.REGISTRY)
"""Roles that keep the inbox of their own unit."""

HEAD_ROLES = (Role.GROUP_DIRECTOR, Role.PRINCIPAL, Role.REGISTRY)
"""Roles that acknowledge for their unit, and read its secret letters."""

"""Keeping, lending, handing over and destroying letters (clauses 52–70, 89/5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.org.enums import Role


class Retention(models.TextChoices):
    """How long the letters of a folder are kept (clause 57 as amended in B.E. 2548)."""

    TEN = "ten", _("10 years")
    FIVE = "five", _("5 years")
    ONE = "one", _("1 year")
    PERMANENT = "permanent", _("For ever")
    CUSTOM = "custom", _("Another period, with its reason")


class Clause(models.TextChoices):
    """The rule that a period rests on."""

    ORDINARY = "57", _("57: not less than 10 years")
    SECRET = "57.1", _("57.1: secret letters, by their own rules")
    LEGAL = "57.2", _("57.2: evidence in a case, by its own law")
    HISTORICAL = "57.3", _("57.3: of historical worth, for ever")
    COPY = "57.4", _("57.4: a copy whose original is elsewhere, 5 years")
    ROUTINE = "57.5", _("57.5: routine without importance, 1 year")
    FINANCE = "57.6", _("57.6: finance, audited and no longer needed, 5 years")
    OTHER = "other", _("Another rule")


class Medium(models.TextChoices):
    PAPER = "paper", _("Paper")
    ELECTRONIC = "electronic", _("Electronic")


class KeptState(models.TextChoices):
    KEPT = "kept", _("Kept")
    DEPOSITED = "deposited", _("Deposited at the National Archives")
    HANDED_OVER = "handed_over", _("Handed over to the National Archives")
    DESTROYED = "destroyed", _("Destroyed")


class LoanState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    CONFIRMED = "confirmed", _("Confirmed by the borrower's head")
    APPROVED = "approved", _("Approved, to be handed out")
    LENT = "lent", _("Lent")
    RETURNED = "returned", _("Given back")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ListKind(models.TextChoices):
    """The lists that go to the National Archives, by their form."""

    HANDOVER = "handover", _("Form 21: letters of 20 years handed over")
    OWN = "own", _("Form 22: letters of 20 years that the office keeps itself")
    DEPOSIT = "deposit", _("Form 23: letters deposited")


class ListState(models.TextChoices):
    DRAFT = "draft", _("Being made")
    PROPOSED = "proposed", _("Waits for the head")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent to the National Archives")
    RECEIVED = "received", _("Received by the National Archives")
    RECLAIMED = "reclaimed", _("Taken back")
    CANCELLED = "cancelled", _("Cancelled")


class DestructionState(models.TextChoices):
    """The stages of clauses 66–70, in their order."""

    SURVEY = "survey", _("Survey")
    PROPOSED = "proposed", _("Waits for a committee")
    COMMITTEE = "committee", _("With the committee")
    REPORTED = "reported", _("Reported to the head")
    APPROVED = "approved", _("Approved, to be sent")
    SENT = "sent", _("With the National Archives")
    CLEARED = "cleared", _("May be destroyed")
    DESTROYED = "destroyed", _("Destroyed")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Ended without destruction")


class Outcome(models.TextChoices):
    """What became of one line of form 25; a line is destroyed only with ``DESTROY``."""

    OPEN = "open", _("Not decided")
    DESTROY = "destroy", _("To be destroyed")
    KEEP = "keep", _("To be kept")


class KeptBy(models.TextChoices):
    """Who decided that a line is kept."""

    COMMITTEE = "committee", _("the committee")
    HEAD = "head", _("the head")
    ARCHIVES = "archives", _("the National Archives")


class ArchivesAnswer(models.TextChoices):
    """What the National Archives says of a line (clause 70)."""

    AGREE = "agree", _("agrees")
    UNTIL = "until", _("keep until a year")
    FOR_EVER = "for_ever", _("keep for ever")
    HAND_OVER = "hand_over", _("send it to the National Archives")


class Method(models.TextChoices):
    """How letters are made unreadable (clause 68.5, 89/5)."""

    SHRED = "shred", _("Shredded")
    BURN = "burn", _("Burnt")
    PULP = "pulp", _("Pulped")
    DELETE = "delete", _("Deleted from the system")
    OTHER = "other", _("In another way")


YEARS = {Retention.TEN: 10, Retention.FIVE: 5, Retention.ONE: 1}

KEEPERS = (Role.REGISTRY, Role.GROUP_REGISTRY, Role.SCHOOL_CLERK)
"""Roles that keep the letters of their unit."""

UNIT_HEADS = (Role.GROUP_DIRECTOR, Role.PRINCIPAL)
"""Heads at the level that clause 62.4 asks to lend and to borrow."""

EXECUTIVES = (Role.DIRECTOR, Role.DEPUTY)

HANDOVER_YEARS = 20
"""Age at which letters go to the National Archives (clause 58)."""

ELECTRONIC_YEARS = 10
"""Age that an electronic letter must exceed to be deleted (clause 89/5)."""

SURVEY_DAYS = 60
"""Days after the end of the year in which to survey (clause 66)."""

ARCHIVES_DAYS = 60
"""Days after which silence of the National Archives is consent (clause 70.1)."""

COMMITTEE_LEAST = 3
"""A chair and at least two members (clause 67)."""

OUT = (LoanState.APPROVED, LoanState.LENT)
ACTIVE_LISTS = (ListState.DRAFT, ListState.PROPOSED, ListState.APPROVED, ListState.SENT,
                ListState.RECEIVED)  # fmt: skip
RUNNING = (
    DestructionState.SURVEY,
    DestructionState.PROPOSED,
    DestructionState.COMMITTEE,
    DestructionState.REPORTED,
    DestructionState.APPROVED,
    DestructionState.SENT,
    DestructionState.CLEARED,
)
"""Stages in which letters of a list are still there."""

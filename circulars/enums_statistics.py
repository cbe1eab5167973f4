"""What is counted and measured of letters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Done(models.TextChoices):
    """What a person does with letters, as the daily record counts it."""

    DRAFTED = "drafted", _("Letters drafted")
    ENTERED = "entered", _("Letters from outside entered")
    ENDORSED = "endorsed", _("Letters endorsed")
    ADVISED = "advised", _("Opinions on letters")
    SIGNED = "signed", _("Letters signed")
    RETURNED = "returned", _("Letters returned for correction")
    SENT = "sent", _("Letters sent")
    REGISTERED = "registered", _("Letters registered")
    ACKNOWLEDGED = "acknowledged", _("Letters acknowledged")
    ANSWERED = "answered", _("Answers given")
    REMARKED = "remarked", _("Remarks on received letters")
    ORDERED = "ordered", _("Orders on received letters")
    REPORTED = "reported", _("Assignments reported")
    CLOSED = "closed", _("Matters closed")


RECEIVED_SIDE = (
    Done.ENTERED,
    Done.REGISTERED,
    Done.ACKNOWLEDGED,
    Done.ANSWERED,
    Done.REMARKED,
    Done.ORDERED,
    Done.REPORTED,
    Done.CLOSED,
)
"""Things done to a letter as a recipient: they lead to the letter as it was received."""


class Measure(models.TextChoices):
    """Steps whose time is measured, in the order of a letter's way."""

    ENDORSE = "endorse", _("Endorsement")
    SIGN = "sign", _("Signing")
    REGISTER = "register", _("Registration")
    ACKNOWLEDGE = "acknowledge", _("Acknowledgement")
    ORDER = "order", _("Ordering")
    WORK = "work", _("Work done")

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkCategory(models.TextChoices):
    """What people of an office do that no system counts."""

    DESK = "desk", _("Papers and desk work")
    MEETING = "meeting", _("Meetings")
    VISIT = "visit", _("Visits and supervision of schools")
    TRAINING = "training", _("Training")
    PROJECT = "project", _("Projects and activities")
    SERVICE = "service", _("Service and advice to people")
    ORDERED = "ordered", _("Work beyond the own duty, by order")
    OTHER = "other", _("Other work")


class ReportState(models.TextChoices):
    """How far the report of a month has come."""

    DRAFT = "draft", _("Not submitted yet")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned for correction")


CLOSED = (ReportState.SUBMITTED, ReportState.APPROVED)
"""States in which nothing of the month can be changed."""

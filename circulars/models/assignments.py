"""Who does what was ordered about a received letter, what they report, and who was told late."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums_handling import LIVE_STATES, OPEN_STATES, AssignmentState, Share
from circulars.models.handling import SEALED_WHEN, Handling, HandlingStep, HeldRow
from circulars.querysets_handling import AssignmentQuerySet
from portal.core.fields import SealableTextField


class Assignment(HeldRow):
    """A part of the work, at the post of a unit or at one person; groups may share it further.

    ``parent`` is what this is a part of; without one it is what the order itself gave out
    (``order_step``).
    """

    handling = models.ForeignKey(Handling, models.CASCADE, related_name="assignments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    order_step = models.ForeignKey(
        HandlingStep, models.PROTECT, null=True, blank=True, related_name="given"
    )
    share = models.CharField(_("share"), max_length=9, choices=Share)
    state = models.CharField(
        _("state"), max_length=11, choices=AssignmentState, default=AssignmentState.SUGGESTED
    )
    note = SealableTextField(_("what to do"), sealed_when=SEALED_WHEN, blank=True)
    due_on = models.DateField(_("due"), null=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = SealableTextField(_("reason"), sealed_when=SEALED_WHEN, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handling"],
                condition=Q(parent=None, share=Share.LEAD, state__in=LIVE_STATES),
                name="circulars_assignment_one_lead",
                violation_error_message=_("There is a lead already."),
            ),
            models.UniqueConstraint(
                fields=["parent"],
                condition=Q(parent__isnull=False, share=Share.LEAD, state__in=LIVE_STATES),
                name="circulars_assignment_one_lead_below",
                violation_error_message=_("There is a lead already."),
            ),
            models.UniqueConstraint(
                fields=["handling", "parent", "unit", "role", "membership"],
                condition=Q(state__in=LIVE_STATES),
                nulls_distinct=False,
                name="circulars_assignment_once",
                violation_error_message=_("This owner has a part in it already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.REPORTED) | Q(reported_at__isnull=False),
                name="circulars_assignment_reported",
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.DONE, done_at__isnull=False)
                | (~Q(state=AssignmentState.DONE) & Q(done_at=None)),
                name="circulars_assignment_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "role"],
                condition=Q(state__in=OPEN_STATES),
                name="circulars_assignment_open",
            ),
            models.Index(
                fields=["unit", "role"],
                condition=Q(opens=True),
                name="circulars_assignment_opens",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=OPEN_STATES),
                name="circulars_assignment_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_share_display()}: {self.post}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()


class WorkReport(models.Model):
    """รายงานผล: what an owner reports of a part of the work, in words and files."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="reports")
    text = SealableTextField(_("report"), sealed_when=f"assignment.{SEALED_WHEN}")
    files = models.ManyToManyField("files.StoredFile", related_name="+", blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    reported_as = models.JSONField(default=list)

    class Meta:
        verbose_name = _("report of work")
        verbose_name_plural = _("reports of work")
        ordering = ["reported_at", "pk"]

    def __str__(self) -> str:
        return f"{self.assignment} {self.reported_at:%Y-%m-%d}"


class Escalation(models.Model):
    """A superior was told that something is late: each level once."""

    step = models.ForeignKey(HandlingStep, models.CASCADE, null=True, related_name="escalations")
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, null=True, related_name="escalations"
    )
    level = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    told_at = models.DateTimeField()
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["told_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step=None) ^ Q(assignment=None), name="circulars_escalation_of_one"
            ),
            models.UniqueConstraint(
                fields=["step", "level"], name="circulars_escalation_step_once"
            ),
            models.UniqueConstraint(
                fields=["assignment", "level"], name="circulars_escalation_work_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step or self.assignment} ↑{self.level}"


class DeskHandover(models.Model):
    """From a day on, one person's open work is another's: somebody moved or left."""

    office = models.ForeignKey("org.Office", models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("from whom")
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("to whom")
    )
    starts_on = models.DateField(_("from the day"))
    with_drafts = models.BooleanField(_("with unfinished drafts"), default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("hand-over of a desk")
        verbose_name_plural = _("hand-overs of desks")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=models.F("successor")),
                name="circulars_handover_two_people",
                violation_error_message=_("Choose two different people."),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at=None),
                name="circulars_handover_one_planned",
                violation_error_message=_("A hand-over of this desk is planned already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.successor}"

    @property
    def moved_count(self) -> int:
        """How much the successor got."""
        return sum(number for name, number in self.moved.items() if name != "left")

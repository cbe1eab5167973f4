"""What happens to a received letter inside the house that received it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums import Speed, StepState
from circulars.enums_handling import HandlingState, HandlingStepKind
from circulars.models.deliveries import Delivery
from circulars.models.letters import Letter
from circulars.querysets_handling import HandlingQuerySet, HandlingStepQuerySet
from portal.core.fields import SealableTextField
from portal.org.enums import ActingKind, Role

SEALED_WHEN = "handling.delivery.letter.is_secret"


class Handling(models.Model):
    """เสนอ → เกษียน → สั่งการ → มอบหมาย → ปฏิบัติ → รายงานผล → ปิดเรื่อง of one delivery."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="handling")
    state = models.CharField(
        _("state"), max_length=8, choices=HandlingState, default=HandlingState.NEW
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closing_remark = SealableTextField(
        _("remark on closing"), sealed_when="delivery.letter.is_secret", blank=True
    )

    objects = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = _("work on a letter")
        verbose_name_plural = _("work on letters")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=HandlingState.CLOSED, closed_at__isnull=False)
                | (~models.Q(state=HandlingState.CLOSED) & models.Q(closed_at=None)),
                name="circulars_handling_closed_has_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.delivery)

    def get_absolute_url(self) -> str:
        """The received letter, at the part of its page where the work on it stands."""
        return reverse("circulars:delivery", args=[self.delivery_id]) + "#work"


class HeldRow(models.Model):
    """Something that waits at a post, or at one post-holder when ``membership`` is set.

    ``opens`` says that this row alone lets its holder read the letter, so that those who read
    it anyway are not looked for among thousands of rows.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    membership = models.ForeignKey(
        "org.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    opens = models.BooleanField(default=True)
    arrived_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    vacancy_told_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def post(self) -> str:
        """Name and post, as lists show who has it."""
        place = f"{self.get_role_display()} · {self.unit}"
        return f"{self.membership.person} · {place}" if self.membership else place


class HandlingStep(HeldRow):
    """One stop of a received letter: a desk that remarks, orders, advises or takes note.

    Steps of one ``position`` stand side by side; the next position opens when all of them are
    decided.
    """

    handling = models.ForeignKey(Handling, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=HandlingStepKind)
    state = models.CharField(max_length=10, choices=StepState, default=StepState.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    question = SealableTextField(
        _("question"), sealed_when=SEALED_WHEN, max_length=1000, blank=True
    )
    due_at = models.DateTimeField(_("due"), null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_as = models.JSONField(default=list)
    acting_kind = models.CharField(max_length=10, choices=ActingKind, blank=True)
    remark = SealableTextField(_("remark"), sealed_when=SEALED_WHEN, blank=True)

    objects = HandlingStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a received letter")
        verbose_name_plural = _("steps of received letters")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handling"],
                condition=models.Q(state=StepState.CURRENT, kind=HandlingStepKind.ORDER),
                name="circulars_hstep_one_order",
                violation_error_message=_("The letter already waits for an order elsewhere."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[StepState.DONE, StepState.RETURNED], decided_at__isnull=False
                )
                | models.Q(
                    state__in=[StepState.WAITING, StepState.CURRENT, StepState.CANCELLED],
                    decided_at=None,
                ),
                name="circulars_hstep_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=HandlingStepKind.CONSULT) | ~models.Q(question=""),
                name="circulars_hstep_asks",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "role"],
                condition=models.Q(state=StepState.CURRENT),
                name="circulars_hstep_waiting",
            ),
            models.Index(
                fields=["unit", "role"],
                condition=models.Q(opens=True),
                name="circulars_hstep_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_kind_display()}"

    @property
    def is_late(self) -> bool:
        return (
            self.state == StepState.CURRENT
            and self.due_at is not None
            and self.due_at < timezone.now()
        )


class SpeedTarget(models.Model):
    """How fast letters of a speed class are meant to be handled in an office (clause 28)."""

    office = models.ForeignKey("org.Office", models.CASCADE, related_name="speed_targets")
    speed = models.CharField(_("speed"), max_length=12, choices=Speed)
    step_hours = models.PositiveSmallIntegerField(_("working hours at each desk"))
    work_days = models.PositiveSmallIntegerField(_("working days to do what was ordered"))

    class Meta:
        verbose_name = _("target time")
        verbose_name_plural = _("target times")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "speed"],
                name="circulars_target_once",
                violation_error_message=_("This speed class has its target already."),
            ),
            models.CheckConstraint(
                condition=models.Q(step_hours__gte=1, work_days__gte=1),
                name="circulars_target_positive",
                violation_error_message=_("A target is at least one hour and one day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_speed_display()}: {self.step_hours} h, {self.work_days} d"


class LetterLook(models.Model):
    """Who opened a letter that waits at their post, and as which revision.

    Many letters are signed at once only by somebody who has opened each of them.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at a letter")
        verbose_name_plural = _("looks at letters")
        constraints = [
            models.UniqueConstraint(fields=["letter", "person"], name="circulars_letter_look_once")
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.person}"

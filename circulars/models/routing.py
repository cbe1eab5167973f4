from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.enums import StepKind, StepState
from circulars.models.letters import Letter
from circulars.querysets import RouteStepQuerySet
from portal.core.fields import SealableTextField
from portal.org.enums import ActingKind, Role


class RouteStep(models.Model):
    """One stop of a letter on its way up: a post that endorses, advises or signs.

    A step waits at a post (``unit`` and ``role``), so whoever holds it on that day may act; with
    ``membership`` it waits at that one post-holder, or whoever acts for them.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=StepKind)
    state = models.CharField(max_length=10, choices=StepState, default=StepState.WAITING)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    membership = models.ForeignKey(
        "org.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    question = SealableTextField(
        _("question"), sealed_when="letter.is_secret", max_length=1000, blank=True
    )
    arrived_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    vacancy_told_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_as = models.JSONField(default=list)
    acting_kind = models.CharField(max_length=10, choices=ActingKind, blank=True)
    remark = SealableTextField(_("remark"), sealed_when="letter.is_secret", blank=True)
    revision = models.PositiveIntegerField(null=True)

    objects = RouteStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("route step")
        verbose_name_plural = _("route steps")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=models.Q(state=StepState.CURRENT),
                name="circulars_step_one_current",
                violation_error_message=_("The letter already waits at another step."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[StepState.DONE, StepState.RETURNED], decided_at__isnull=False
                )
                | models.Q(
                    state__in=[StepState.WAITING, StepState.CURRENT, StepState.CANCELLED],
                    decided_at=None,
                ),
                name="circulars_step_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "role"],
                condition=models.Q(state=StepState.CURRENT),
                name="circulars_step_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_kind_display()}"

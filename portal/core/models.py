from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeferredState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class DeferredTask(models.Model):
    """A task promised by a transaction; only :mod:`portal.core.tasks` writes here.

    ``publish_after`` is when the sweeper may hand it to the broker (again); ``claimed_until``
    is when a worker that is running it counts as dead.
    """

    name = models.CharField(_("name"), max_length=100)
    args = models.JSONField(_("arguments"), default=list)
    state = models.CharField(
        _("state"), max_length=8, choices=DeferredState, default=DeferredState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    publish_after = models.DateTimeField(_("next attempt"))
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    claimed_by = models.CharField(_("claimed by"), max_length=64, blank=True)
    error_code = models.CharField(_("error code"), max_length=100, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("deferred task")
        verbose_name_plural = _("deferred tasks")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["publish_after"],
                condition=models.Q(state=DeferredState.PENDING),
                name="core_deferred_pending",
            ),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(state=DeferredState.DONE),
                name="core_deferred_done",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=DeferredState.PENDING, finished_at=None)
                | (~models.Q(state=DeferredState.PENDING) & models.Q(finished_at__isnull=False)),
                name="core_deferred_finished_has_time",
                violation_error_message=_("A finished task needs the time it finished."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

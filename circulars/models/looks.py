from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.mail.enums import Half


class InboxLook(models.Model):
    """Somebody who keeps a unit's inbox opened it in this half of the day, first at this time."""

    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="inbox_looks")
    day = models.DateField(_("day"))
    half = models.CharField(_("half of the day"), max_length=2, choices=Half)
    first_at = models.DateTimeField(_("first look"))
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("look into the inbox")
        verbose_name_plural = _("looks into the inbox")
        constraints = [
            models.UniqueConstraint(fields=["day", "half", "unit"], name="circulars_look_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day} {self.half}"

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.org.models.units import Office, Unit


class PhoneLine(models.Model):
    """A line of the office or of a unit, as the phone book prints it."""

    office = models.ForeignKey(
        Office, models.CASCADE, related_name="phone_lines", verbose_name=_("office")
    )
    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="phone_lines",
        verbose_name=_("unit"),
    )
    label = models.CharField(_("label"), max_length=100)
    number = models.CharField(_("phone number"), max_length=40)
    is_public = models.BooleanField(_("public"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("phone line")
        verbose_name_plural = _("phone lines")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.label} {self.number}"

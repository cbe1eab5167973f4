from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.org.models.units import Office, Unit


class Committee(models.Model):
    """A body set up by an order, for a term."""

    office = models.ForeignKey(
        Office, models.PROTECT, related_name="committees", verbose_name=_("office")
    )
    name = models.CharField(_("name"), max_length=200)
    order_number = models.CharField(_("order number"), max_length=60, blank=True)
    order_date = models.DateField(_("order date"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="org_committee_dates",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CommitteeMember(models.Model):
    """A seat: someone with an account, or a person from outside by name."""

    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="members", verbose_name=_("committee")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name=_("person"),
    )
    outside_name = models.CharField(_("name of a person from outside"), max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    duty = models.CharField(_("duty"), max_length=100)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ ~models.Q(outside_name=""),
                name="org_seat_one_holder",
                violation_error_message=_("Choose a person or type a name, not both."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.outside_name

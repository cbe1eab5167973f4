from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.org.enums import ActingKind, Role, UnitKind
from portal.org.models.units import Office, Unit
from portal.org.querysets import ActingQuerySet, MembershipQuerySet


class Position(models.Model):
    """A post's title as letters print it, e.g. นักวิชาการศึกษาชำนาญการ.

    With ``names_unit`` the unit's name follows at once: one row ผู้อำนวยการ serves the heads of
    the office, of every group and of every school.
    """

    office = models.ForeignKey(
        Office, models.PROTECT, related_name="positions", verbose_name=_("office")
    )
    title = models.CharField(_("position title"), max_length=200)
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=100, help_text=_("Smaller stands higher in lists.")
    )
    names_unit = models.BooleanField(
        _("the unit's name follows"),
        default=False,
        help_text=_("Tick for titles such as ผู้อำนวยการ, which letters print with the unit."),
    )

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["rank", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "title"],
                name="org_position_unique",
                violation_error_message=_("There is already a position of this title."),
            )
        ]

    def __str__(self) -> str:
        return self.title


def _one(number: str | models.Func) -> models.Func:
    """``number`` as a range of one: equality for an exclusion constraint without btree_gist."""
    return models.Func(number, number, models.Value("[]"), function="int8range")


class Membership(models.Model):
    """A person holds a role in a unit from a day to a day; history is never overwritten."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("position"),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("The last day."))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["unit", "position__rank", "pk"]
        indexes = [models.Index(fields=["unit", "role"], name="org_membership_unit_role")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="org_membership_dates",
                violation_error_message=_("The last day is before the first."),
            ),
            ExclusionConstraint(
                name="org_membership_once",
                expressions=[
                    (_one("person"), RangeOperators.OVERLAPS),
                    (_one("unit"), RangeOperators.OVERLAPS),
                    (_one(models.Func("role", function="hashtext")), RangeOperators.OVERLAPS),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "This person already holds this role there on these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.unit}"

    @property
    def position_title(self) -> str:
        """The position as letters print it; the role in Thai words where none is recorded."""
        if self.position is None:
            with translation.override("th"):
                return str(Role(self.role).label)
        if not self.position.names_unit:
            return self.position.title
        of_office = self.unit.kind in (UnitKind.OFFICE, UnitKind.EXECUTIVE)
        return f"{self.position.title}{self.unit.office.name if of_office else self.unit.name}"


class Acting(models.Model):
    """While the holder of ``membership`` is away, ``person`` acts in that role."""

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="actings", verbose_name=_("acts for")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="actings",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ActingKind)
    order_number = models.CharField(_("order number"), max_length=60, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects = ActingQuerySet.as_manager()

    class Meta:
        verbose_name = _("acting")
        verbose_name_plural = _("actings")
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="org_acting_dates",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()} · {self.membership}"

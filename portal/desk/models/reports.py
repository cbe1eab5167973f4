"""ระบบรายงานระดับบุคคล: what people did, day by day, and the month as their superior sees it."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.periods import Period, PeriodKind
from portal.desk.enums import ReportState, WorkCategory
from portal.desk.querysets import MonthReportQuerySet

DAY_MINUTES = 24 * 60


class DayEntry(models.Model):
    """What a person did on a day, in their own words; ``minutes`` is how long it took."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="day_entries",
        verbose_name=_("person"),
    )
    day = models.DateField(_("day"))
    category = models.CharField(_("category"), max_length=10, choices=WorkCategory)
    text = models.CharField(_("what was done"), max_length=1000)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("entry of the daily record")
        verbose_name_plural = _("entries of the daily record")
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["person", "day"], name="desk_entry_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=DAY_MINUTES),
                name="desk_entry_minutes",
                violation_error_message=_("A day has 24 hours."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_category_display()}"

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60


class MonthReport(models.Model):
    """The report of a person on a month, on its way to the superior.

    ``month`` is the month's first day. With the submission come ``unit`` (where the person
    works), the post that decides (``to_unit``, any of ``to_roles``) and ``figures``, the
    system's numbers as they stood: [name, number, what is counted].
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="month_reports",
        verbose_name=_("person"),
    )
    month = models.DateField(_("month"))
    state = models.CharField(
        _("state"), max_length=9, choices=ReportState, default=ReportState.DRAFT
    )
    summary = models.TextField(_("summary in own words"), max_length=3000, blank=True)
    figures = models.JSONField(default=list, editable=False)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")
    to_unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")
    to_roles = models.JSONField(default=list, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_as = models.JSONField(default=list, editable=False)
    remark = models.TextField(_("remark of the superior"), max_length=1000, blank=True)

    objects = MonthReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a month")
        verbose_name_plural = _("reports of months")
        ordering = ["-month", "pk"]
        indexes = [models.Index(fields=["to_unit", "month"], name="desk_report_superior")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month"],
                name="desk_report_once",
                violation_error_message=_("There is a report of this month already."),
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="desk_report_first_day"),
            models.CheckConstraint(
                condition=models.Q(state=ReportState.DRAFT)
                | models.Q(submitted_at__isnull=False, to_unit__isnull=False),
                name="desk_report_submitted_to",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[ReportState.DRAFT, ReportState.SUBMITTED], decided_at=None
                )
                | models.Q(
                    state__in=[ReportState.APPROVED, ReportState.RETURNED],
                    decided_at__isnull=False,
                ),
                name="desk_report_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period.label} · {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("desk:report", args=[self.pk])

    @property
    def office_id(self) -> int | None:
        """Where the audit puts what happens to it."""
        return self.person.office_id

    @property
    def period(self) -> Period:
        return Period.of(PeriodKind.MONTH, self.month)

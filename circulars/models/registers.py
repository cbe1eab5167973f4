from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.enums import RegisterKind
from circulars.querysets import RegisterQuerySet


class Register(models.Model):
    """One book: a unit's register of one kind in one calendar year (clauses 38.2, 43.1.2).

    ``year`` is a Buddhist-era year. ``last_number`` only ever grows.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="registers")
    kind = models.CharField(_("kind"), max_length=12, choices=RegisterKind)
    year = models.PositiveSmallIntegerField(_("year (BE)"))
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["-year", "unit", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "year"], name="circulars_register_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year} · {self.unit}"


class RegisterEntry(models.Model):
    """A line of form 13 (incoming) or 14 (outgoing). Its number is never given twice.

    ``reference`` is ที่, ``dated`` ลงวันที่, ``sender`` จาก, ``receiver`` ถึง, ``action``
    การปฏิบัติ, ``note`` หมายเหตุ. A secret letter's subject is left empty here.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField(_("register number"))
    registered_at = models.DateTimeField(_("registration date"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("registered by"),
    )
    reference = models.CharField(_("number of the letter"), max_length=80)
    dated = models.DateField(_("dated"), null=True)
    sender = models.CharField(_("from"), max_length=200)
    receiver = models.CharField(_("to"), max_length=200)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    action = models.CharField(_("action taken"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    voided_at = models.DateTimeField(_("voided at"), null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("voided by"),
    )
    void_reason = models.CharField(_("reason for voiding"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="circulars_entry_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(voided_at=None) | ~models.Q(void_reason=""),
                name="circulars_entry_void_has_reason",
                violation_error_message=_("A voided number needs its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.register.year}"

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.books import EntryQuerySet, RegisterQuerySet, ReservationQuerySet
from circulars.enums import INCOMING_REGISTERS, SECRET_REGISTERS, EntryState, RegisterKind
from portal.core.fields import SealableTextField


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

    def get_absolute_url(self) -> str:
        return reverse("circulars:register", args=[self.pk])

    @property
    def is_incoming(self) -> bool:
        """Kept on form 13."""
        return self.kind in INCOMING_REGISTERS

    @property
    def is_secret(self) -> bool:
        return self.kind in SECRET_REGISTERS


class Reservation(models.Model):
    """จองเลข: numbers of one register taken together, to be used later or made void.

    They are lines of the register from the first moment, so that nobody else gets them.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="reservations")
    first_number = models.PositiveIntegerField(_("first number"))
    last_number = models.PositiveIntegerField(_("last number"))
    purpose = models.CharField(_("purpose"), max_length=300)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reservations",
        verbose_name=_("reserved for"),
    )
    reserved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reserved by")
    )
    reserved_at = models.DateTimeField(_("reserved at"))
    expires_on = models.DateField(_("expires on"))
    pack = models.ForeignKey(
        "circulars.RegisterPaper",
        models.PROTECT,
        null=True,
        related_name="blocks",
        verbose_name=_("pack for days without network"),
    )

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["-reserved_at", "-pk"]
        indexes = [
            models.Index(
                fields=["register", "-reserved_at", "-id"], name="circulars_reservation_book"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_number__gt=0, last_number__gte=models.F("first_number")),
                name="circulars_reservation_numbers",
                violation_error_message=_("The first number comes before the last."),
            )
        ]

    def __str__(self) -> str:
        if self.first_number == self.last_number:
            return f"{self.first_number}/{self.register.year}"
        return f"{self.first_number}–{self.last_number}/{self.register.year}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:reservation", args=[self.pk])

    @property
    def count(self) -> int:
        return self.last_number - self.first_number + 1

    @property
    def is_expired(self) -> bool:
        return self.expires_on < timezone.localdate()


class RegisterEntry(models.Model):
    """A line of form 13 (incoming) or 14 (outgoing). Its number is never given twice.

    ``reference`` is ที่, ``dated`` ลงวันที่, ``sender`` จาก, ``receiver`` ถึง, ``action``
    การปฏิบัติ, ``note`` หมายเหตุ. A secret letter's subject is left empty here. A reserved
    number has its ``reservation`` and, once it is used, ``used_at``; ``batch`` is the old book
    that a line was taken over from.
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
    receiver = SealableTextField(_("to"), sealed_when="register.is_secret", max_length=200)
    subject = SealableTextField(
        _("subject"), sealed_when="register.is_secret", max_length=500, blank=True
    )
    action = SealableTextField(
        _("action taken"), sealed_when="register.is_secret", max_length=500, blank=True
    )
    note = SealableTextField(
        _("note"), sealed_when="register.is_secret", max_length=500, blank=True
    )
    reservation = models.ForeignKey(
        Reservation,
        models.PROTECT,
        null=True,
        related_name="entries",
        verbose_name=_("reservation"),
    )
    used_at = models.DateTimeField(_("used at"), null=True)
    batch = models.ForeignKey(
        "circulars.RegisterImport",
        models.PROTECT,
        null=True,
        related_name="entries",
        verbose_name=_("imported with"),
    )
    voided_at = models.DateTimeField(_("voided at"), null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("voided by"),
    )
    void_reason = models.CharField(_("reason for voiding"), max_length=500, blank=True)

    objects = EntryQuerySet.as_manager()

    cross_references: Any = None
    """What the other register says of it; ``services.replies.with_cross_references`` sets it."""

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        ordering = ["-number"]
        indexes = [
            models.Index(
                fields=["reservation"],
                condition=models.Q(reservation__isnull=False, used_at=None, voided_at=None),
                name="circulars_entry_unused",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="circulars_entry_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(voided_at=None) | ~models.Q(void_reason=""),
                name="circulars_entry_void_has_reason",
                violation_error_message=_("A voided number needs its reason."),
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(reservation__isnull=False),
                name="circulars_entry_used_was_reserved",
                violation_error_message=_("Only a reserved number is used later."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.register.year}"

    @property
    def state(self) -> EntryState:
        """``given``, ``reserved`` or ``void``."""
        if self.voided_at is not None:
            return EntryState.VOID
        if self.reservation_id is not None and self.used_at is None:
            return EntryState.RESERVED
        return EntryState.GIVEN

"""What comes out of the registers, and the old books that come in."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circulars.books import PaperQuerySet
from circulars.enums import PaperKind, RegisterKind
from circulars.models.registers import Register


class RegisterPaper(models.Model):
    """A PDF, Excel file or pack that somebody asked for and a task makes.

    A pack is of a unit and has its reserved numbers in ``blocks``; everything else is of one
    register.
    """

    kind = models.CharField(_("kind"), max_length=5, choices=PaperKind)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    register = models.ForeignKey(Register, models.PROTECT, null=True, related_name="papers")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    requested_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    file = models.ForeignKey(
        "files.StoredFile", models.SET_NULL, null=True, related_name="+", verbose_name=_("file")
    )
    made_at = models.DateTimeField(_("made at"), null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a register")
        verbose_name_plural = _("papers of registers")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=PaperKind.PACK) ^ models.Q(register__isnull=False),
                name="circulars_paper_of_register_or_pack",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.register or self.unit}"

    def get_absolute_url(self) -> str:
        name = "pack" if self.kind == PaperKind.PACK else "register_paper"
        return reverse(f"circulars:{name}", args=[self.pk])


class RegisterImport(models.Model):
    """An old Excel register book: checked when it is uploaded, taken over whole or not at all.

    ``last_number`` is what the person read off the book, so that a file cut short is noticed.
    ``problems`` are (row of the sheet or 0, what is wrong) pairs.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("register book"), max_length=12, choices=RegisterKind)
    year = models.PositiveSmallIntegerField(_("year (BE)"))
    last_number = models.PositiveIntegerField(_("last number in the book"))
    gap_reason = models.CharField(_("reason for missing numbers"), max_length=300, blank=True)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    row_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    register = models.ForeignKey(Register, models.PROTECT, null=True, related_name="imports")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("old register book")
        verbose_name_plural = _("old register books")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year} · {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:register_import", args=[self.pk])

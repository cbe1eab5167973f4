"""The file plan, the letters kept in it, and who has borrowed them (clauses 52–65)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums import Secrecy
from circulars.enums_archive import (
    OUT,
    YEARS,
    Clause,
    KeptState,
    LoanState,
    Medium,
    Retention,
)
from circulars.querysets_archive import FolderQuerySet, KeptQuerySet, LoanQuerySet
from portal.core.thai.dates import be_year


class Folder(models.Model):
    """หมวด/แฟ้ม of one unit: its code is รหัสแฟ้ม of forms 20–25."""

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="folders")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        verbose_name=_("inside"),
    )  # fmt: skip
    code = models.CharField(_("folder code"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    retention = models.CharField(
        _("kept for"), max_length=10, choices=Retention, default=Retention.TEN
    )
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    clause = models.CharField(_("clause"), max_length=6, choices=Clause, default=Clause.ORDINARY)
    reason = models.CharField(_("reason for another period"), max_length=300, blank=True)
    is_open = models.BooleanField(_("takes letters"), default=True)

    objects = FolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code"],
                name="circulars_folder_code_unique",
                violation_error_message=_("There is already a folder of this code."),
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(retention=Retention.CUSTOM, years__gte=1) & ~models.Q(reason="")
                )
                | (~models.Q(retention=Retention.CUSTOM) & models.Q(years=None)),
                name="circulars_folder_custom_has_reason",
                violation_error_message=_("Another period needs its years and its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def period(self) -> int | None:
        """Years to keep; ``None`` is for ever."""
        if self.retention == Retention.CUSTOM:
            return self.years
        return YEARS.get(Retention(self.retention))

    def keep_until(self, finished_on: date) -> int | None:
        """เก็บถึง พ.ศ.: the last BE year to keep what was finished on a day."""
        return None if self.period is None else be_year(finished_on) + self.period


class StoringList(models.Model):
    """บัญชีหนังสือส่งเก็บ, form 19: letters that were put away together (clause 54.1)."""

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("put away at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("put away by"),
    )

    class Meta:
        verbose_name = _("list of letters put away")
        verbose_name_plural = _("lists of letters put away")
        ordering = ["-filed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {timezone.localdate(self.filed_at)}"


class KeptLetter(models.Model):
    """A line of ทะเบียนหนังสือเก็บ, form 20. It stays when the letter itself is destroyed.

    ``letter`` with ``delivery`` is one that was received, without one that was sent; a paper
    letter from before the portal has neither. The words are copied, a secret letter's subject
    is not. ``number`` runs through a unit and is never given twice. An electronic letter has no
    ``keep_until`` (clause 89/5); on paper none means for ever.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="kept_letters")
    number = models.PositiveIntegerField(_("No."))
    folder = models.ForeignKey(
        Folder, models.PROTECT, related_name="letters", verbose_name=_("folder")
    )
    storing_list = models.ForeignKey(StoringList, models.PROTECT, related_name="letters")
    letter = models.ForeignKey("circulars.Letter", models.PROTECT, null=True, related_name="kept")
    delivery = models.OneToOneField(
        "circulars.Delivery", models.PROTECT, null=True, related_name="kept"
    )
    medium = models.CharField(_("medium"), max_length=10, choices=Medium)
    state = models.CharField(_("state"), max_length=12, choices=KeptState, default=KeptState.KEPT)
    receipt_number = models.CharField(_("incoming number"), max_length=40, blank=True)
    reference = models.CharField(_("number of the letter"), max_length=80, blank=True)
    dated = models.DateField(_("dated"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    secrecy = models.CharField(max_length=12, choices=Secrecy, default=Secrecy.OPEN)
    note = models.CharField(_("note"), max_length=500, blank=True)
    filed_on = models.DateField(_("put away on"))
    finished_on = models.DateField(_("work finished on"))
    keep_until = models.PositiveSmallIntegerField(_("keep until (BE)"), null=True, blank=True)
    is_archival = models.BooleanField(_("of archival worth"), default=False)
    legal_hold = models.BooleanField(_("held back from destruction"), default=False)
    hold_reason = models.CharField(_("reason for holding back"), max_length=300, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept letter")
        verbose_name_plural = _("kept letters")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["unit", "state", "keep_until"], name="circulars_kept_due"),
            models.Index(fields=["folder", "-id"], name="circulars_kept_folder"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="circulars_kept_number"),
            models.UniqueConstraint(
                fields=["letter"],
                condition=models.Q(delivery=None),
                name="circulars_kept_sent_once",
                violation_error_message=_("This letter is put away already."),
            ),
            models.CheckConstraint(
                condition=models.Q(delivery=None) | models.Q(letter__isnull=False),
                name="circulars_kept_delivery_has_letter",
            ),
            models.CheckConstraint(
                condition=models.Q(medium=Medium.PAPER) | models.Q(keep_until=None),
                name="circulars_kept_electronic_for_ever",
                violation_error_message=_("Electronic letters have no period (clause 89/5)."),
            ),
            models.CheckConstraint(
                condition=models.Q(legal_hold=False) | ~models.Q(hold_reason=""),
                name="circulars_kept_hold_has_reason",
                violation_error_message=_("Holding back needs its reason."),
            ),
            models.CheckConstraint(
                condition=~models.Q(legal_hold=True, state=KeptState.DESTROYED),
                name="circulars_kept_hold_not_destroyed",
                violation_error_message=_("What is held back is not destroyed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.reference or self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:kept", args=[self.pk])

    @property
    def is_secret(self) -> bool:
        return self.secrecy != Secrecy.OPEN

    @property
    def for_ever(self) -> bool:
        """ห้ามทำลาย: the red mark of clause 55.1.1."""
        return self.is_archival or (self.medium == Medium.PAPER and self.keep_until is None)

    @property
    def shown_subject(self) -> str:
        return str(_("(secret letter)")) if self.is_secret else self.subject


class Loan(models.Model):
    """บัตรยืมหนังสือ, form 24 (clauses 62–65); of an electronic letter, a right to read."""

    kept = models.ForeignKey(KeptLetter, models.PROTECT, related_name="loans")
    state = models.CharField(_("state"), max_length=10, choices=LoanState, default=LoanState.ASKED)
    is_paper = models.BooleanField()
    borrower = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="archive_loans",
        verbose_name=_("borrower"),
    )  # fmt: skip
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("for the unit")
    )
    agency = models.CharField(_("government agency that borrows"), max_length=200, blank=True)
    evidence = models.CharField(_("its letter (number and date)"), max_length=200, blank=True)
    purpose = models.CharField(_("for which official work"), max_length=300)
    due_on = models.DateField(_("to be given back on"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    received_by = models.CharField(_("received by"), max_length=200, blank=True)
    lent_on = models.DateField(_("lent on"), null=True)
    returned_by = models.CharField(_("given back by"), max_length=200, blank=True)
    returned_on = models.DateField(_("given back on"), null=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    reminded_on = models.DateField(null=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=models.Q(state=LoanState.LENT),
                name="circulars_loan_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kept"],
                condition=models.Q(state__in=OUT, is_paper=True),
                name="circulars_loan_one_paper",
                violation_error_message=_("This letter is lent already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=OUT)
                | models.Q(confirmed_at__isnull=False, approved_at__isnull=False),
                name="circulars_loan_approved",
                violation_error_message=_("A loan needs both heads (clause 62)."),
            ),
            models.CheckConstraint(
                condition=models.Q(borrower__isnull=False, unit__isnull=False, agency="")
                | (models.Q(borrower=None, unit=None, is_paper=True) & ~models.Q(agency="")),
                name="circulars_loan_one_borrower",
                violation_error_message=_("A person of the office or an agency borrows."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kept} → {self.borrower or self.agency}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:loan", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.state == LoanState.LENT and self.due_on < timezone.localdate()

    @property
    def may_be_read(self) -> bool:
        """The right to read an electronic letter ends by itself with its day."""
        return (
            self.state == LoanState.LENT
            and not self.is_paper
            and self.due_on >= timezone.localdate()
        )

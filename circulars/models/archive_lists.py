"""Lists for the National Archives (forms 21–23) and destruction (form 25, clauses 58–70)."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circulars.enums_archive import (
    ArchivesAnswer,
    DestructionState,
    KeptBy,
    ListKind,
    ListState,
    Method,
    Outcome,
)
from circulars.models.archive import KeptLetter
from circulars.querysets_archive import HouseQuerySet

D = DestructionState
AFTER_APPROVAL = (D.APPROVED, D.SENT, D.CLEARED, D.DESTROYED, D.CLOSED)
AFTER_SENDING = (D.SENT, D.CLEARED, D.DESTROYED, D.CLOSED)
AFTER_CLEARING = (D.CLEARED, D.DESTROYED, D.CLOSED)
AFTER_DESTRUCTION = (D.DESTROYED, D.CLOSED)


class ArchiveList(models.Model):
    """Form 21, 22 or 23 of a house: the office (its own unit) or a school."""

    house = models.ForeignKey("org.Unit", models.PROTECT, related_name="archive_lists")
    kind = models.CharField(_("form"), max_length=10, choices=ListKind)
    year = models.PositiveSmallIntegerField(_("year (BE)"))
    state = models.CharField(_("state"), max_length=10, choices=ListState, default=ListState.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_on = models.DateField(_("made on"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    sent_on = models.DateField(_("sent on"), null=True)
    sent_reference = models.CharField(_("letter that it went with"), max_length=120, blank=True)
    received_on = models.DateField(_("received on"), null=True)
    receiver = models.CharField(_("received by (name and position)"), max_length=250, blank=True)
    receipt = models.CharField(_("number of the receipt"), max_length=120, blank=True)
    reclaimed_on = models.DateField(null=True)

    objects = HouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("list for the National Archives")
        verbose_name_plural = _("lists for the National Archives")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[ListState.APPROVED, ListState.SENT, ListState.RECEIVED]
                )
                | models.Q(approved_at__isnull=False),
                name="circulars_alist_approved",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ListState.RECEIVED)
                | models.Q(sent_on__isnull=False, received_on__isnull=False),
                name="circulars_alist_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:archive_list", args=[self.pk])


class ArchiveListLine(models.Model):
    archive_list = models.ForeignKey(ArchiveList, models.CASCADE, related_name="lines")
    kept = models.ForeignKey(KeptLetter, models.PROTECT, related_name="list_lines")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["archive_list", "kept"], name="circulars_alist_line_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.kept)


class Destruction(models.Model):
    """บัญชีหนังสือขอทำลาย of a house and year, with the whole chain of clauses 66–70.

    Each stage leaves who and when; the database refuses a stage without those before it.
    """

    house = models.ForeignKey("org.Unit", models.PROTECT, related_name="destructions")
    year = models.PositiveSmallIntegerField(_("year (BE)"))
    state = models.CharField(
        _("state"), max_length=10, choices=DestructionState, default=DestructionState.SURVEY
    )
    made_on = models.DateField(_("list made on"), null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    electronic_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    electronic_at = models.DateTimeField(null=True)
    electronic_order = models.CharField(_("number of the order"), max_length=120, blank=True)
    electronic_reason = models.CharField(_("reason"), max_length=500, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    appointed_at = models.DateTimeField(null=True)
    order_number = models.CharField(_("order number"), max_length=120, blank=True)
    order_date = models.DateField(_("order date"), null=True)
    reported_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    sent_on = models.DateField(_("sent on"), null=True)
    sent_reference = models.CharField(_("letter that it went with"), max_length=120, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)
    answer_reference = models.CharField(_("letter of the answer"), max_length=120, blank=True)
    cleared_on = models.DateField(_("may be destroyed since"), null=True)
    destroyed_on = models.DateField(_("destroyed on"), null=True)
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    method = models.CharField(_("how"), max_length=10, choices=Method, blank=True)
    place = models.CharField(_("where and how in detail"), max_length=300, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(null=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="DestructionMember", related_name="+"
    )

    objects = HouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("destruction of letters")
        verbose_name_plural = _("destructions of letters")
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["house", "year"],
                condition=~models.Q(state=DestructionState.CANCELLED),
                name="circulars_destruction_once_a_year",
                violation_error_message=_("There is a list of this year already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=AFTER_APPROVAL)
                | models.Q(
                    proposed_at__isnull=False,
                    appointed_at__isnull=False,
                    reported_at__isnull=False,
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                ),
                name="circulars_destruction_approved",
                violation_error_message=_("Nothing is sent before the head has approved."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=AFTER_SENDING) | models.Q(sent_on__isnull=False),
                name="circulars_destruction_sent",
                violation_error_message=_("The National Archives is asked first (clause 69.2)."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=AFTER_CLEARING) | models.Q(cleared_on__isnull=False),
                name="circulars_destruction_cleared",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=AFTER_DESTRUCTION)
                | (models.Q(destroyed_on__isnull=False) & ~models.Q(method="")),
                name="circulars_destruction_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.year} · {self.house}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:destruction", args=[self.pk])


class DestructionMember(models.Model):
    """A seat in the committee of clause 67."""

    destruction = models.ForeignKey(Destruction, models.CASCADE, related_name="seats")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="destruction_seats"
    )
    is_chair = models.BooleanField(_("chair"), default=False)
    signed_at = models.DateTimeField(_("signed the record at"), null=True)

    class Meta:
        verbose_name = _("member of a destruction committee")
        verbose_name_plural = _("members of destruction committees")
        ordering = ["-is_chair", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["destruction", "person"],
                name="circulars_seat_once",
                violation_error_message=_("Each person has one seat."),
            ),
            models.UniqueConstraint(
                fields=["destruction"],
                condition=models.Q(is_chair=True),
                name="circulars_seat_one_chair",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class DestructionLine(models.Model):
    """A line of form 25. ``outcome`` is การพิจารณา; ``files`` are those still to be removed."""

    destruction = models.ForeignKey(Destruction, models.CASCADE, related_name="lines")
    kept = models.ForeignKey(KeptLetter, models.PROTECT, related_name="destruction_lines")
    position = models.PositiveIntegerField()
    outcome = models.CharField(
        _("consideration"), max_length=8, choices=Outcome, default=Outcome.OPEN
    )
    kept_by = models.CharField(max_length=10, choices=KeptBy, blank=True)
    keep_until = models.PositiveSmallIntegerField(_("keep until (BE)"), null=True)
    archives_answer = models.CharField(max_length=10, choices=ArchivesAnswer, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    destroyed_at = models.DateTimeField(null=True)
    files = models.JSONField(default=list)

    class Meta:
        verbose_name = _("line of a destruction list")
        verbose_name_plural = _("lines of destruction lists")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["destruction", "kept"], name="circulars_dline_once"),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(outcome=Outcome.DESTROY),
                name="circulars_dline_decided",
            ),
        ]

    def __str__(self) -> str:
        return str(self.kept)


class DestructionVote(models.Model):
    """What one member says of one line; ``reason`` is the dissent of clause 67."""

    line = models.ForeignKey(DestructionLine, models.CASCADE, related_name="votes")
    seat = models.ForeignKey(DestructionMember, models.CASCADE, related_name="votes")
    destroy = models.BooleanField(_("destroy"))
    keep_until = models.PositiveSmallIntegerField(_("keep until (BE)"), null=True)
    reason = models.CharField(_("opinion"), max_length=500, blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["seat", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "seat"], name="circulars_dvote_once")
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.destroy}"

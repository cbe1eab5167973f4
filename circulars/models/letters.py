from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circulars.enums import (
    SECRET,
    SIGNED,
    Channel,
    CircularSeries,
    LetterKind,
    LetterState,
    Secrecy,
    Speed,
)
from circulars.models.registers import RegisterEntry
from circulars.querysets import LetterQuerySet
from portal.core.fields import SealableJSONField, SealableTextField


class LetterSettings(models.Model):
    """What an office decides about its letters."""

    office = models.OneToOneField("org.Office", models.CASCADE, related_name="letter_settings")
    circular_series = models.CharField(
        _("numbers of circulars"),
        max_length=10,
        choices=CircularSeries,
        default=CircularSeries.OWN,
    )
    thai_digits = models.BooleanField(_("Thai digits in official papers"), default=True)
    emblem = models.ForeignKey(
        "files.StoredFile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("garuda drawing"),
    )

    class Meta:
        verbose_name = _("letter settings")
        verbose_name_plural = _("letter settings")

    def __str__(self) -> str:
        return str(self.office)


class Letter(models.Model):
    """A letter of a unit: drafted, endorsed, signed, numbered, sent.

    A letter from outside is of the agency's unit and in the state ``outside`` for ever; its
    ``number_text`` and ``letter_date`` are the sender's, ``pdf`` is the scan, ``drafter`` who
    entered it. Its way through the office is that of its deliveries.

    The content may change in ``draft`` and ``returned`` only. ``revision`` grows with each
    change, so that nobody signs what they did not see. Once signed, the number, the signature
    block and the hash stay as they were on that day.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="letters")
    drafter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="drafted_letters",
        verbose_name=_("drafter"),
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=LetterKind, default=LetterKind.CIRCULAR
    )
    state = models.CharField(
        _("state"), max_length=16, choices=LetterState, default=LetterState.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)

    subject = SealableTextField(_("subject"), sealed_when="is_secret", max_length=300, blank=True)
    salutation = models.CharField(_("salutation"), max_length=60, blank=True)
    addressee = SealableTextField(
        _("addressee"), sealed_when="is_secret", max_length=200, blank=True
    )
    body = SealableTextField(_("text"), sealed_when="is_secret", blank=True)
    closing = models.CharField(_("closing"), max_length=80, blank=True)
    copies_to = SealableTextField(
        _("copies to"),
        sealed_when="is_secret",
        max_length=1000,
        blank=True,
        help_text=_("One on each line; printed below the letter."),
    )
    speed = models.CharField(_("speed"), max_length=12, choices=Speed, default=Speed.ORDINARY)
    secrecy = models.CharField(_("secrecy"), max_length=12, choices=Secrecy, default=Secrecy.OPEN)
    names_person = models.BooleanField(
        _("names a person"),
        default=False,
        help_text=_("The public check page then does not show the subject."),
    )
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    answer_wanted = models.BooleanField(_("answer wanted"), default=False)
    send_when_signed = models.BooleanField(_("send as soon as it is signed"), default=True)
    channel = models.CharField(
        _("came"), max_length=8, choices=Channel, default=Channel.PORTAL, editable=False
    )
    details = SealableJSONField(
        sealed_when="is_secret",
        default=dict,
        editable=False,
        help_text=_("What only this kind of letter has, by the names of its form's fields."),
    )

    entry = models.OneToOneField(
        RegisterEntry, models.PROTECT, null=True, editable=False, related_name="letter"
    )
    number_text = models.CharField(_("number"), max_length=80, blank=True, editable=False)
    letter_date = models.DateField(_("date"), null=True, editable=False)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="signed_letters",
        verbose_name=_("signer"),
    )
    signer_name = models.CharField(max_length=250, blank=True, editable=False)
    signer_lines = models.JSONField(default=list, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    check_token = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001  (unique needs NULL for "none")

    pdf = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, editable=False, related_name="+"
    )
    pdf_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    dispatched_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    dispatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "-created_at", "-id"], name="circulars_letter_unit"),
            models.Index(fields=["drafter", "state"], name="circulars_letter_drafter"),
            models.Index(
                fields=["unit", "letter_date"],
                condition=models.Q(state=LetterState.OUTSIDE),
                name="circulars_letter_dated",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(secrecy=Secrecy.TOP_SECRET),
                name="circulars_letter_no_top_secret",
                violation_error_message=_(
                    "Top secret letters may not be sent electronically (clause 29)."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SIGNED, entry__isnull=False)
                | (~models.Q(state__in=SIGNED) & models.Q(entry=None)),
                name="circulars_letter_number_when_signed",
                violation_error_message=_("A letter has a number exactly when it is signed."),
            ),
            models.CheckConstraint(
                condition=models.Q(state=LetterState.OUTSIDE) ^ models.Q(channel=Channel.PORTAL),
                name="circulars_letter_outside_has_channel",
            ),
        ]

    def __str__(self) -> str:
        return self.number_text or self.subject

    def get_absolute_url(self) -> str:
        """The letter as its senders see it."""
        return reverse("circulars:letter", args=[self.pk])

    def get_board_url(self) -> str:
        """Who has opened, registered, acknowledged and answered it."""
        return reverse("circulars:board", args=[self.pk])

    def get_received_url(self) -> str:
        """The letter as a recipient sees it; finds the reader's own delivery."""
        return reverse("circulars:received_letter", args=[self.pk])

    @property
    def is_secret(self) -> bool:
        return self.secrecy in SECRET

    @property
    def is_editable(self) -> bool:
        return self.state in (LetterState.DRAFT, LetterState.RETURNED)

    @property
    def is_signed(self) -> bool:
        return self.entry_id is not None


class Attachment(models.Model):
    """สิ่งที่ส่งมาด้วย: a file in the order the letter lists it."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    title = SealableTextField(_("title"), sealed_when="letter.is_secret", max_length=200)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "file"],
                name="circulars_attachment_once",
                violation_error_message=_("This file is attached already."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Reference(models.Model):
    """อ้างถึง: an earlier letter, from here or by its words (clause 11.6)."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="references")
    earlier = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="referred_by"
    )
    text = SealableTextField(_("reference"), sealed_when="letter.is_secret", max_length=300)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Recipient(models.Model):
    """A unit the letter is meant for, before it is sent."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="recipients")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "unit"],
                name="circulars_recipient_once",
                violation_error_message=_("This recipient is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.unit)


class RecipientList(models.Model):
    """A saved choice of recipients, shared by the people of a unit."""

    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="recipient_lists")
    name = models.CharField(_("name"), max_length=120)
    members = models.ManyToManyField("org.Unit", related_name="+", verbose_name=_("recipients"))

    class Meta:
        verbose_name = _("saved recipient list")
        verbose_name_plural = _("saved recipient lists")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="circulars_list_name_unique",
                violation_error_message=_("There is already a list of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

"""The central mailbox of an office and the mails that came to it (amendment 4, appendix 7)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circulars.mail.enums import MailKind, MailState, Security
from circulars.models.deliveries import Delivery
from circulars.querysets_mail import MailQuerySet


class Mailbox(models.Model):
    """How the portal reaches the office's central mailbox, and how that went lately.

    ``secret`` is the password, encrypted; ``claimed_until`` keeps two polls apart. The address
    is the only one that letters leave from (appendix 7, 1 and 5.3.3).
    """

    office = models.OneToOneField("org.Office", models.CASCADE, related_name="mailbox")
    address = models.EmailField(_("central mailbox"))
    name_en = models.CharField(
        _("name of the office in English"),
        max_length=200,
        help_text=_("Receipts name the office in both languages (appendix 7, 3.2)."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    host = models.CharField(_("IMAP server"), max_length=200)
    port = models.PositiveIntegerField(_("IMAP port"), default=993)
    security = models.CharField(
        _("protection of IMAP"), max_length=8, choices=Security, default=Security.TLS
    )
    username = models.CharField(_("user name"), max_length=200)
    secret = models.TextField(editable=False)
    inbox_folder = models.CharField(_("folder of new mail"), max_length=120, default="INBOX")
    junk_folder = models.CharField(
        _("junk folder"),
        max_length=120,
        blank=True,
        help_text=_("Looked into as well, as appendix 7, 2 asks."),
    )
    done_folder = models.CharField(
        _("folder for mail taken over"), max_length=120, default="Portal"
    )
    smtp_host = models.CharField(
        _("SMTP server"),
        max_length=200,
        blank=True,
        help_text=_("Empty: mail leaves through the portal's own server."),
    )
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587)
    smtp_security = models.CharField(
        _("protection of SMTP"), max_length=8, choices=Security, default=Security.STARTTLS
    )

    polled_at = models.DateTimeField(_("last looked"), null=True, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("central mailbox")
        verbose_name_plural = _("central mailboxes")

    def __str__(self) -> str:
        return self.address


class IncomingMail(models.Model):
    """A mail as it came: kept whole in ``raw``, its readable parts beside it.

    ``key`` is its Message-ID, or a hash where it has none: the same mail twice is one.
    ``arrived_at`` is when the mail server took it and decides a dispute (appendix 6, 2.4).
    """

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="mails")
    key = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("kind"), max_length=9, choices=MailKind, default=MailKind.MAIL)
    state = models.CharField(
        _("state"), max_length=10, choices=MailState, default=MailState.WAITING
    )
    message_id = models.CharField(max_length=500, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    from_name = models.CharField(_("sender"), max_length=250, blank=True)
    from_address = models.CharField(_("sender's address"), max_length=320, blank=True)
    reply_to = models.CharField(_("answer to"), max_length=320, blank=True)
    to = models.TextField(_("to"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    arrived_at = models.DateTimeField(_("arrived at"))
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    defects = models.JSONField(default=list)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    raw = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    from_junk = models.BooleanField(_("found in the junk folder"), default=False)

    delivery = models.OneToOneField(Delivery, models.PROTECT, null=True, related_name="mail")
    answers = models.ForeignKey(
        Delivery, models.PROTECT, null=True, related_name="mails", verbose_name=_("answers")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    handled_at = models.DateTimeField(_("handled at"), null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to the central mailbox")
        verbose_name_plural = _("mails to the central mailbox")
        ordering = ["-arrived_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "key"],
                name="circulars_mail_once",
                violation_error_message=_("This mail is here already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MailState.REGISTERED, delivery=None),
                name="circulars_mail_registered_is_letter",
            ),
        ]
        indexes = [
            models.Index(fields=["mailbox", "state", "-arrived_at", "-id"], name="circulars_mail"),
        ]

    def __str__(self) -> str:
        return self.subject or self.from_address

    def save(self, **options: Any) -> None:
        """Cut what senders made longer than a column; the whole mail is in ``raw``."""
        for name, length in (("subject", 500), ("from_name", 250), ("message_id", 500)):
            setattr(self, name, getattr(self, name)[:length])
        super().save(**options)

    def get_absolute_url(self) -> str:
        return reverse("circulars:mail", args=[self.pk])

    @property
    def sender(self) -> str:
        return self.from_name or self.from_address

    @property
    def answer_address(self) -> str:
        """Where the receipt goes: the address the sender asks for, else the sender's own."""
        return self.reply_to or self.from_address


class MailAttachment(models.Model):
    """A file that came with a mail, or why it was not taken."""

    mail = models.ForeignKey(IncomingMail, models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    is_inline = models.BooleanField(_("part of the text"), default=False)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    refusal = models.CharField(_("why it was not taken"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attachment of a mail")
        verbose_name_plural = _("attachments of mails")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file__isnull=False) ^ ~models.Q(refusal=""),
                name="circulars_mail_file_or_refusal",
            )
        ]

    def __str__(self) -> str:
        return self.name

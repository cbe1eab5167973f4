import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.files.enums import INLINE_TYPES, ReadState, ScanState
from portal.files.querysets import StoredFileQuerySet

__all__ = ["Blob", "BlobText", "ReadState", "ScanState", "StoredFile"]


class Blob(models.Model):
    """Bytes on disk, stored once for each SHA-256."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("content type"), max_length=100)
    path = models.CharField(_("path"), max_length=200)
    scan_state = models.CharField(
        _("virus scan"), max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED
    )
    scan_note = models.CharField(_("what the scanner said"), max_length=200, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    read_state = models.CharField(
        _("words"), max_length=12, choices=ReadState, default=ReadState.WAITING
    )
    read_confidence = models.PositiveSmallIntegerField(
        _("confidence of the reading in percent"), null=True, blank=True
    )
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    sealed_key = models.TextField(
        _("key of the encrypted bytes"), blank=True, editable=False, default=""
    )
    has_thumbnail = models.BooleanField(_("has a picture of its first page"), default=False)
    created_at = models.DateTimeField(_("stored at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored content")
        verbose_name_plural = _("stored contents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="files_blob_sha256"
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def reading_note(self) -> str:
        """What a list of files says of the words in it; empty where there is nothing to say."""
        if self.read_state == ReadState.SCANNED:
            return gettext("read from a scan, %(confidence)s %% sure") % {
                "confidence": self.read_confidence
            }
        if self.read_state == ReadState.NEEDS_OCR:
            return gettext("a scan that cannot be searched")
        return ""


class BlobText(models.Model):
    """The words of a content, for the search alone; those of a scan are guesses."""

    blob = models.OneToOneField(
        Blob, models.CASCADE, related_name="words", verbose_name=_("content")
    )
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("words of a content")
        verbose_name_plural = _("words of contents")

    def __str__(self) -> str:
        return str(self.blob)


class StoredFile(models.Model):
    """A named file that belongs to something; who may read it is asked of its owner's app."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="files", verbose_name=_("content"))
    office = models.ForeignKey(
        "org.Office", models.PROTECT, related_name="+", verbose_name=_("office")
    )
    name = models.CharField(_("file name"), max_length=255)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    is_attached = models.BooleanField(
        _("attached"),
        default=True,
        help_text=_("An upload that no page has taken over yet is removed after a day."),
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(
                fields=["uploaded_by", "uploaded_at"],
                name="files_unattached",
                condition=models.Q(is_attached=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where those who may read the file download it; ``?inline=1`` shows it in the page."""
        return reverse("files:download", args=[self.uid])

    @property
    def thumbnail_url(self) -> str:
        """A small picture of the first page, for those who may read the file; or nothing."""
        if not self.blob.has_thumbnail or self.blob.scan_state == ScanState.INFECTED:
            return ""
        return reverse("files:thumbnail", args=[self.uid])

    @property
    def is_viewable(self) -> bool:
        """Whether a browser can show it inside a page."""
        return self.blob.content_type in INLINE_TYPES

    @property
    def size(self) -> int:
        """In bytes."""
        return self.blob.size

    @property
    def content_type(self) -> str:
        return self.blob.content_type

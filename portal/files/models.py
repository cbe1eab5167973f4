import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.files.enums import INLINE_TYPES, ScanState
from portal.files.querysets import StoredFileQuerySet

__all__ = ["Blob", "ScanState", "StoredFile"]


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

from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.models.deliveries import Delivery


class ReceiptStamp(models.Model):
    """ตรารับหนังสือ (clauses 37 and 78, form 12) on a copy of a received letter.

    ``left`` and ``top`` are millimetres from the upper left corner of the first page to that of
    the stamp; without them it stands at the upper right. ``revision`` grows with each change of
    place and ``drawn_revision`` says which of them ``file`` shows. ``picture`` is the first
    page without a stamp, to place it on; the letter's own file is never touched.
    """

    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="receipt_stamp")
    left = models.DecimalField(
        _("from the left edge (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    top = models.DecimalField(
        _("from the upper edge (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    revision = models.PositiveIntegerField(default=1)
    drawn_revision = models.PositiveIntegerField(default=0)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    picture = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    page_width = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    page_height = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(
        max_length=20, blank=True, help_text=_("Why this file can carry no stamp.")
    )

    class Meta:
        verbose_name = _("receipt stamp")
        verbose_name_plural = _("receipt stamps")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left=None, top=None)
                | models.Q(left__gte=0, top__gte=0, left__isnull=False, top__isnull=False),
                name="circulars_stamp_place",
                violation_error_message=_("The stamp has to stand on the page."),
            )
        ]

    def __str__(self) -> str:
        return str(self.delivery)

    @property
    def is_drawn(self) -> bool:
        """Whether ``file`` shows the stamp at its present place."""
        return self.file_id is not None and self.drawn_revision == self.revision

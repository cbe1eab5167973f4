"""One letter for many people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.models.letters import Letter


class MergeRun(models.Model):
    """The list of people for whom a letter is made, one document and one number for each.

    The letter that goes up the chain is the pattern; when it is signed it becomes the first
    person's, and a task makes the others from ``pattern``.
    """

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="merge_run")
    columns = models.JSONField(default=list)
    pattern = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter for many people")
        verbose_name_plural = _("letters for many people")

    def __str__(self) -> str:
        return str(self.letter)


class MergeRow(models.Model):
    """One person of the list, and the document made for them."""

    run = models.ForeignKey(MergeRun, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    letter = models.OneToOneField(
        Letter, models.PROTECT, null=True, related_name="merge_row", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("person of a list")
        verbose_name_plural = _("people of a list")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="circulars_merge_row_once"),
        ]
        indexes = [
            models.Index(
                fields=["run", "position"],
                condition=models.Q(letter=None),
                name="circulars_merge_rows_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}"

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

UNDATED = date(1900, 1, 1)
"""The day of documents that belong to none; no page shows it."""


class Document(models.Model):
    """What is searched of one object of a source, and nothing else: the row stays narrow.

    ``text`` holds title and passages in ``search_form``, one on each line; ``labels`` what the
    result can be narrowed by. Both are indexed together, see the migration ``0002_grams``.
    """

    source = models.CharField(_("source"), max_length=40)
    object_id = models.BigIntegerField(_("object"))
    on_date = models.DateField(_("date"), default=UNDATED)
    title = models.TextField(_("title"))
    text = models.TextField(_("text"))
    labels = ArrayField(models.TextField(), verbose_name=_("labels"), default=list)

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        constraints = [
            models.UniqueConstraint(fields=["source", "object_id"], name="search_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.object_id}"


class Pending(models.Model):
    """An object that changed since it was indexed; written by triggers of its tables.

    No two rows ever wait for each other, so writers do not queue behind the indexer.
    """

    source = models.CharField(_("source"), max_length=40)
    object_id = models.BigIntegerField(_("object"))

    class Meta:
        verbose_name = _("object to index")
        verbose_name_plural = _("objects to index")

    def __str__(self) -> str:
        return f"{self.source}:{self.object_id}"

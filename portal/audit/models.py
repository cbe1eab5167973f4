"""What was done by whom, kept for good: a trigger refuses to change or delete these rows."""

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.audit.labels import action_label
from portal.audit.querysets import AuditRowQuerySet


class CurrentTransaction(models.Func):
    """The number of the writing transaction; it grows for as long as the cluster lives."""

    template = "(pg_current_xact_id()::text)::bigint"
    output_field = models.BigIntegerField()


class AuditRow(models.Model):
    """One action. ``data`` holds ids and states, never contents or names."""

    txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    at = models.DateTimeField(_("time"), default=timezone.now)
    action = models.CharField(_("action"), max_length=100)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    office = models.ForeignKey(
        "org.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("office"),
    )
    about_type = models.CharField(_("kind of object"), max_length=100, blank=True)
    about_id = models.CharField(_("object number"), max_length=64, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    session = models.CharField(_("session"), max_length=16, blank=True)

    objects = AuditRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit rows")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["office", "id"], name="audit_row_office"),
            models.Index(fields=["actor", "id"], name="audit_row_actor"),
            models.Index(fields=["about_type", "about_id", "id"], name="audit_row_about"),
            models.Index(fields=["action", "id"], name="audit_row_action"),
            BrinIndex(fields=["at"], name="audit_row_at", autosummarize=True),
            BrinIndex(fields=["txid"], name="audit_row_txid", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.pk}"

    @property
    def about(self) -> str:
        """The reference of the object, as "circulars.letter:12"; empty when there is none."""
        return f"{self.about_type}:{self.about_id}" if self.about_type else ""

    @property
    def action_label(self) -> str:
        return action_label(self.action)

    @property
    def about_label(self) -> str:
        """The kind of object and its number, "letter 12", without its content."""
        if not self.about_type:
            return ""
        try:
            kind = str(apps.get_model(self.about_type)._meta.verbose_name)
        except LookupError:  # a kind of object that a former version had
            kind = self.about_type
        return f"{kind} {self.about_id}"


class Seal(models.Model):
    """A batch of rows closed into the chain; ``hash`` is the hash of its last row.

    Rows of transactions before ``horizon`` were all visible when the batch was closed, and
    rows up to ``floor_id`` are from before the database was last moved to another cluster.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    horizon = models.BigIntegerField()
    floor_id = models.BigIntegerField(default=0)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}: {self.count}"


class SealedRow(models.Model):
    """The place of one row in the chain: SHA-256 over the hash before it and its content.

    No foreign key to the row: a row that somebody deleted must still be missed here.
    """

    row_id = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="rows", db_index=False)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("sealed audit row")
        verbose_name_plural = _("sealed audit rows")
        ordering = ["seal_id", "row_id"]
        indexes = [models.Index(fields=["seal", "row_id"], name="audit_sealed_place")]

    def __str__(self) -> str:
        return f"#{self.row_id}"

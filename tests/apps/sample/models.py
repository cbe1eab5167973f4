from django.db import models

from portal.core.fields import SealableJSONField, SealableTextField


class PaperState(models.TextChoices):
    DRAFT = "draft", "Draft"
    WAITING = "waiting", "Waiting for signature"
    SIGNED = "signed", "Signed"
    RETURNED = "returned", "Returned"
    VOID = "void", "Void"


class Paper(models.Model):
    """Something with states, an office and a writer.

    No foreign key in the database: apps without migrations get their tables before the others.
    """

    office = models.ForeignKey("org.Office", models.PROTECT, null=True, db_constraint=False)
    writer = models.ForeignKey(
        "users.User", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.DRAFT)
    number = models.PositiveIntegerField(null=True)
    remark = models.CharField(max_length=100, blank=True)
    is_secret = models.BooleanField(default=False)
    words = SealableTextField(sealed_when="is_secret", blank=True)
    facts = SealableJSONField(sealed_when="is_secret", default=dict)

    def __str__(self) -> str:
        return f"Paper {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/sample/{self.pk}/"


class Mark(models.Model):
    """What a task leaves behind, so that a test can count its runs."""

    note = models.CharField(max_length=50)
    request_id = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.note

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums import DeliveryState
from circulars.models.letters import Letter
from circulars.models.registers import RegisterEntry
from circulars.querysets import ReceivedQuerySet
from portal.core.fields import SealableTextField


class Delivery(models.Model):
    """A letter at one recipient, with the time and person of each thing that happened.

    ``delivered_at`` is when it entered the receiver's system and decides a dispute; the time a
    clerk registered it is kept apart (amendment 4, appendix 6, 2.4). An agency outside has no
    register here: ``confirmed_at`` is when it said that it has the letter, ``remote_number``
    the number that it gave it.
    """

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="deliveries")
    state = models.CharField(
        _("state"), max_length=13, choices=DeliveryState, default=DeliveryState.DELIVERED
    )
    delivered_at = models.DateTimeField(_("delivered at"))
    opened_at = models.DateTimeField(_("opened at"), null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    entry = models.OneToOneField(
        RegisterEntry,
        models.PROTECT,
        null=True,
        related_name="delivery",
        verbose_name=_("register entry"),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed by the agency outside"), null=True)
    remote_number = models.CharField(
        _("number in the register of the agency outside"),
        max_length=80,
        blank=True,
        db_default="",
        default="",
    )
    chased_on = models.DateField(_("last chased"), null=True)
    chase_count = models.PositiveSmallIntegerField(_("times chased"), default=0)

    objects = ReceivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-delivered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "unit"],
                name="circulars_delivery_once",
                violation_error_message=_("This recipient has the letter already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[
                        DeliveryState.REGISTERED,
                        DeliveryState.ACKNOWLEDGED,
                        DeliveryState.ANSWERED,
                    ],
                    entry=None,
                    confirmed_at=None,
                ),
                name="circulars_delivery_registered_has_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-delivered_at", "-id"], name="circulars_delivery_inbox"),
            models.Index(
                fields=["unit"],
                condition=models.Q(state=DeliveryState.DELIVERED),
                name="circulars_delivery_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} → {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("circulars:delivery", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """One row's answer of ``ReceivedQuerySet.overdue``."""
        due, owed = self.letter.due_on, self.acknowledged_at
        if self.letter.answer_wanted:
            owed = self.answered_at
        is_late = due is not None and due < timezone.localdate()
        return is_late and owed is None and self.state != DeliveryState.UNDELIVERABLE


class Answer(models.Model):
    """What a recipient answers, in words and files."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="answers")
    text = SealableTextField(_("answer"), sealed_when="delivery.letter.is_secret", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_for = models.CharField(_("sender of the reply"), max_length=320, blank=True)
    answered_at = models.DateTimeField()
    files = models.ManyToManyField("files.StoredFile", related_name="+", blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["answered_at", "pk"]

    def __str__(self) -> str:
        return f"{self.delivery} {self.answered_at:%Y-%m-%d}"

    @property
    def author(self) -> str:
        """Who answers: somebody of the portal, or the sender of a mail."""
        return str(self.answered_by or self.answered_for)


class Forward(models.Model):
    """A delivered letter handed to a person inside the unit."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="forwards")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="forwarded_letters",
        verbose_name=_("to"),
    )
    note = SealableTextField(
        _("note"), sealed_when="delivery.letter.is_secret", max_length=500, blank=True
    )
    forwarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    forwarded_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("forward")
        verbose_name_plural = _("forwards")
        ordering = ["forwarded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "person"],
                name="circulars_forward_once",
                violation_error_message=_("This person has the letter already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.delivery} → {self.person}"

"""A notice is written once, a notification for each person, a delivery for each mail."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.core.registry import notification_kinds
from portal.notifications.enums import Channel, DeliveryState
from portal.notifications.message_ids import message_id
from portal.notifications.querysets import DeliveryQuerySet, NotificationQuerySet


class Notice(models.Model):
    """What is to be told, the same for everyone who is told: one row for each ``notify``."""

    kind = models.CharField(_("kind"), max_length=60)
    about = models.CharField(_("about"), max_length=120)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    url = models.CharField(_("page"), max_length=500)
    context = models.JSONField(_("words"), default=dict)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Notification(models.Model):
    """One person's copy of a notice. ``in_app`` says whether the bell shows it."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="notifications", verbose_name=_("notice")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        db_index=False,
        verbose_name=_("person"),
    )
    in_app = models.BooleanField(_("shown in the portal"), default=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["person", "id"], name="notifications_list"),
            models.Index(
                fields=["person", "-id"],
                name="notifications_unread",
                condition=models.Q(read_at=None, in_app=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} → {self.person_id}"


class Delivery(models.Model):
    """A notification on its way by e-mail.

    ``next_at`` is when it is due; while a worker holds it, when the worker counts as dead.
    """

    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="deliveries", verbose_name=_("notification")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    state = models.CharField(
        _("state"), max_length=8, choices=DeliveryState, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="notifications_due",
                condition=models.Q(
                    state__in=[
                        DeliveryState.PENDING,
                        DeliveryState.CLAIMED,
                        DeliveryState.FAILED,
                    ]
                ),
            ),
            models.Index(
                fields=["id"],
                name="notifications_dead",
                condition=models.Q(state=DeliveryState.DEAD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"

    @property
    def kind_label(self) -> str:
        """What the mail was about, without a word of its content."""
        code = self.notification.notice.kind
        return str(notification_kinds.get(code).label) if code in notification_kinds else code

    @property
    def message_id(self) -> str:
        return message_id(self.pk, self.notification.notice.created_at)


class Preference(models.Model):
    """A person's choice for one kind and channel, where it differs from what the kind brings."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    is_on = models.BooleanField(_("on"))

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="notifications_preference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}"

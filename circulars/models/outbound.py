"""What leaves the house: letters to agencies outside, receipts, reports to partners."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from circulars.mail.enums import OutboundKind, OutboundState, Way
from circulars.models.deliveries import Delivery
from circulars.models.exchange import ExchangeArrival
from circulars.models.mail import IncomingMail
from circulars.querysets_mail import OutboundQuerySet

TOKEN_LENGTH = 32


def new_token() -> str:
    """Names something on its way to others; cannot be guessed, so it also opens its files."""
    return get_random_string(TOKEN_LENGTH, "abcdefghijklmnopqrstuvwxyz0123456789")


class Outbound(models.Model):
    """One thing to send to one address, until it is sent or given up.

    ``next_at`` is when it is due; while a worker holds it, when the worker counts as dead. The
    token is the same at every attempt, so that what arrives twice can be told to be one.
    """

    office = models.ForeignKey("org.Office", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=OutboundKind)
    way = models.CharField(_("by"), max_length=6, choices=Way, default=Way.EMAIL)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    address = models.CharField(_("address"), max_length=320)
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="outbounds")
    mail = models.ForeignKey(IncomingMail, models.CASCADE, null=True, related_name="outbounds")
    arrival = models.ForeignKey(
        ExchangeArrival, models.CASCADE, null=True, related_name="outbounds"
    )
    details = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=7, choices=OutboundState, default=OutboundState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutboundQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="circulars_outbound_due",
                condition=models.Q(
                    state__in=[
                        OutboundState.PENDING,
                        OutboundState.CLAIMED,
                        OutboundState.FAILED,
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.address}"

    @property
    def message_id(self) -> str:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        return f"<{self.kind}.{self.token}@{host}>"

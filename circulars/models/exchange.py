"""Partners: other portals with which letters are exchanged over signed requests."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.models.deliveries import Delivery


class ExchangeKey(models.Model):
    """The key pair of an office; ``secret`` is the private half, encrypted.

    ``code`` is the name under which partners know the office.
    """

    office = models.OneToOneField("org.Office", models.CASCADE, related_name="exchange_key")
    code = models.CharField(_("code for partners"), max_length=60)
    public_key = models.CharField(_("public key"), max_length=64)
    secret = models.TextField(editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("key of the office")
        verbose_name_plural = _("keys of offices")

    def __str__(self) -> str:
        return self.code


class ExchangePartner(models.Model):
    """Another portal: its agency here, where it is reached and how its signature is checked."""

    office = models.ForeignKey("org.Office", models.CASCADE, related_name="exchange_partners")
    unit = models.OneToOneField(
        "org.Unit", models.PROTECT, related_name="exchange_partner", verbose_name=_("agency")
    )
    code = models.CharField(
        _("its code"), max_length=60, help_text=_("As the partner's own page shows it.")
    )
    url = models.URLField(
        _("address of its portal"), help_text=_("As in https://portal.example.go.th")
    )
    public_key = models.CharField(
        _("its public key"), max_length=64, help_text=_("As the partner's own page shows it.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("admitted by"),
        help_text=_("In whose name the letters of this partner are taken in."),
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "code"],
                name="circulars_partner_once",
                violation_error_message=_("There is already a partner of this code."),
            )
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeNonce(models.Model):
    """A request that was heard already; the same again is refused."""

    partner = models.ForeignKey(ExchangePartner, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    heard_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "nonce"], name="circulars_nonce_once")
        ]

    def __str__(self) -> str:
        return self.nonce


class ExchangeArrival(models.Model):
    """A letter that came as a package: from which partner, under which of its numbers.

    ``reported`` is the last state that the partner was told of.
    """

    partner = models.ForeignKey(ExchangePartner, models.PROTECT, related_name="arrivals")
    package_id = models.CharField(max_length=64)
    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="arrival")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    reported = models.CharField(max_length=13, blank=True)
    wants_reports = models.BooleanField(default=True)
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("letter from a partner")
        verbose_name_plural = _("letters from partners")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "package_id"], name="circulars_arrival_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.package_id}"

"""Invitations to an account, the history of sign-ins, known devices and outgoing mails."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import InvitationState, SignInResult
from portal.accounts.querysets import InvitationQuerySet, SignInQuerySet
from portal.org.enums import Role


def new_nonce() -> str:
    return secrets.token_hex(16)


class Invitation(models.Model):
    """A person is asked to open an account, which will hold ``role`` in ``unit``.

    The link carries the signed pair (id, nonce). A new nonce makes older links worthless, and a
    stored row alone cannot be turned into a link without the secret key.
    """

    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, related_name="invitations", verbose_name=_("unit")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    position = models.ForeignKey(
        "org.Position",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("position"),
    )
    starts_on = models.DateField(_("in the role from"))
    email = models.EmailField(_("e-mail address"))
    title = models.CharField(_("title"), max_length=40, blank=True)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="invitations_made",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("last mail"), null=True, blank=True)
    sent_nonce = models.CharField(max_length=32, blank=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name=_("account"),
    )
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_withdrawn",
        verbose_name=_("withdrawn by"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_one_open",
                violation_error_message=_("This address has an open invitation already."),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, account=None)
                | models.Q(accepted_at__isnull=False, account__isnull=False, revoked_at=None),
                name="accounts_invitation_accepted",
                violation_error_message=_(
                    "An accepted invitation has an account and is not withdrawn."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} <{self.email}>"

    @property
    def full_name(self) -> str:
        return f"{self.title}{self.first_name} {self.last_name}".strip()

    @property
    def state(self) -> InvitationState:
        return self.state_at(timezone.now())

    def state_at(self, now: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.PENDING if now < self.expires_at else InvitationState.EXPIRED


class SignIn(models.Model):
    """One try to sign in to a known account. What was typed is never kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sign_ins",
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    result = models.CharField(_("result"), max_length=20, choices=SignInResult)
    method = models.CharField(_("method"), max_length=40, blank=True)
    browser = models.CharField(_("browser"), max_length=100, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="accounts_signin_of_person"),
            models.Index(fields=["-at", "-id"], name="accounts_signin_time"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_result_display()}"


class KnownDevice(models.Model):
    """A browser that a person signed in from. Its cookie is stored as a hash only."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="known_devices",
        verbose_name=_("person"),
    )
    token_hash = models.CharField(max_length=64, editable=False)
    browser = models.CharField(_("browser"), max_length=100, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        ordering = ["-last_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "token_hash"], name="accounts_device_unique")
        ]

    def __str__(self) -> str:
        return self.browser


class AccountMail(models.Model):
    """A mail about an account, rendered in the request and sent by a worker.

    Its words may hold a link that opens the account, so they are wiped once it is sent.
    """

    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("account mail")
        verbose_name_plural = _("account mails")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

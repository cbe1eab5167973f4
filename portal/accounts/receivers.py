"""Everything that happens to an account is written down, wherever allauth does it."""

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.usersessions.internal import flows as usersessions
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.adapters import client_of
from portal.accounts.enums import SignInResult
from portal.accounts.middleware import FACTOR_KEY, SEEN_KEY
from portal.accounts.services import devices, sign_ins
from portal.audit import service as audit
from portal.users.models import User

DEVICE_COOKIE = "portal_device"
DEVICE_SECONDS = 400 * 24 * 60 * 60  # browsers keep no cookie longer
INVITED_KEY = "accounts.invited"


@receiver(account.user_logged_in)
def on_signed_in(request: HttpRequest, response: Any, user: User, **kwargs: Any) -> None:
    client = client_of(request)
    request.session[SEEN_KEY] = int(time.time())
    sign_ins.record_success(user=user, client=client, method=_steps(request, user))
    token = devices.see_device(
        user=user,
        token=request.COOKIES.get(DEVICE_COOKIE, ""),
        user_agent=client.user_agent,
        ip=client.ip,
        announce=not request.session.pop(INVITED_KEY, False),
    )
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@receiver(user_logged_out)
def on_signed_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        sign_ins.record_sign_out(user=user)


@receiver([account.password_changed, account.password_set])
def on_password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever knew the old password is signed out everywhere else."""
    audit.record(action="account.password_changed", actor=user, about=user)
    usersessions.sessions.end_other_sessions(request, user)


@receiver(account.password_reset)
def on_password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    audit.record(action="account.password_reset", actor=user, about=user)
    usersessions.sessions.end_other_sessions(request, user)


@receiver(account.email_added)
def on_email_added(user: User, **kwargs: Any) -> None:
    audit.record(action="account.email_added", actor=user, about=user)


@receiver(account.email_changed)
def on_email_changed(user: User, **kwargs: Any) -> None:
    audit.record(action="account.email_changed", actor=user, about=user)


@receiver(mfa.authenticator_added)
def on_factor_added(user: User, authenticator: Any, **kwargs: Any) -> None:
    _record_factor("account.factor_added", user, authenticator)


@receiver(mfa.authenticator_removed)
def on_factor_removed(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    request.session.pop(FACTOR_KEY, None)
    _record_factor("account.factor_removed", user, authenticator)


@receiver(mfa.authenticator_reset)
def on_factor_reset(user: User, authenticator: Any, **kwargs: Any) -> None:
    _record_factor("account.factor_renewed", user, authenticator)


@receiver(mfa.authentication_failed)
def on_wrong_code(request: HttpRequest, user: User, reauthentication: bool, **kwargs: Any) -> None:
    if reauthentication:
        audit.record(action="account.identity_refused", actor=user, about=user)
        return
    sign_ins.record_failure(user=user, client=client_of(request), result=SignInResult.WRONG_CODE)


@receiver(pre_save, sender=get_user_model())
def lower_email(instance: User, **kwargs: Any) -> None:
    """Addresses are compared in lower case, so they are kept so."""
    instance.email = instance.email.strip().lower()


@receiver(post_save, sender=get_user_model())
def follow_email(
    instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """An address given in the back-office counts at once, and the old one no longer.

    The administrator's word stands for the confirmation; only what a person changes alone has
    to be confirmed by a mail.
    """
    if raw or (update_fields is not None and "email" not in update_fields):
        return
    with transaction.atomic():
        rows = EmailAddress.objects.select_for_update().filter(user=instance)
        if not instance.email:
            rows.delete()
        elif not rows.filter(email=instance.email).exists():
            rows.delete()
            EmailAddress.objects.create(
                user=instance, email=instance.email, primary=True, verified=True
            )


def _record_factor(action: str, user: User, authenticator: Any) -> None:
    audit.record(action=action, actor=user, about=user, data={"kind": str(authenticator.type)})


def _steps(request: HttpRequest, user: User) -> str:
    """How the person got in: "password", "password+totp", "passkey", "invitation"."""
    names = []
    for record in get_authentication_records(request, user):
        name = record["method"] if record["method"] != "mfa" else record.get("type", "mfa")
        if record.get("passwordless"):
            name = "passkey"
        names.append(name)
    return "+".join(dict.fromkeys(names))

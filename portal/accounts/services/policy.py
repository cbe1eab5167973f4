"""Who must own a second factor, and who does."""

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings

from portal.org.permissions import roles_of

if TYPE_CHECKING:
    from portal.users.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have_second_factor(user: "User") -> bool:
    """Whether the setting ``SECOND_FACTOR_ROLES`` (or the back-office) asks one of ``user``."""
    if user.is_staff or user.is_superuser:
        return True
    return any(role in settings.SECOND_FACTOR_ROLES for role, _unit in roles_of(user))


def has_second_factor(user: "User") -> bool:
    """Whether ``user`` has an authenticator app or a passkey; recovery codes alone do not count."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()

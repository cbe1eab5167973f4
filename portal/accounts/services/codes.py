"""One-time codes are used once, whatever page they are typed on."""

from typing import TYPE_CHECKING

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from portal.core.thai.digits import to_arabic

if TYPE_CHECKING:
    from portal.users.models import User


def normal_code(code: str) -> str:
    """The code as stored: Thai digits become Arabic ones, blanks and dashes go."""
    return normalize_user_code(to_arabic(code))


def was_used(user: "User", code: str) -> bool:
    return cache.get(_key(user, code)) is not None


def claim(user: "User", code: str) -> bool:
    """Mark ``code`` as used; False when somebody was faster.

    allauth remembers a code for one period only, but with a tolerance of one step the code
    stays valid for three, so that it is kept for that long here.
    """
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return cache.add(_key(user, code), "used", seconds)


def use_code(user: "User", code: str) -> str:
    """Spend a code of the authenticator app or a recovery code.

    Returns the kind of authenticator that accepted it, or an empty string.
    """
    code = normal_code(code)
    if not code or was_used(user, code):
        return ""
    authenticators = Authenticator.objects.filter(user_id=user.pk).exclude(
        type=Authenticator.Type.WEBAUTHN
    )
    for authenticator in authenticators:
        if authenticator.wrap().validate_code(code):
            if not claim(user, code):
                return ""
            authenticator.record_usage()
            return str(authenticator.type)
    return ""


def _key(user: "User", code: str) -> str:
    return f"accounts.code.{user.pk}.{normal_code(code)}"

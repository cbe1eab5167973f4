"""Passwords and private keys at rest: a database dump alone does not tell them."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.core.errors import PortalError


class SecretLost(PortalError):
    """No key that the installation has opens what was stored."""

    code = "secret_lost"


def seal(text: str) -> str:
    return _box(_keys()).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Raises ``SecretLost`` when no key fits, as after a change of keys without the old one."""
    try:
        return _box(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretLost(
            _("The stored password can no longer be read. Please enter it again.")
        ) from error


def _keys() -> tuple[str, ...]:
    """The configured keys, newest first; without any, one that follows from SECRET_KEY."""
    if settings.MAIL_ENCRYPTION_KEYS:
        return tuple(settings.MAIL_ENCRYPTION_KEYS)
    digest = salted_hmac("circulars.mail.secrets", "mail", algorithm="sha256").digest()
    return (base64.urlsafe_b64encode(digest).decode(),)


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])

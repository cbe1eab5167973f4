"""Authenticator secrets are encrypted at rest; keys can be rotated."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(text: str) -> str:
    return _fernet(_keys()).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when no key fits."""
    return _fernet(_keys()).decrypt(token.encode()).decode()


def _keys() -> tuple[str, ...]:
    """The configured keys, newest first; without any, one that follows from SECRET_KEY."""
    if settings.ACCOUNT_ENCRYPTION_KEYS:
        return tuple(settings.ACCOUNT_ENCRYPTION_KEYS)
    digest = salted_hmac("portal.accounts.crypto", "mfa", algorithm="sha256").digest()
    return (base64.urlsafe_b64encode(digest).decode(),)


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])

"""Authenticator secrets are encrypted at rest; keys can be rotated."""

from cryptography.fernet import MultiFernet
from django.conf import settings

from portal.core.sealing import box


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when no key fits."""
    return _box().decrypt(token.encode()).decode()


def _box() -> MultiFernet:
    return box("portal.accounts.crypto", settings.ACCOUNT_ENCRYPTION_KEYS)

"""Passwords and private keys at rest: a database dump alone does not tell them."""

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from portal.core.errors import PortalError
from portal.core.sealing import box


class SecretLost(PortalError):
    """No key that the installation has opens what was stored."""

    code = "secret_lost"


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Raises ``SecretLost`` when no key fits, as after a change of keys without the old one."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretLost(
            _("The stored password can no longer be read. Please enter it again.")
        ) from error


def _box() -> MultiFernet:
    return box("circulars.mail.secrets", settings.MAIL_ENCRYPTION_KEYS)

"""Words at rest that a copy of the database alone does not tell.

Each purpose has keys of its own, so that what leaks in one place opens nothing elsewhere. Keys
are in the environment, newest first; all of them open, the first one seals. Without any, a key
follows from SECRET_KEY.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.core.errors import PortalError


class SealLost(PortalError):
    """No key of this installation opens what was sealed."""

    code = "seal_lost"


def box(purpose: str, keys: Sequence[str] = ()) -> MultiFernet:
    """What seals and opens for ``purpose``; ``keys`` are Fernet keys, newest first."""
    return _box(tuple(keys) or (_derived(purpose, settings.SECRET_KEY),))


def seal(text: str) -> str:
    """``text`` as a token of ASCII for a column or file of the portal."""
    return seal_bytes(text.encode()).decode()


def unseal(token: str) -> str:
    """The text of ``seal``. Raises ``SealLost`` when no key fits."""
    return unseal_bytes(token.encode()).decode()


def seal_bytes(data: bytes) -> bytes:
    return _own_box().encrypt(data)


def unseal_bytes(token: bytes) -> bytes:
    """The bytes of ``seal_bytes``. Raises ``SealLost`` when no key fits."""
    try:
        return _own_box().decrypt(token)
    except InvalidToken as error:
        raise SealLost(
            _("What was kept under a key cannot be opened: the key is missing.")
        ) from error


def _own_box() -> MultiFernet:
    return box("portal.core.sealing", settings.CONTENT_KEYS)


@lru_cache(maxsize=16)
def _derived(purpose: str, secret: str) -> str:
    digest = salted_hmac(purpose, "sealing", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode()


@lru_cache(maxsize=16)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])

"""Ed25519 keys and signatures, as text that people can copy and compare."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_RAW = serialization.Encoding.Raw


def new_pair() -> tuple[str, str]:
    """(private, public), each 32 bytes in base64."""
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(
        _RAW, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)
    return _text(secret), _text(public)


def sign(private: str, message: bytes) -> str:
    """The signature of ``message`` in base64."""
    return _text(Ed25519PrivateKey.from_private_bytes(_bytes(private)).sign(message))


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Whether the holder of the public key's other half signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_public_key(text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(text))
    except ValueError:
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Raises ``ValueError`` for what is not base64."""
    try:
        return base64.b64decode(text.encode(), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error

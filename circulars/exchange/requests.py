"""Signed requests between two portals: who asks, when, what exactly, and only once."""

import hashlib
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from circulars.exchange import keys
from circulars.exchange.errors import PartnerError, RequestRefused
from circulars.exchange.package import moment_of
from circulars.mail import addresses
from portal.core.errors import InvalidInput

SENDER = "X-Exchange-Sender"
RECEIVER = "X-Exchange-Receiver"
TIME = "X-Exchange-Time"
NONCE = "X-Exchange-Nonce"
SIGNATURE = "X-Exchange-Signature"

LETTERS = "/exchange/letters/"
STATUS = "/exchange/status/"

_MAX_ANSWER = 64_000
_NEVER = frozenset({400, 403, 404, 405, 410, 413, 415, 422})
"""Answers that stay the same however often one asks."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: the office's code and private key."""

    code: str
    private_key: str


def signed_headers(identity: Identity, receiver: str, path: str, body: bytes) -> dict[str, str]:
    stamp, nonce = timezone.now().isoformat(), secrets.token_urlsafe(24)
    text = _signed_text(identity.code, receiver, path, stamp, nonce, body)
    return {
        SENDER: identity.code,
        RECEIVER: receiver,
        TIME: stamp,
        NONCE: nonce,
        SIGNATURE: keys.sign(identity.private_key, text),
    }


def check_signature(headers: Mapping[str, str], *, public_key: str, path: str, body: bytes) -> str:
    """The request's nonce, once its signature and time were found right.

    Raises ``RequestRefused``. Whether the nonce is new is the caller's to remember.
    """
    moment = moment_of(headers.get(TIME, ""))
    nonce = headers.get(NONCE, "")
    if moment is None or not 16 <= len(nonce) <= 64:
        raise RequestRefused(code="no_signature")
    if abs(timezone.now() - moment) > timedelta(seconds=settings.EXCHANGE_CLOCK_SECONDS):
        raise RequestRefused(code="clock")
    text = _signed_text(
        headers.get(SENDER, ""), headers.get(RECEIVER, ""), path, headers[TIME], nonce, body
    )
    if not keys.is_signed(public_key, text, headers.get(SIGNATURE, "")):
        raise RequestRefused(code="bad_signature")
    return nonce


def post(
    base: str, path: str, body: bytes, headers: Mapping[str, str], content_type: str
) -> dict[str, Any]:
    """Send to a partner's portal; its JSON answer. Redirects are not followed.

    Raises ``PartnerError``.
    """
    parts = urlsplit(base)
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.request(
                "POST",
                parts.path.rstrip("/") + path,
                body=body,
                headers={**headers, "Content-Type": content_type},
            )
            answer = connection.getresponse()
            text = answer.read(_MAX_ANSWER)
        finally:
            connection.close()
    except InvalidInput as error:
        raise PartnerError(str(error), is_final=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise PartnerError(f"{type(error).__name__}: {error}"[:300]) from error
    if answer.status != http.HTTPStatus.OK:
        raise PartnerError(_said(answer.status, text), is_final=answer.status in _NEVER)
    return _json(text)


class _Pinned(http.client.HTTPSConnection):
    """Calls the address that was checked, under the name that the certificate must bear."""

    def connect(self) -> None:
        address = addresses.resolve(self.host, self.port)
        plain = socket.create_connection((address, self.port), self.timeout)
        self.sock = _trust().wrap_socket(plain, server_hostname=self.host)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """Over TLS; without it only inside one's own network, to try things out."""
    if scheme == "https":
        return _Pinned(host, port or 443, timeout=settings.MAIL_TIMEOUT)
    if scheme == "http" and addresses.is_inside(host):
        return http.client.HTTPConnection(host, port or 80, timeout=settings.MAIL_TIMEOUT)
    raise PartnerError("the partner's address must begin with https://", is_final=True)


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.EXCHANGE_CA_FILE:
        context.load_verify_locations(settings.EXCHANGE_CA_FILE)
    return context


def _signed_text(
    sender: str, receiver: str, path: str, stamp: str, nonce: str, body: bytes
) -> bytes:
    lines = ("v1", "POST", path, sender, receiver, stamp, nonce, hashlib.sha256(body).hexdigest())
    return "\n".join(lines).encode()


def _said(status: int, text: bytes) -> str:
    code = _json(text).get("error", "")
    return f"{status} {code}".strip()[:300]


def _json(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}

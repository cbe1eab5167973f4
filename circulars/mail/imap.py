"""The central mailbox over IMAP: look, fetch whole mails, move them when they are kept.

Nothing is marked or moved by reading (``BODY.PEEK``), so a connection that breaks at any point
leaves the mail where it was.
"""

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from circulars.mail import addresses
from circulars.mail.enums import Security

FAULTS = (imaplib.IMAP4.error, OSError)
"""What a server or the way to it can do to us; a TLS fault is an ``OSError`` too."""

_MAX_REASON = 300


class MailboxError(Exception):
    """The server refused or went away; ``str()`` is what the clerk reads."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a mailbox is and how to get in."""

    host: str
    port: int
    security: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server keeps it, and when it came to the server."""

    raw: bytes
    arrived_at: datetime | None


@contextmanager
def connect(access: Access) -> Iterator["Session"]:
    """A signed-in session. Raises ``MailboxError`` for whatever goes wrong on the way."""
    try:
        client = _open(access)
        try:
            client.login(access.username, access.password)
            yield Session(client)
        finally:
            _leave(client)
    except FAULTS as error:
        raise MailboxError(_reason(error)) from error


class Session:
    """One signed-in connection; folders are named as people read them."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client
        # Many servers name all that they can do only to those who signed in.
        said = self._ask("capability")
        self._abilities = frozenset(b" ".join(filter(None, said)).decode("ascii").upper().split())

    def has_folder(self, name: str) -> bool:
        status, rows = self._client.list('""', _quoted(name))
        return status == "OK" and any(row is not None for row in rows)

    def make_folder(self, name: str) -> None:
        if not self.has_folder(name):
            self._ask("create", _quoted(name))

    def select(self, folder: str) -> list[int]:
        """Open a folder; the numbers (UIDs) of its mails, oldest first."""
        self._ask("select", _quoted(folder))
        found = self._ask("uid", "SEARCH", "ALL")
        return sorted(int(number) for number in (found[0] or b"").split())

    def size(self, uid: int) -> int:
        """In bytes; 0 when the mail is gone."""
        rows = self._ask("uid", "FETCH", str(uid), "(RFC822.SIZE)")
        match = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(_heads(rows)))
        return int(match[1]) if match else 0

    def fetch(self, uid: int, *, only_head: bool = False) -> Fetched | None:
        """The whole mail, or its header; None when somebody took it away meanwhile."""
        part = "BODY.PEEK[HEADER]" if only_head else "BODY.PEEK[]"
        rows = self._ask("uid", "FETCH", str(uid), f"(INTERNALDATE {part})")
        for row in rows:
            if isinstance(row, tuple):
                return Fetched(raw=row[1], arrived_at=_internal_date(row[0]))
        return None

    def move(self, uid: int, folder: str) -> None:
        """Out of the open folder, in one step where the server can."""
        if "MOVE" in self._abilities:
            self._ask("uid", "MOVE", str(uid), _quoted(folder))
            return
        self._ask("uid", "COPY", str(uid), _quoted(folder))
        self.remove(uid)

    def find(self, message_id: str) -> list[int]:
        """Mails of the open folder with this Message-ID."""
        wanted = message_id.replace("\\", "").replace('"', "")
        found = self._ask("uid", "SEARCH", "HEADER", "Message-ID", f'"{wanted}"')
        return [int(number) for number in (found[0] or b"").split()]

    def remove(self, uid: int) -> None:
        """Delete for good."""
        self._ask("uid", "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._abilities:
            self._ask("uid", "EXPUNGE", str(uid))
        else:
            self._ask("expunge")

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        status, rows = getattr(self._client, command)(*arguments)
        if status != "OK":
            raise imaplib.IMAP4.error((rows and rows[0]) or command)
        return list(rows)


class _Plain(imaplib.IMAP4):
    """Calls the address that was checked, whatever the name leads to a moment later."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        address = addresses.resolve(self.host, self.port)
        return socket.create_connection((address, self.port), timeout)


class _Tls(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        address = addresses.resolve(self.host, self.port)
        plain = socket.create_connection((address, self.port), timeout)
        return self.ssl_context.wrap_socket(plain, server_hostname=self.host)


def tls_context(host: str) -> ssl.SSLContext:
    """Certificates are checked, but for hosts that the installation calls its own."""
    context = ssl.create_default_context()
    if addresses.is_inside(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def folder_name(name: str) -> str:
    """Modified UTF-7 (RFC 3501, 5.1.3): how IMAP writes a folder called ``งานสารบรรณ``."""
    return re.sub(r"&|[^\x20-\x7e]+", _shifted, name)


def _open(access: Access) -> imaplib.IMAP4:
    timeout = settings.MAIL_TIMEOUT
    if access.security == Security.TLS:
        context = tls_context(access.host)
        return _Tls(access.host, access.port, ssl_context=context, timeout=timeout)
    client = _Plain(access.host, access.port, timeout=timeout)
    if access.security == Security.STARTTLS:
        client.starttls(tls_context(access.host))
    return client


def _leave(client: imaplib.IMAP4) -> None:
    try:
        client.logout()
    except FAULTS:
        client.shutdown()


def _quoted(name: str) -> str:
    escaped = folder_name(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _shifted(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    packed = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=")
    return f"&{packed.replace('/', ',')}-"


def _heads(rows: list[Any]) -> list[bytes]:
    return [row[0] if isinstance(row, tuple) else row for row in rows if row]


def _internal_date(head: bytes) -> datetime | None:
    match = re.search(rb'INTERNALDATE "([^"]+)"', head)
    if match is None:
        return None
    moment = datetime.strptime(match[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    return moment.astimezone(UTC)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return _("The server did not answer in time.")
    if isinstance(error, ssl.SSLError):
        return _("The server's certificate or encryption is not accepted: %(why)s") % {
            "why": str(error)[:200]
        }
    said = error.args[0] if error.args else error
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return (words or type(error).__name__)[:_MAX_REASON]

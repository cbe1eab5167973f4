"""The part of clamd's protocol that is needed: one file in, one verdict out.

A command begins with "z" and ends with NUL; INSTREAM is followed by chunks, each with its length
in four bytes, and a length of zero. The answer is "stream: OK", "stream: <name> FOUND" or
something that ends with "ERROR" (clamd(8), section COMMANDS).
"""

import socket
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

from portal.files.errors import ScannerUnavailable

_CHUNK = 1 << 16
_ANSWER_BYTES = 4096


def scan(file: BinaryIO, *, url: str, timeout: float) -> str:
    """The name of the virus in ``file``, or "" when there is none.

    ``timeout`` is in seconds for each step. Raises ``ScannerUnavailable`` when clamd is not
    there, does not answer in time, or answers with an error (a file over its StreamMaxLength).
    """
    try:
        with _connected(url, timeout) as connection:
            # A refused stream is closed by clamd while we send; its answer says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(connection, file)
            answer = _answer(connection)
    except OSError as error:
        raise ScannerUnavailable(str(error) or type(error).__name__) from error
    return _verdict(answer)


def _connected(url: str, timeout: float) -> socket.socket:
    address = urlsplit(url)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    if address.scheme == "tcp" and address.hostname:
        return socket.create_connection((address.hostname, address.port or 3310), timeout)
    raise ScannerUnavailable(f"CLAMD_URL is neither unix:///path nor tcp://host:port: {url}")


def _send(connection: socket.socket, file: BinaryIO) -> None:
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(_CHUNK):
        connection.sendall(len(chunk).to_bytes(4) + chunk)
    connection.sendall((0).to_bytes(4))


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < _ANSWER_BYTES:
        part = connection.recv(_ANSWER_BYTES)
        if not part:
            break
        received += part
    return received.rstrip(b"\0").decode("utf-8", "replace")


def _verdict(answer: str) -> str:
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerUnavailable(answer or "the connection was closed without an answer")

"""Network addresses: whether a port is free, who has it, and whether a server answers there."""

import contextlib
import socket
import urllib.error
import urllib.request

import psutil
import psycopg2
import redis

from portal.embedded.errors import EmbeddedError

MAIL_PORT = 1025


def check_port(host: str, port: int) -> None:
    """EmbeddedError with the name of the other program when ``port`` cannot be had."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except PermissionError as error:
        raise EmbeddedError(
            f"Port {port} is for the administrator of the machine. Choose one above 1023: "
            "make run PORT=8001"
        ) from error
    except (OSError, OverflowError) as error:
        raise EmbeddedError(
            f"Port {port} is taken{_taken_by(port)}.\n"
            f"End that program, or choose another port: make run PORT={port + 1}"
        ) from error


def mail_port() -> int:
    """The usual port of trial mail servers, or any free one."""
    for port in (MAIL_PORT, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise EmbeddedError("No port is free for the mail server of the trial.")


def site_answers(url: str) -> bool:
    """Whether the site gives any answer at all; EmbeddedError when it answers with a fault."""
    try:
        with urllib.request.urlopen(url, timeout=30):  # noqa: S310  (our own http address)
            return True
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise EmbeddedError(f"The site answers with error {error.code}.") from error
        return True
    except OSError:
        return False


def check_database(url: str) -> None:
    """EmbeddedError when the PostgreSQL that the environment names cannot be used."""
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as error:
        raise EmbeddedError(
            f"DATABASE_URL does not lead to a PostgreSQL that lets us in:\n    {error}".rstrip()
        ) from error


def check_redis(url: str) -> None:
    """EmbeddedError when the Redis that the environment names cannot be used."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=10)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as error:
        raise EmbeddedError(
            f"REDIS_URL does not lead to a Redis that lets us in:\n    {error}"
        ) from error


def _taken_by(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
            with contextlib.suppress(psutil.Error):
                name = psutil.Process(connection.pid).name() if connection.pid else "?"
                return f" by {name} (process {connection.pid})"
    return ""

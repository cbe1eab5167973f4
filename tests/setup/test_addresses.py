import os
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import psutil
import pytest
from django.conf import settings
from django.db import connection

from portal.embedded import addresses
from portal.embedded.addresses import (
    check_database,
    check_port,
    check_redis,
    mail_port,
    site_answers,
)
from portal.embedded.errors import EmbeddedError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a site that answers every request with the status of the parameter."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_free_port_passes() -> None:
    check_port("127.0.0.1", free_port())


def test_taken_port_names_who_has_it_and_the_way_out(taken: int) -> None:
    with pytest.raises(EmbeddedError) as caught:
        check_port("127.0.0.1", taken)
    name = psutil.Process().name()
    assert str(caught.value) == (
        f"Port {taken} is taken by {name} (process {os.getpid()}).\n"
        f"End that program, or choose another port: make run PORT={taken + 1}"
    )


def test_taken_port_without_the_right_to_look_who_has_it(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    with pytest.raises(EmbeddedError, match=rf"^Port {taken} is taken\.\n"):
        check_port("127.0.0.1", taken)


def test_port_that_is_no_port_is_refused() -> None:
    with pytest.raises(EmbeddedError, match=r"^Port 70000 is taken\.|no port"):
        check_port("127.0.0.1", 70000)


def test_port_of_the_administrator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(EmbeddedError, match=r"^Port 80 is for the administrator"):
        check_port("127.0.0.1", 80)


def test_mail_port_is_another_one_when_the_usual_one_is_taken(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MAIL_PORT", taken)
    assert mail_port() != taken


def test_mail_port_that_nobody_gives_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(EmbeddedError, match="No port is free"):
        mail_port()


@pytest.mark.parametrize("site", [200, 404], indirect=True)
def test_site_answers_when_it_says_anything(site: str) -> None:
    assert site_answers(site) is True


@pytest.mark.parametrize("site", [500], indirect=True)
def test_site_with_a_fault_is_an_error(site: str) -> None:
    with pytest.raises(EmbeddedError, match=r"^The site answers with error 500\.$"):
        site_answers(site)


def test_site_that_is_not_there_does_not_answer() -> None:
    assert site_answers(f"http://127.0.0.1:{free_port()}/") is False


def test_servers_of_the_environment_pass_when_they_can_be_used() -> None:
    check_redis(settings.REDIS_URL)
    check_database(os.environ["DATABASE_URL"])
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/x", "nonsense"])
def test_database_that_cannot_be_used_is_explained(url: str) -> None:
    with pytest.raises(EmbeddedError, match=r"^DATABASE_URL does not lead to a PostgreSQL"):
        check_database(url)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense"])
def test_redis_that_cannot_be_used_is_explained(url: str) -> None:
    with pytest.raises(EmbeddedError, match=r"^REDIS_URL does not lead to a Redis"):
        check_redis(url)

"""The client against a server that speaks clamd's protocol, and against ones that do not."""

import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from portal.files.clamd import scan
from portal.files.errors import ScannerUnavailable
from tests.servers.clamd import EICAR, FakeClamd


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FakeClamd]:
    with FakeClamd(tmp_path if request.param == "unix" else None) as server:
        yield server


def unavailable(url: str, data: bytes = b"x", timeout: float = 5) -> str:
    with pytest.raises(ScannerUnavailable) as caught:
        scan(BytesIO(data), url=url, timeout=timeout)
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 65_536, 200_001])
def test_scan_sends_every_byte_and_finds_nothing(clamd: FakeClamd, size: int) -> None:
    data = bytes(size)

    assert scan(BytesIO(data), url=clamd.url, timeout=5) == ""
    assert clamd.seen == [data]


def test_scan_names_what_was_found(clamd: FakeClamd) -> None:
    assert scan(BytesIO(b"before" + EICAR), url=clamd.url, timeout=5) == "Eicar-Signature"


def test_scan_over_the_scanners_limit_is_no_verdict() -> None:
    with FakeClamd(limit=1000) as clamd:
        assert unavailable(clamd.url, bytes(20_000_000)) == "INSTREAM size limit exceeded. ERROR"


def test_scan_without_an_answer_in_time_is_no_verdict() -> None:
    with FakeClamd(mode="hang") as clamd:
        assert unavailable(clamd.url, timeout=0.2) == "timed out"


def test_scan_of_a_closed_connection_is_no_verdict() -> None:
    with FakeClamd(mode="drop") as clamd:
        said = unavailable(clamd.url)

    assert said in {
        "the connection was closed without an answer",
        "[Errno 104] Connection reset by peer",
    }


def test_scan_of_another_protocol_is_no_verdict() -> None:
    with FakeClamd(mode="babble") as clamd:
        assert unavailable(clamd.url).startswith("HTTP/1.1 400") is True


def test_scan_with_nobody_there_is_no_verdict(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert unavailable(f"tcp://127.0.0.1:{port}") == "[Errno 111] Connection refused"
    assert unavailable(f"unix://{tmp_path}/none.ctl") == "[Errno 2] No such file or directory"


@pytest.mark.parametrize("url", ["clamd.ctl", "tcp://", "http://localhost:3310"])
def test_scan_with_an_address_that_is_none_says_so(url: str) -> None:
    assert unavailable(url) == f"CLAMD_URL is neither unix:///path nor tcp://host:port: {url}"

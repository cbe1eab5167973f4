"""The private Redis: shared, left behind, broken."""

import importlib.util
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis as client

from portal.embedded import redis
from portal.embedded.errors import EmbeddedError
from portal.embedded.holding import Hold
from portal.embedded.redis import Redis

pytestmark = pytest.mark.slow


@pytest.fixture
def server(server_folder: Path) -> Iterator[Redis]:
    server = Redis(server_folder / "data")
    yield server
    server.shutdown()


def talk(server: Redis) -> client.Redis:
    return client.Redis.from_url(server.url, decode_responses=True)


def test_server_listens_on_its_socket_only_and_keeps_its_data(server: Redis) -> None:
    with Hold(server), talk(server) as redis:
        assert redis.config_get("port")["port"] == "0"
        assert server.socket.stat().st_mode & 0o777 == 0o700
        redis.set("kept", "42")
    assert not server.answers()
    with Hold(server), talk(server) as redis:
        assert redis.get("kept") == "42"


def test_server_stops_with_its_last_holder(server: Redis) -> None:
    with Hold(server):
        with Hold(Redis(server.data_dir)):
            pass
        assert server.answers()
    assert not server.answers()


def test_server_that_was_killed_starts_again_over_its_socket(server: Redis) -> None:
    with Hold(server), talk(server) as redis:
        psutil.Process(redis.info()["process_id"]).send_signal(signal.SIGKILL)
    assert server.socket.exists()
    with Hold(server):
        assert server.answers()


def test_forgetful_server_writes_nothing(server_folder: Path) -> None:
    server = Redis(server_folder / "data", forgetful=True)
    with Hold(server), talk(server) as redis:
        redis.set("lost", "42")
    assert list(server.data_dir.iterdir()) == []


def test_server_with_damaged_data_shows_its_log(server: Redis) -> None:
    server.data_dir.mkdir()
    (server.data_dir / "dump.rdb").write_text("nonsense")
    with pytest.raises(EmbeddedError, match="Redis did not start") as caught:
        Hold(server).take()
    assert "Checking RDB file dump.rdb" in str(caught.value)
    assert f"remove {server.data_dir}" in str(caught.value)


def test_server_that_never_answers_is_given_up(
    server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "WAIT_SECONDS", 0.2)
    with Hold(server):
        monkeypatch.setattr(server, "answers", lambda: False)
        with pytest.raises(EmbeddedError, match="Redis did not start"):
            server.launch()
        monkeypatch.undo()


def test_missing_program_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedError, match="Redis is not installed"):
        redis._program()

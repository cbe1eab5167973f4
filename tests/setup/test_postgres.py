"""The private PostgreSQL: shared, left behind, damaged."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from portal.embedded import postgres
from portal.embedded.errors import EmbeddedError
from portal.embedded.holding import Hold
from portal.embedded.postgres import SOCKET_NAME, Postgres
from portal.embedded.processes import is_alive

pytestmark = pytest.mark.slow

HOLD = """
import sys
from pathlib import Path
from portal.embedded.postgres import start
print(start(Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def server(server_folder: Path) -> Iterator[Postgres]:
    server = Postgres(server_folder / "data", forgetful=True)
    yield server
    server.shutdown()


def holder(server: Postgres) -> subprocess.Popen[str]:
    """Another process that uses the server until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, server.data_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline().strip() == server.url
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)


def postmaster(server: Postgres) -> psutil.Process:
    return psutil.Process(int((server.data_dir / "postmaster.pid").read_text().split()[0]))


def ask(url: str, query: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_server_listens_on_its_socket_only_and_knows_thai(server: Postgres) -> None:
    with Hold(server):
        assert ask(server.url, "SELECT current_database()") == "portal"
        assert ask(server.url, "SHOW listen_addresses") == ""
        assert ask(server.url, "SHOW fsync") == "off"
        assert ask(server.url, "SELECT lower('ÉCOLE บ้าน')") == "école บ้าน"
        assert postmaster(server).uids().real != 0
    assert not server.answers()


def test_server_keeps_its_data_and_stops_with_its_last_holder(server: Postgres) -> None:
    first = holder(server)
    with Hold(server):
        connection = psycopg2.connect(server.url)
        connection.autocommit = True
        connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.close()
    assert server.answers()
    end(first)
    assert not server.answers()
    with Hold(server) as hold:
        assert ask(server.url, "SELECT answer FROM kept") == 42
        hold.release()
        assert not server.answers()


def test_server_whose_holder_was_killed_is_joined_and_stopped(server: Postgres) -> None:
    killed = holder(server)
    killed.kill()
    killed.communicate()
    running = postmaster(server)
    with Hold(server):
        assert postmaster(server) == running
    assert not is_alive(running)


def test_server_that_was_killed_starts_again_with_what_was_committed(
    server_folder: Path,
) -> None:
    server = Postgres(server_folder / "data")
    with Hold(server):
        connection = psycopg2.connect(server.url)
        connection.autocommit = True
        connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster(server).send_signal(signal.SIGKILL)
        connection.close()
    assert (server.data_dir / "postmaster.pid").exists()
    with Hold(server):
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_note_with_the_number_of_another_program_is_no_hindrance(server: Postgres) -> None:
    with Hold(server):
        note = (server.data_dir / "postmaster.pid").read_text().splitlines()
    # A program of the same account, for which PostgreSQL itself would refuse to start.
    owner = server.data_dir.stat().st_uid
    other = subprocess.Popen(["sleep", "600"], user=owner)
    try:
        text = "\n".join([str(other.pid), *note[1:]]) + "\n"
        (server.data_dir / "postmaster.pid").write_text(text)
        (server.data_dir / f"{SOCKET_NAME}.lock").write_text(text)
        (server.data_dir / SOCKET_NAME).touch()
        with Hold(server):
            assert server.answers()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("note", ["", "nonsense\n"])
def test_damaged_note_is_no_hindrance(server: Postgres, note: str) -> None:
    with Hold(server):
        pass
    (server.data_dir / "postmaster.pid").write_text(note)
    with Hold(server):
        assert server.answers()


def test_server_that_does_not_answer_is_named(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "START_SECONDS", 1)
    with Hold(server):
        running = postmaster(server)
        monkeypatch.setattr(server, "answers", lambda: False)
        with pytest.raises(EmbeddedError) as caught:
            server.launch()
        monkeypatch.undo()
    assert str(caught.value) == (
        f"A PostgreSQL (process {running.pid}) holds {server.data_dir} but does not answer.\n"
        f"Stop it with: kill -INT {running.pid}"
    )


def test_server_that_is_just_stopping_is_waited_for(server: Postgres) -> None:
    with Hold(server):
        busy = psycopg2.connect(server.url)
        running = postmaster(server)
        running.send_signal(signal.SIGTERM)  # waits for sessions to end
        while server.answers():
            time.sleep(0.01)
        threading.Timer(0.5, busy.close).start()
        server.launch()
        assert postmaster(server) != running


def test_half_made_data_is_made_anew(server: Postgres) -> None:
    (server.data_dir.with_name("data.new") / "base").mkdir(parents=True)
    server.data_dir.mkdir()
    with Hold(server):
        assert server.answers()
    assert sorted(path.name for path in server.data_dir.parent.iterdir()) == [
        "data",
        "data.log",
        "data.starting",
        "data.users",
    ]


def test_data_of_another_version_is_refused(server: Postgres) -> None:
    server.data_dir.mkdir()
    (server.data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError) as caught:
        Hold(server).take()
    assert str(caught.value) == (
        f"The data in {server.data_dir} was made by PostgreSQL 15, but 18 is installed.\n"
        "Move that folder away to begin anew, or load it with pg_dump and pg_restore."
    )


def test_server_that_cannot_start_shows_its_log(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Hold(server):
        pass
    monkeypatch.setattr(postgres, "TRIES", 1)
    with (server.data_dir / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL did not start") as caught:
        Hold(server).take()
    assert 'unrecognized configuration parameter "no_such_setting"' in str(caught.value)


def test_data_folder_with_a_long_path_listens_in_a_short_one(server_folder: Path) -> None:
    server = Postgres(server_folder / ("long" * 30) / "data", forgetful=True)
    server.data_dir.parent.mkdir(mode=0o700)
    with Hold(server):
        folder = Path(ask(server.url, "SHOW unix_socket_directories"))
        assert (folder.parent, folder.stat().st_mode & 0o777) == (Path("/tmp"), 0o700)  # noqa: S108
        assert folder.stat().st_uid == server.data_dir.stat().st_uid
    folder.rmdir()


def test_short_folder_of_somebody_else_is_refused(server_folder: Path) -> None:
    folder = server_folder / "theirs"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    os.chown(folder, 12345, 12345)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        postgres._private_folder(folder, None)


def test_missing_programs_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbeddedError, match="PostgreSQL is not installed"):
        postgres._install_dir()

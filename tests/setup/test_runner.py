"""`make run` as its user meets it: real processes, ended in every way there is."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.conf import settings

from portal.embedded.postgres import Postgres
from portal.embedded.processes import still_there

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("runner")]

READY = "The portal is ready: "


class Run:
    """One run in a folder of its own; ``output`` is all that it said until now."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = environment.setdefault("PORT", str(free_port()))
        self._said = (folder / f"{time.monotonic_ns()}.out").open("w+")
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        own = {"VAR_DIR": str(folder), "FONTS_DIR": str(settings.FONTS_DIR), "WORKERS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.embedded", "run"],
            cwd=settings.BASE_DIR,
            env=inherited | own | {"DEMO": "0"} | environment,
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )
        self.family = [psutil.Process(self.process.pid)]

    @property
    def output(self) -> str:
        return Path(self._said.name).read_text()

    def wait_for(self, text: str) -> None:
        """Until the run has said ``text``; notes all processes that it started by then."""
        deadline = time.monotonic() + 240
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)
        self.family += self.family[0].children(recursive=True)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def close(self) -> None:
        self._said.close()


@pytest.fixture
def start(server_folder: Path) -> Iterator[Callable[..., Run]]:
    """Starts runs in one folder, and ends them after the test whatever happened."""
    runs: list[Run] = []

    def start(**environment: str) -> Run:
        runs.append(Run(server_folder, **environment))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)
        for process in still_there(run.family, 0):
            process.kill()
        run.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def remember(folder: Path, number: int) -> None:
    """Leave something in the database that a later run must still have."""
    connection = psycopg2.connect(Postgres(folder / "postgres").url)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE TABLE kept AS SELECT {number} AS answer")
    connection.close()


def remembered(folder: Path) -> int:
    connection = psycopg2.connect(Postgres(folder / "postgres").url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        answer = cursor.fetchone()[0]
    connection.close()
    return answer


def test_run_answers_keeps_others_out_and_ctrl_c_leaves_nothing(
    start: Callable[..., Run], server_folder: Path
) -> None:
    run = start()
    run.wait_for("Stop with Ctrl-C")
    assert f"{READY}http://localhost:{run.port}\n" in run.output
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/accounts/login/") as answer:
        assert answer.status == 200
    names = " ".join(" ".join(process.cmdline()) for process in run.family[1:])
    assert [word in names for word in ("granian", "worker", "beat", "mailsink", "redis")] == [
        True,
        True,
        True,
        True,
        True,
    ]

    second = start()
    assert second.process.wait(60) == 1
    assert second.output == (
        "\nThe portal already runs from this folder: "
        f"http://localhost:{run.port}, process {run.process.pid}.\n"
        "Stop that run with Ctrl-C (or the kill command) first.\n"
    )

    assert run.end(signal.SIGINT) == 0
    assert run.output.endswith("Stopping …\nStopped.\n")
    assert still_there(run.family, 0) == []
    assert sorted(path.name for path in (server_folder / "run").iterdir()) == [
        "accounts.txt",
        "run.lock",
    ]


def test_run_after_a_killed_one_ends_its_leftovers_and_keeps_the_data(
    start: Callable[..., Run], server_folder: Path
) -> None:
    killed = start()
    killed.wait_for("Stop with Ctrl-C")
    remember(server_folder, 42)
    killed.end(signal.SIGKILL)
    run = start(PORT=killed.port)
    run.wait_for("Stop with Ctrl-C")
    assert remembered(server_folder) == 42
    own = [process for process in killed.family if "postgres" not in process_name(process)]
    assert [
        process for process in still_there(own, 0) if "redis" not in process_name(process)
    ] == []
    assert run.end(signal.SIGTERM) == 0
    assert still_there(killed.family + run.family, 0) == []
    assert "Traceback" not in run.output


def process_name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def test_run_whose_web_server_dies_says_so_and_stops_the_rest(
    start: Callable[..., Run], server_folder: Path
) -> None:
    run = start(EMAIL_URL="smtp://127.0.0.1:1")
    run.wait_for("Stop with Ctrl-C")
    assert not (server_folder / "log" / "mail-server.log").exists()
    web = next(process for process in run.family if "granian" in process.cmdline())
    web.kill()
    assert run.process.wait(60) == 1
    log = server_folder / "log" / "web-server.log"
    assert f"\nThe web server ended by itself. The end of {log}:\n" in run.output
    assert still_there(run.family, 0) == []


@pytest.mark.parametrize("said", ["Starting PostgreSQL", "Preparing", "Starting the site"])
def test_run_interrupted_while_it_starts_leaves_nothing(
    start: Callable[..., Run], server_folder: Path, said: str
) -> None:
    run = start()
    run.wait_for(said)
    assert run.end(signal.SIGINT) == 0
    assert still_there(run.family, 0) == []
    assert not Postgres(server_folder / "postgres").answers()
    assert "Traceback" not in run.output


def test_run_on_a_taken_port_says_who_has_it(start: Callable[..., Run]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        run = start(PORT=str(port))
        assert run.process.wait(60) == 1
    assert run.output == (
        f"\nPort {port} is taken by {psutil.Process().name()} (process {os.getpid()}).\n"
        f"End that program, or choose another port: make run PORT={port + 1}\n"
    )


def test_run_with_a_port_that_is_no_number(start: Callable[..., Run]) -> None:
    run = start(PORT="web")
    assert run.process.wait(60) == 2
    assert run.output == "PORT must be a number, such as PORT=8001.\n"


def test_run_with_a_database_that_is_not_there(start: Callable[..., Run]) -> None:
    run = start(DATABASE_URL="postgresql://portal@127.0.0.1:1/portal")
    assert run.process.wait(60) == 1
    assert "\nDATABASE_URL does not lead to a PostgreSQL that lets us in:\n" in run.output
    assert "Traceback" not in run.output


def test_run_whose_database_cannot_be_prepared_shows_why(start: Callable[..., Run]) -> None:
    run = start(DJANGO_SETTINGS_MODULE="portal.settings.missing")
    assert run.process.wait(60) == 1
    assert "\nThe database could not be prepared. The end of " in run.output
    assert "No module named 'portal.settings.missing'" in run.output
    assert still_there(run.family, 0) == []

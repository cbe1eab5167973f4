"""Programs end with the run that started them, also when it is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portal.embedded import children
from portal.embedded.children import Child, Notebook, stop_all
from portal.embedded.processes import still_there

pytestmark = pytest.mark.slow

# Starts a second process of its session and shows both numbers, then waits.
FAMILY = (
    "import subprocess, sys, time, os\n"
    "other = subprocess.Popen(['sleep', '600'])\n"
    "print(os.getpid(), other.pid, flush=True)\n"
    "time.sleep(600)"
)
STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True)\ntime.sleep(600)"
)
# Starts a family as a run does, and waits to be killed.
RUN = """
import os, sys, time
from pathlib import Path
from portal.embedded.children import Child, Notebook
folder = Path(sys.argv[1])
child = Child("family", [sys.executable, "-c", sys.argv[2]], environment=os.environ,
              log=folder / "family.log")
Notebook(folder / "notes.json").write([child])
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def started() -> Iterator[list[psutil.Process]]:
    """Processes to end after the test, however it goes."""
    found: list[psutil.Process] = []
    yield found
    for process in found:
        if process.is_running():
            process.kill()


def start(folder: Path, code: str, name: str = "child") -> Child:
    command = [sys.executable, "-c", code]
    return Child(name, command, environment=os.environ, log=folder / "log" / f"{name}.log")


def numbers(log: Path, count: int) -> list[psutil.Process]:
    """The processes that a program named in its log, once it has."""
    deadline = time.monotonic() + 20
    while len(words := log.read_text().split() if log.exists() else []) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [psutil.Process(int(word)) for word in words]


def gone(processes: list[psutil.Process], seconds: float = 10) -> bool:
    """Whether all end within ``seconds``; the dead that nobody buried count as gone."""
    return not still_there(processes, seconds)


def test_stop_all_ends_programs_and_what_they_started(tmp_path: Path) -> None:
    first, second = start(tmp_path, FAMILY, "first"), start(tmp_path, FAMILY, "second")
    family = numbers(first.log, 2) + numbers(second.log, 2)
    stop_all([first, second])
    assert gone(family, 0)
    assert (first.exit_code, second.exit_code) == (-signal.SIGTERM, -signal.SIGTERM)


def test_stop_all_kills_who_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.3)
    child = start(tmp_path, STUBBORN)
    while "deaf" not in child.log.read_text():
        time.sleep(0.02)
    stop_all([child])
    assert child.exit_code == -signal.SIGKILL


def test_child_that_ended_leaves_its_last_words(tmp_path: Path) -> None:
    child = start(tmp_path, "print('one\\n\\ntwo'); raise SystemExit(3)")
    assert child.wait() == 3
    assert child.last_words() == "    one\n    two"
    stop_all([child])


def test_programs_of_a_killed_run_are_told_by_the_kernel(
    tmp_path: Path, started: list[psutil.Process]
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells a program that its parent is gone")
    run = subprocess.Popen([sys.executable, "-c", RUN, tmp_path, FAMILY])
    started += numbers(tmp_path / "family.log", 2)
    run.kill()
    run.wait()
    assert gone(started[:1])


def test_leftovers_of_a_killed_run_are_ended_by_the_next(
    tmp_path: Path, started: list[psutil.Process]
) -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN, tmp_path, FAMILY])
    started += numbers(tmp_path / "family.log", 2)
    run.kill()
    run.wait()
    assert gone(started[:1])
    notebook = Notebook(tmp_path / "notes.json")
    assert notebook.end_leftovers() == 1
    assert gone(started)
    assert not notebook.path.exists()


def test_process_that_merely_got_the_number_is_left_alone(
    tmp_path: Path, started: list[psutil.Process]
) -> None:
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    started.append(psutil.Process(stranger.pid))
    notebook = Notebook(tmp_path / "notes.json")
    notebook.path.write_text(json.dumps([{"pid": stranger.pid, "created": time.time() - 3600}]))
    assert notebook.end_leftovers() == 0
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize("text", [None, "", "[{]", '{"pid": 1}', "[1]"])
def test_damaged_notebook_counts_as_empty(tmp_path: Path, text: str | None) -> None:
    notebook = Notebook(tmp_path / "notes.json")
    if text is not None:
        notebook.path.write_text(text)
    assert notebook.end_leftovers() == 0

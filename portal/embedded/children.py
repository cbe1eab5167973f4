"""The programs that a run starts: they end with it, even when it is killed."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psutil

from portal.embedded.errors import tail
from portal.embedded.processes import is_alive, still_there

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SECONDS = 10


class Child:
    """A program in a session of its own, so that Ctrl-C reaches only the run that started it."""

    def __init__(
        self, name: str, command: list[str], *, environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )
        self.pid = self._process.pid
        self.created = psutil.Process(self.pid).create_time()

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()

    def last_words(self) -> str:
        return tail(self.log.read_text(errors="replace"))

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.terminate()

    def stop(self, seconds: float) -> None:
        """Wait for the end that was asked for; after ``seconds`` end the whole session."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _end_all(_session(self.pid), 0)


def stop_all(children: Iterable[Child]) -> None:
    """Stop the programs, the last started first, all within the same patience."""
    ordered = list(reversed(list(children)))
    for child in ordered:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in ordered:
        child.stop(max(0.0, deadline - time.monotonic()))


class Notebook:
    """A file with the numbers of the running programs, for the run after a killed one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, children: Iterable[Child]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        notes = [{"pid": child.pid, "created": child.created} for child in children]
        self.path.write_text(json.dumps(notes))

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)

    def end_leftovers(self) -> int:
        """End what a killed run left running; how many processes that were."""
        try:
            notes = json.loads(self.path.read_text())
            left = [process for note in notes for process in _leftovers(**note)]
        except (FileNotFoundError, ValueError, TypeError):
            left = []
        _end_all(left, STOP_SECONDS)
        self.clear()
        return len(left)


def _leftovers(pid: int, created: float) -> list[psutil.Process]:
    """The processes of a session that we started, unless its number now belongs to another.

    The kernel gives no number away that a living session still bears.
    """
    try:
        if abs(psutil.Process(pid).create_time() - created) > 1:
            return []
    except psutil.NoSuchProcess:
        pass
    return _session(pid)


def _session(leader: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and is_alive(process):
                found.append(process)
        except ProcessLookupError:
            continue
    return found


def _end_all(processes: list[psutil.Process], patience: float) -> None:
    if patience:
        for process in processes:
            _signal(process, signal.SIGTERM)
    for process in still_there(processes, patience):
        _signal(process, signal.SIGKILL)
    still_there(processes, STOP_SECONDS)


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel tells a program when the one that started it is gone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

"""Whether processes have ended, also those of others."""

import time

import psutil


def is_alive(process: psutil.Process) -> bool:
    """The dead that nobody buried do not count; in a container that may be for ever."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def still_there(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Who has not ended after ``seconds``; waits no longer than needed."""
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if is_alive(process)]:
        if time.monotonic() >= deadline:
            return alive
        time.sleep(0.02)
    return []

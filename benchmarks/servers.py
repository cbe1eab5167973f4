"""The programs that a benchmark starts: the web server, the workers, a mail server."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.settings import BENCH_LOGS
from portal.embedded.children import Child, stop_all

READY_SECONDS = 120


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running(
    name: str, *command: str, ready: Callable[[Child], bool], **environment: str
) -> Iterator[Child]:
    """A Python program with the benchmarks' settings, from when it is ready to the block's end."""
    log = BENCH_LOGS / f"{name.replace(' ', '-')}.log"
    whole = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", **environment}
    child = Child(name, [sys.executable, *command], environment=whole, log=log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not ready(child):
            if child.exit_code is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The {name} did not start:\n{child.last_words()}")
            time.sleep(0.1)
        yield child
    finally:
        stop_all([child])


def listens(port: int) -> Callable[[Child], bool]:
    """Whether somebody answers at a port of this machine."""

    def ready(child: Child) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return ready

"""The command line of the private servers.

``run``                 the whole portal until Ctrl-C
``with dev COMMAND``    one command with the servers of `make run`, started if they do not run
``with test COMMAND``   the same with the servers of the tests
``with bench COMMAND``  the same with servers for measuring
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from portal.embedded import interrupts
from portal.embedded.errors import EmbeddedError
from portal.embedded.interrupts import shielded
from portal.embedded.runner import run
from portal.embedded.servers import bench_servers, development_servers, test_servers

KINDS = {"dev": development_servers, "test": test_servers, "bench": bench_servers}


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            return run()
        case ["with", kind, *command] if kind in KINDS and command:
            return run_with(kind, command)
    sys.stderr.write(__doc__ or "")
    return 2


def run_with(kind: str, command: list[str]) -> int:
    """Run ``command`` while the servers are held; its exit code."""
    interrupts.listen()
    with ExitStack() as stack:
        try:
            return _run(command, KINDS[kind](stack))
        except EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            interrupts.ignore()


def _run(command: list[str], addresses: dict[str, str]) -> int:
    """The command hears Ctrl-C itself, as it shares our terminal; we wait for its end."""
    with shielded():
        child = subprocess.Popen(command, env={**os.environ, **addresses})
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

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

from portal.embedded.errors import EmbeddedError
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
    try:
        with ExitStack() as stack:
            addresses = KINDS[kind](stack)
            # The command hears Ctrl-C itself, and we wait for it to end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            child = subprocess.Popen(
                command,
                env={**os.environ, **addresses},
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            return child.wait()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

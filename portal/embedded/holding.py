"""A server runs for as long as somebody uses it, and is stopped by whoever is last."""

import atexit
import os
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from portal.embedded.locks import FileLock, alone


class Server(Protocol):
    """A private server that keeps its data in one directory."""

    data_dir: Path

    @property
    def url(self) -> str:
        """The address to connect to, known before the server runs."""
        ...

    def answers(self) -> bool:
        """Whether it takes requests right now."""
        ...

    def launch(self) -> None:
        """Start it and wait until it answers; EmbeddedError says why it does not."""
        ...

    def shutdown(self) -> None:
        """Stop it and wait until it is gone."""
        ...


class Hold:
    """One user's hold on a server.

    Users share a lock: the one that finds itself alone with it stops the server. As the lock
    goes with the process, a killed user neither keeps the server for ever nor blocks the next.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        name = server.data_dir.name
        self._starting = server.data_dir.with_name(f"{name}.starting")
        self._users = FileLock(server.data_dir.with_name(f"{name}.users"))
        self._owner = 0

    def take(self) -> Self:
        """Start the server unless it runs already."""
        with alone(self._starting):
            self._users.share()
            self._owner = os.getpid()
            try:
                if not self.server.answers():
                    self.server.launch()
            except BaseException:
                self._users.release()
                self._owner = 0
                raise
        return self

    def release(self) -> None:
        """Give the server up, and stop it when nobody else uses it. Safe to call twice."""
        if self._owner != os.getpid():  # never taken, given up, or a copy in a forked child
            return
        self._owner = 0
        with alone(self._starting):
            if self._users.try_take():
                self.server.shutdown()
            self._users.release()

    def __enter__(self) -> Self:
        return self.take()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def hold_until_exit(server: Server) -> None:
    """Keep ``server`` running until this process ends."""
    atexit.register(Hold(server).take().release)

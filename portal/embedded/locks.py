"""Locks between processes that vanish with the process, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class FileLock:
    """``flock`` on one file: many may share it, or one may have it alone.

    The kernel lets go of it when its holder dies, so a killed run leaves nothing behind.
    The file itself stays; removing it would let two processes lock different files.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def share(self) -> None:
        """Wait until nobody has the lock alone, then share it."""
        fcntl.flock(self._open(), fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait until the lock is free, then have it alone."""
        fcntl.flock(self._open(), fcntl.LOCK_EX)

    def try_take(self) -> bool:
        """Have the lock alone if that is possible right now."""
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self) -> str:
        """What the last holder wrote about itself."""
        return self.path.read_text() if self.path.exists() else ""

    def write(self, text: str) -> None:
        """Tell others who holds the lock; only for its holder."""
        file = self._open()
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()

    def _open(self) -> TextIO:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+")
        return self._file


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Run the block while no other process runs it for the same ``path``."""
    lock = FileLock(path)
    lock.take()
    try:
        yield
    finally:
        lock.release()

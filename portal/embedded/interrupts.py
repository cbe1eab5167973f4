"""Ctrl-C at any moment: no started program is forgotten between its start and its note."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Interrupts:
    shields = 0
    waiting = False


def listen() -> None:
    """From now on an end from outside is a KeyboardInterrupt, in whatever way it comes."""
    for number in SIGNALS:
        signal.signal(number, _arrive)


def ignore() -> None:
    """For the last steps: the end is on its way and takes seconds."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def shielded() -> Iterator[None]:
    """Finish the block first; what arrives meanwhile is raised at its end."""
    _Interrupts.shields += 1
    try:
        yield
    finally:
        _Interrupts.shields -= 1
    if _Interrupts.waiting and not _Interrupts.shields:
        _Interrupts.waiting = False
        raise KeyboardInterrupt


def _arrive(number: int, frame: FrameType | None) -> None:
    if _Interrupts.shields:
        _Interrupts.waiting = True
    else:
        raise KeyboardInterrupt

"""Work and ceiling in turns, so that a busy moment of the machine falls on both."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Rates:
    """Median rates per second."""

    work: float
    ceiling: float


def interleaved(rounds: int, *, work: Callable[[], float], ceiling: Callable[[], float]) -> Rates:
    """Call both ``rounds`` times; each returns the rate it reached. The first changes in turn."""
    found: dict[Callable[[], float], list[float]] = {work: [], ceiling: []}
    order = [work, ceiling]
    for _round in range(rounds):
        for run in order:
            found[run].append(run())
        order.reverse()
    return Rates(work=median(found[work]), ceiling=median(found[ceiling]))


def seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start

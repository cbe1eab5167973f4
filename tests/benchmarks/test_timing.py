"""Work and ceiling in turns."""

from functools import partial

from benchmarks.timing import Rates, interleaved


def test_interleaved_changes_who_goes_first_and_takes_medians() -> None:
    order: list[str] = []
    rates = {"work": iter([3.0, 1.0, 50.0]), "ceiling": iter([9.0, 7.0, 8.0])}

    def run(name: str) -> float:
        order.append(name)
        return next(rates[name])

    found = interleaved(3, work=partial(run, "work"), ceiling=partial(run, "ceiling"))

    assert found == Rates(work=3.0, ceiling=8.0)
    assert order == ["work", "ceiling", "ceiling", "work", "work", "ceiling"]

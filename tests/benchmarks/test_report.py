"""The table for people and the list for machines, from the same figures."""

import json
from pathlib import Path

from benchmarks.report import Figure, table, write_json


def figure(name: str = "dispatch", **values: object) -> Figure:
    fields = {"size": "114 recipients", "unit": "rows", "work": 450.0, "ceiling": 1000.0}
    return Figure(**{"name": name, "reach": 0.4, **fields, **values})  # type: ignore[arg-type]


def test_figure_is_ok_from_its_reach_on() -> None:
    assert [figure(work=work).ok for work in (399.0, 400.0)] == [False, True]


def test_figure_that_is_fast_and_wrong_is_not_ok() -> None:
    assert not figure(held=False).ok


def test_table_names_what_is_below_its_reach() -> None:
    slow = figure("mails", size="500 mails", work=12.5, unit="mails", note="4 KiB")

    lines = table([figure(), slow]).splitlines()

    assert [line.split() for line in lines] == [
        ["work", "size", "measured", "ceiling", "ratio", "reach", "ok"],
        ["dispatch", "114", "recipients", "450", "rows/s", "1,000", "0.45", "0.40", "yes"],
        ["mails", "500", "mails", "12.50", "mails/s", "1,000", "0.01", "0.40", "NO", "4", "KiB"],
        ["mails", "(500", "mails):", "below", "its", "reach"],
    ]  # fmt: skip


def test_write_json_lists_what_a_machine_needs(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"

    write_json([figure(work=333.33)], path)

    assert json.loads(path.read_text()) == [
        {"name": "dispatch", "size": "114 recipients", "ratio": 0.333, "reach": 0.4, "ok": False}
    ]

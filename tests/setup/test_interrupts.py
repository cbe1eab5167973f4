import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from portal.embedded import interrupts
from portal.embedded.interrupts import shielded


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """The handlers of the test run stand again afterwards."""
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
    interrupts.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_every_end_from_outside_is_an_interrupt(number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def test_shielded_block_is_finished_first() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), shielded():  # noqa: PT012  (the order is the point)
        with shielded():
            signal.raise_signal(signal.SIGINT)
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]
    with shielded():
        pass  # what was waiting was told once


def test_ignored_signals_do_nothing() -> None:
    interrupts.ignore()
    signal.raise_signal(signal.SIGTERM)


SLEEP = "import time; print('up', flush=True); time.sleep(600)"


def with_servers(folder: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.embedded", "with", "test", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | {"VAR_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_command_with_servers_gets_their_addresses_and_gives_its_exit_code(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    show = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL']); exit(3)"
    process = with_servers(server_folder, sys.executable, "-c", show)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (3, "")
    assert [address.split("://")[0] for address in out.split()] == ["postgresql", "unix"]
    assert str(server_folder / "test-redis") in out


@pytest.mark.slow
def test_command_with_servers_is_ended_with_who_started_it(server_folder: Path) -> None:
    process = with_servers(server_folder, sys.executable, "-c", SLEEP)
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)  # is for the command, which did not get it here
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (-signal.SIGTERM % 256, "", "")


@pytest.mark.slow
def test_command_with_servers_that_cannot_be_had(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    process = with_servers(server_folder, "true")
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert err.startswith("REDIS_URL does not lead to a Redis that lets us in:\n")


@pytest.mark.parametrize("arguments", [[], ["with", "test"], ["with", "other", "true"]])
def test_unknown_command_shows_the_usage(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.embedded", *arguments],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The command line of the private servers.\n")

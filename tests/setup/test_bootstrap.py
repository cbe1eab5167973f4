"""scripts/setup.py: on a bare machine, half-done, and with things missing."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

SCRIPT = settings.BASE_DIR / "scripts" / "setup.py"


@pytest.fixture
def setup() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["setup_script"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["setup_script"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the same script that pins no package at all."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").write_text("# nothing\n")
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0.0"}')
    (tmp_path / "package-lock.json").write_text(
        '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "requires": true,'
        ' "packages": {"": {"name": "x", "version": "1.0.0"}}}'
    )
    (tmp_path / "node_modules").mkdir()
    return tmp_path


def run(project: Path, profile: str = "run") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, project / "scripts" / "setup.py", profile],
        capture_output=True,
        text=True,
        check=False,
    )


def titles(output: str) -> list[str]:
    return [line.split(" …")[0] for line in output.splitlines()]


@pytest.mark.slow
def test_set_up_does_each_step_once_and_again_when_it_was_undone(project: Path) -> None:
    first = run(project)
    assert (first.returncode, first.stderr) == (0, "")
    assert titles(first.stdout) == [
        "Making the Python environment in .venv",
        "Installing Python packages",
        "Installing browser libraries",
    ]
    assert run(project).stdout == ""

    (project / "requirements" / "dev.txt").write_text("# nothing yet\n")
    assert titles(run(project).stdout) == ["Installing Python packages"]

    (project / ".venv" / "bin" / "python").unlink()  # as when Python itself was removed
    assert titles(run(project).stdout) == [
        "Making the Python environment in .venv",
        "Installing Python packages",
    ]


@pytest.mark.slow
def test_package_that_does_not_fit_its_hash_stops_with_what_pip_says(project: Path) -> None:
    (project / "requirements" / "dev.txt").write_text("./package.zip\n")
    done = run(project)
    assert done.returncode == 1
    assert "\nSet-up stopped: `" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / ".venv" / "installed").exists()


def test_unknown_profile_shows_the_usage(project: Path) -> None:
    done = run(project, "everything")
    assert (done.returncode, done.stderr) == (2, "Usage: setup.py run|test|ci\n")


def test_second_set_up_waits_for_the_first(project: Path) -> None:
    lock = project / "var" / "setup.lock"
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, project / "scripts" / "setup.py"], stdout=subprocess.PIPE, text=True
        )
        assert second.stdout.readline() == "Waiting for another set-up in this folder …\n"
        second.terminate()
    second.communicate()


def test_old_python_is_refused(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(setup.SetupError, match=r"^Python 3\.11 or newer is needed; this is 3"):
        setup.check_python()


@pytest.fixture
def lacking(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a machine that lacks a library and a program."""
    library = setup.SystemPackage("libnothing0", library="libnothing.so.0")
    program = setup.SystemPackage("nothing-utils", programs=("nothing",))
    there = setup.SystemPackage("coreutils", programs=("nothing", "true"))
    monkeypatch.setattr(setup, "FOR_RUN", (library, there))
    monkeypatch.setattr(setup, "FOR_CI", (program,))
    monkeypatch.setattr(setup, "FOR_SCANS", ())
    return setup


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A package manager that notes how it was called, and fails to find what it is asked for."""
    calls = tmp_path / "calls"
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {calls}\ntest "$1" = update\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return lambda: calls.read_text().splitlines() if calls.exists() else []


@pytest.mark.parametrize(
    ("profile", "needed"),
    [("run", "libnothing0"), ("test", "libnothing0"), ("ci", "libnothing0 nothing-utils")],
)
def test_missing_system_packages_are_named_to_who_is_not_root(
    lacking: ModuleType, monkeypatch: pytest.MonkeyPatch, profile: str, needed: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(lacking.SetupError) as caught:
        lacking.install_system_packages(profile)
    assert str(caught.value).splitlines()[:2] == [
        f"these system packages are missing: {needed}",
        f"  On Debian or Ubuntu: sudo apt-get install {needed}",
    ]


def test_tests_go_on_without_the_programs_that_only_some_need(
    lacking: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(lacking, "FOR_RUN", ())
    lacking.install_system_packages("test")
    assert capsys.readouterr().out == "Some tests will be skipped; they need: nothing-utils\n"


@pytest.mark.parametrize("profile", ["run", "test"])
def test_portal_runs_without_the_programs_that_read_scans(
    setup: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    profile: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    words = setup.SystemPackage("tesseract-ocr-xyz", file="no/*/such.traineddata")
    there = setup.SystemPackage("base-files", file="common-licenses/GPL-*")
    monkeypatch.setattr(setup, "FOR_RUN", ())
    monkeypatch.setattr(setup, "FOR_CI", ())
    monkeypatch.setattr(setup, "FOR_SCANS", (words, there))
    setup.install_system_packages(profile)
    assert capsys.readouterr().out == (
        "The words of scanned letters will not be searched; that needs: tesseract-ocr-xyz\n"
    )
    with pytest.raises(setup.SetupError, match="missing: tesseract-ocr-xyz\n"):
        setup.install_system_packages("ci")


def test_root_installs_what_is_missing_and_asks_for_new_lists_once(
    lacking: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    apt: Callable[[], list[str]],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(lacking.SetupError, match="missing: libnothing0\n"):
        lacking.install_system_packages("run")
    install = "install -y -q --no-install-recommends libnothing0"
    assert apt() == [install, "update -q", install]


def test_nothing_is_installed_where_nothing_is_missing(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, apt: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(setup, "FOR_RUN", (setup.SystemPackage("libc6", library="libc.so.6"),))
    monkeypatch.setattr(setup, "FOR_SCANS", ())
    setup.install_system_packages("run")
    assert apt() == []


@pytest.mark.parametrize(
    ("version", "own"), [("11.2.0", False), ("6.14.0", True), ("", True), (None, True)]
)
def test_npm_of_the_machine_is_taken_when_it_is_new_enough(
    setup: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    version: str | None,
    own: bool,
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setattr(shutil, "which", lambda name: str(npm) if npm.exists() else None)
    npm = tmp_path / "npm"
    if version is not None:
        npm.write_text(f"#!/bin/sh\necho {version}\n")
        npm.chmod(0o755)
    assert setup.npm() == [str(setup.VENV / "bin" / "npm") if own else str(npm)]


def test_interrupted_set_up_says_that_it_can_go_on(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "check_python", interrupt)
    assert setup.main(["run"]) == 130
    assert capsys.readouterr().err == "\nSet-up interrupted; the next run goes on from here.\n"


def test_step_tells_how_long_it_took(
    setup: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with setup.step("Waiting"):
        time.sleep(0.01)
    assert capsys.readouterr().out == "Waiting … done (0 s)\n"

#!/usr/bin/env python3
"""Makes the working environment: system packages, .venv, npm libraries.

Runs on a bare Python 3.11 without any package. What is already there is left alone, so a
second run takes a moment. Usage: setup.py run|test|ci
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
NODE_MODULES = ROOT / "node_modules"
LOCK = ROOT / "var" / "setup.lock"
OLDEST_PYTHON = (3, 11)
OLDEST_NPM = 8  # reads lock files without addresses


class SetupError(Exception):
    """Its text says what is wrong and what to do."""


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, found by a library it brings, by one of its programs or by a file."""

    name: str
    library: str = ""
    programs: tuple[str, ...] = ()
    file: str = ""
    """Below /usr/share, as a pattern."""

    def is_there(self) -> bool:
        if self.file:
            return any(Path("/usr/share").glob(self.file))
        if self.library:
            try:
                ctypes.CDLL(self.library)
            except OSError:
                return False
            return True
        return any(shutil.which(program) for program in self.programs)


# WeasyPrint draws the letters with Pango.
FOR_RUN = (
    SystemPackage("libpango-1.0-0", library="libpango-1.0.so.0"),
    SystemPackage("libpangoft2-1.0-0", library="libpangoft2-1.0.so.0"),
    SystemPackage("libharfbuzz-subset0", library="libharfbuzz-subset.so.0"),
)
# Scanned letters are searched by what Tesseract reads; without it the portal says they cannot be.
FOR_SCANS = (
    SystemPackage("tesseract-ocr", programs=("tesseract",)),
    SystemPackage("tesseract-ocr-tha", file="tesseract-ocr/*/tessdata/tha.traineddata"),
)
FOR_CI = (
    SystemPackage("chromium", programs=("chromium", "chromium-browser", "google-chrome")),
    SystemPackage("dovecot-imapd", programs=("dovecot", "/usr/sbin/dovecot")),
    SystemPackage("gettext", programs=("xgettext",)),
    SystemPackage("poppler-utils", programs=("pdftotext",)),
)


def main(arguments: list[str]) -> int:
    profile = arguments[0] if arguments else "run"
    if profile not in ("run", "test", "ci"):
        sys.stderr.write("Usage: setup.py run|test|ci\n")
        return 2
    try:
        check_python()
        with alone():
            install_system_packages(profile)
            make_environment()
            install_python_packages()
            install_browser_libraries()
    except SetupError as error:
        sys.stderr.write(f"\nSet-up stopped: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nSet-up interrupted; the next run goes on from here.\n")
        return 130
    return 0


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")


@contextmanager
def alone() -> Iterator[None]:
    """Two set-ups in one folder wait for each other; a killed one leaves no lock."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up in this folder …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_system_packages(profile: str) -> None:
    """Install what is missing when root, else say what to install.

    `make test` only needs what `make run` needs: tests of the other programs say that they
    were skipped. `make ci` needs all. Nothing but `make ci` waits for what reads scans.
    """
    missing = installed(FOR_RUN if profile == "run" else FOR_RUN + FOR_CI)
    scans = installed(FOR_SCANS)
    needed = missing + scans if profile == "ci" else [p for p in missing if p in FOR_RUN]
    if needed:
        names = " ".join(package.name for package in needed)
        raise SetupError(
            f"these system packages are missing: {names}\n"
            f"  On Debian or Ubuntu: sudo apt-get install {names}\n"
            "  Elsewhere: install Pango and HarfBuzz (for make ci also Chromium, "
            "Dovecot, gettext, poppler and Tesseract with Thai)."
        )
    if missing:
        say(f"Some tests will be skipped; they need: {' '.join(p.name for p in missing)}")
    if scans:
        names = " ".join(package.name for package in scans)
        say(f"The words of scanned letters will not be searched; that needs: {names}")


def installed(wanted: tuple[SystemPackage, ...]) -> list[SystemPackage]:
    """Install those of ``wanted`` that are missing, if we may; those still missing then."""
    missing = [package for package in wanted if not package.is_there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        names = [package.name for package in missing]
        with step(f"Installing system packages ({' '.join(names)})"):
            apt_install(names)
        missing = [package for package in missing if not package.is_there()]
    return missing


def apt_install(names: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    if run(install, check=False, environment=environment):
        run(["apt-get", "update", "-q"], check=False, environment=environment)
        run(install, check=False, environment=environment)


def make_environment() -> None:
    """Make .venv; one that was left half-made, or lost its Python, is made again."""
    if works([str(PYTHON), "-m", "pip", "--version"]):
        return
    if works([str(PYTHON), "-m", "ensurepip", "-q"]):
        return
    with step("Making the Python environment in .venv"):
        if run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False) == 0:
            return
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() == 0 and shutil.which("apt-get"):
            apt_install([package])
        if run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False):
            raise SetupError(
                "Python cannot make environments here.\n"
                f"  On Debian or Ubuntu: sudo apt-get install {package}"
            )


def install_python_packages() -> None:
    """Install exactly what requirements/dev.txt pins, checked by hash."""
    stamp = VENV / "installed"
    key = digest(REQUIREMENTS, sys.version)
    if read(stamp) == key:
        return
    with step("Installing Python packages"):
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        run([*pip, "--no-input", "--require-hashes", "-r", str(REQUIREMENTS)])
    stamp.write_text(key)


def install_browser_libraries() -> None:
    """Install exactly what package-lock.json pins, with the machine's Node or the wheel's."""
    stamp = NODE_MODULES / ".installed"
    key = digest(ROOT / "package-lock.json")
    if read(stamp) == key:
        return
    with step("Installing browser libraries"):
        run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(key)


def npm() -> list[str]:
    own = [str(VENV / "bin" / "npm")]
    found = shutil.which("npm")
    if not found:
        return own
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.strip().split(".")[0]
    return [found] if major.isdigit() and int(major) >= OLDEST_NPM else own


def run(
    command: list[str], *, check: bool = True, environment: dict[str, str] | None = None
) -> int:
    """Run quietly; when it fails and must not, show the end of what it said."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**(environment or os.environ), "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if check and done.returncode:
        said = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-12:])
        raise SetupError(f"`{' '.join(command)}` failed:\n{said}")
    return done.returncode


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def digest(path: Path, *more: str) -> str:
    return hashlib.sha256(path.read_bytes() + "".join(more).encode()).hexdigest()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what takes time, and how long it took."""
    sys.stdout.write(f"{title} … ")
    sys.stdout.flush()
    began = time.monotonic()
    yield
    say(f"done ({time.monotonic() - began:.0f} s)")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

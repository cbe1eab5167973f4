"""A clamd for tests: the real protocol over a real socket, one signature."""

import socketserver
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

# The harmless file that every scanner finds, in two parts so that none finds it here.
EICAR = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").ljust(68)


class FakeClamd:
    """Listens at ``url`` while the block runs: on a socket in ``folder``, else on TCP.

    ``mode``: "scan", "hang" (no answer), "drop" (closes at once), "babble" (another protocol);
    ``limit`` is its StreamMaxLength; ``seen`` collects what it was given.
    """

    def __init__(self, folder: Path | None = None, *, mode: str = "scan", limit: int = 0) -> None:
        self.mode = mode
        self.limit = limit
        self.seen: list[bytes] = []
        self.released = threading.Event()
        self._server: Any
        if folder is None:
            self._server = _Tcp(("127.0.0.1", 0), _Handler)
            self.url = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        else:
            self._server = _Unix(str(folder / "clamd.ctl"), _Handler)
            self.url = f"unix://{folder / 'clamd.ctl'}"
        self._server.fake = self

    def __enter__(self) -> "FakeClamd":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        fake: FakeClamd = self.server.fake  # type: ignore[attr-defined]
        if fake.mode == "drop":
            return
        if fake.mode == "hang":
            fake.released.wait(30)
            return
        if fake.mode == "babble":
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        command = self._until_nul()
        if command != b"zINSTREAM":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        self._scan(fake)

    def _scan(self, fake: FakeClamd) -> None:
        data = b""
        while size := int.from_bytes(self.rfile.read(4)):
            data += self.rfile.read(size)
            if fake.limit and len(data) > fake.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        fake.seen.append(data)
        found = EICAR.strip() in data
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0")

    def _until_nul(self) -> bytes:
        read = b""
        while not read.endswith(b"\0"):
            read += self.rfile.read(1)
        return read[:-1]

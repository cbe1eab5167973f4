"""An SMTP server that keeps every mail in a folder, to be read there.

``python -m portal.embedded.mailsink FOLDER PORT``
"""

import email
import email.policy
import signal
import sys
import threading
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailFolder:
    """Writes each mail twice: as it came (``.eml``) and as text to read (``.txt``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._count = 0

    async def handle_DATA(  # noqa: N802  (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self._count += 1
        now = datetime.now().astimezone()
        name = f"{now:%Y%m%d-%H%M%S}-{self._count:05}"
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self._write(f"{name}.eml", raw)
        self._write(f"{name}.txt", readable(message).encode())
        return "250 Kept"

    def _write(self, name: str, content: bytes) -> None:
        """In one step, so that nobody reads half a mail."""
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.rename(self.folder / name)


def readable(message: EmailMessage) -> str:
    """The mail as a person reads it: who, to whom, about what, and its text."""
    heads = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Date", "Subject"))
    body = message.get_body(("plain", "html"))
    return f"{heads}\n{body.get_content() if body else ''}"


def serve(folder: Path, port: int) -> Controller:
    """Start the server on this machine's own address; it runs in a thread until ``stop()``."""
    controller = Controller(MailFolder(folder), hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def main(folder: str, port: str) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    controller = serve(Path(folder), int(port))
    ended.wait()
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])

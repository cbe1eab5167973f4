"""Mail servers on loopback: one that keeps mails, and one that keeps none, as a program."""

import asyncio
import sys
from logging import ERROR, getLogger
from socketserver import BaseRequestHandler, ForkingTCPServer

from aiosmtpd.smtp import SMTP, Envelope, Session

getLogger("mail.log").setLevel(ERROR)  # else it writes down every line of the conversation

Message = tuple[str, list[str], bytes]
"""Sender, recipients, and the message as it is."""


class Keeper:
    """Keeps every mail, for aiosmtpd."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd calls it so)
        self.messages.append(
            (envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"")
        )
        return "250 OK"


class Sink:
    """Takes every mail and forgets it, for aiosmtpd."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd calls it so)
        return "250 OK"


class Speaker(SMTP):
    """One conversation, and when it is over."""

    def __init__(self, over: asyncio.Event) -> None:
        super().__init__(Sink(), loop=asyncio.get_running_loop())
        self._over = over

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._over.set()


class Connection(BaseRequestHandler):
    """A process for each, as mail servers have: one of aiosmtpd would keep two senders waiting."""

    def handle(self) -> None:
        asyncio.run(self._converse())

    async def _converse(self) -> None:
        over = asyncio.Event()
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: Speaker(over), self.request
        )
        await over.wait()


class Server(ForkingTCPServer):
    allow_reuse_address = True
    request_queue_size = 50


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Connection) as server:
        server.serve_forever()

"""A mail server for tests: aiosmtpd on loopback, which answers as it is told."""

from asyncio import run_coroutine_threadsafe, wait
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from logging import ERROR, getLogger
from socket import socket
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Controller(Controller):
    """Hangs up on those who are still connected, which aiosmtpd leaves to the garbage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._talks: list[SMTP] = []

    def factory(self) -> SMTP:
        talk = super().factory()
        self._talks.append(talk)
        return talk

    async def hang_up(self) -> None:
        self.server.close()
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.abort()
            if talk._handler_coroutine is not None:
                await wait([talk._handler_coroutine])


# It would write down every line of the conversation.
getLogger("mail.log").setLevel(ERROR)


class MailServer:
    """Listens while the block runs and keeps every mail it took.

    ``answers`` maps a recipient to the answer to RCPT, ``data_answer`` gives the one to DATA;
    ``sessions`` counts connections; ``on_mail`` is called with the number of mails so far.
    """

    def __init__(self, port: int = 0) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.sender_answer = ""
        self.data_answer: Callable[[Envelope], str] = lambda envelope: ""
        self.on_mail: Callable[[int], None] = lambda count: None
        self.sessions = 0
        self._lock = Lock()
        self.port = port or _free_port()
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *args: object) -> None:
        hang_up = run_coroutine_threadsafe(self._controller.hang_up(), self._controller.loop)
        hang_up.result(10)
        self._controller.stop()

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    # What aiosmtpd calls

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return lines

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> Any:
        if answer := self.data_answer(envelope):
            return answer
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        with self._lock:
            self.mails.append(mail)  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            count = len(self.mails)
        self.on_mail(count)
        return "250 OK"


def _free_port() -> int:
    """One that nobody listens at; aiosmtpd cannot choose one itself."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

"""Mails as they arrive, and a central mailbox on a test server."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formataddr

from circulars.mail.enums import Security
from circulars.models import Mailbox
from circulars.services.mailboxes import save_mailbox
from tests.factories.letters import World
from tests.servers.dovecot import PASSWORD, USER, Dovecot

File = tuple[str, bytes]
"""A file name and its content."""


def mail_bytes(
    *,
    subject: str = "ขอเชิญประชุม",
    sender: tuple[str, str] = ("สำนักงานจังหวัด", "saraban@province.test"),
    message_id: str | None = "<one@province.test>",
    text: str = "เรียน ผู้อำนวยการ\n\nขอเชิญประชุม",
    html: str = "",
    files: Sequence[File] = (),
    **headers: str,
) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = formataddr(sender)
    mail["To"] = USER
    mail["Date"] = "Fri, 20 Nov 2026 09:15:00 +0700"
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, data in files:
        kind = "pdf" if name.endswith(".pdf") else "octet-stream"
        mail.add_attachment(data, maintype="application", subtype=kind, filename=name)
    return mail.as_bytes()


def make_mailbox(world: World, server: Dovecot | None = None, **fields: object) -> Mailbox:
    """The office's central mailbox; on no server unless one is given."""
    values = {
        "address": USER,
        "name_en": "Test Educational Service Area Office",
        "is_active": True,
        "host": "127.0.0.1",
        "port": server.port if server else 1,
        "security": Security.NONE,
        "username": USER,
        "inbox_folder": "INBOX",
        "junk_folder": "",
        "done_folder": "Portal",
        "smtp_host": "",
        "smtp_port": 587,
        "smtp_security": Security.STARTTLS,
        **fields,
    }
    return save_mailbox(office=world.office, actor=world.registry, password=PASSWORD, **values)

import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from portal.embedded.addresses import mail_port
from portal.embedded.mailsink import serve


def letter(subject: str = "หนังสือเวียน ว 12") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "portal@localhost", "clerk@school.example"
    message["Date"], message["Subject"] = "Fri, 20 Nov 2026 14:05:00 +0700", subject
    message.set_content("มีหนังสือถึงโรงเรียนของท่าน\n")
    return message


def wait_for_listener(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def test_mail_is_kept_as_it_came_and_as_text_to_read(tmp_path: Path) -> None:
    port = mail_port()
    server = serve(tmp_path, port)
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(letter())
        smtp.send_message(letter("Second"))
    server.stop()
    raw, readable, *second = sorted(path for path in tmp_path.iterdir())
    assert (raw.suffix, readable.suffix, len(second)) == (".eml", ".txt", 2)
    assert raw.read_bytes().startswith(b"From: portal@localhost\r\n")
    assert readable.read_text() == (
        "From: portal@localhost\nTo: clerk@school.example\n"
        "Date: Fri, 20 Nov 2026 14:05:00 +0700\nSubject: หนังสือเวียน ว 12\n"
        "\nมีหนังสือถึงโรงเรียนของท่าน\n"
    )


def test_program_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = mail_port()
    program = subprocess.Popen(
        [sys.executable, "-m", "portal.embedded.mailsink", tmp_path / "mail", str(port)]
    )
    wait_for_listener(port)
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(letter())
    program.terminate()
    assert program.wait(20) == 0
    assert len(list((tmp_path / "mail").iterdir())) == 2

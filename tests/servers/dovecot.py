"""A real IMAP server on loopback: Dovecot, started for one test with a folder of its own."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path
from tempfile import mkdtemp

from tests.servers.certificates import certificate

PASSWORD = "mailbox-password"  # of every user of the test server
USER = "saraban@office.test"
PROGRAM = "/usr/sbin/dovecot"

_CONFIG = """
base_dir = {root}/run
log_path = {root}/log
ssl = {ssl}
{ssl_files}
protocols = imap
listen = 127.0.0.1
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{root}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
disable_plaintext_auth = no
{capability}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """Where the server listens; ``put`` and ``folder`` look at it from the other side."""

    port: int
    tls_port: int
    root: Path

    @contextmanager
    def client(self) -> Iterator[IMAP4]:
        client = IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        """As if a mail had arrived."""
        with self.client() as client:
            if folder != "INBOX":
                client.create(folder)
            status, said = client.append(folder, "", "", raw)
            assert status == "OK", said

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """The subject lines of a folder, as they stand there."""
        with self.client() as client:
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            numbers = client.search(None, "ALL")[1][0].split()
            heads = [
                client.fetch(number, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1]
                for number in numbers
            ]
        return [head.decode().strip().removeprefix("Subject: ") for head in heads]


def available() -> bool:
    return Path(PROGRAM).exists()


@contextmanager
def dovecot(*, with_tls: bool = False, hidden: str = "") -> Iterator[Dovecot]:
    """``hidden`` names capabilities that the server does not have, as some do not."""
    root = Path(mkdtemp(prefix="dovecot-"))
    try:
        server = Dovecot(_free_port(), _free_port(), root)
        process = _start(server, with_tls=with_tls, hidden=hidden)
        try:
            yield server
        finally:
            process.terminate()
            process.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _start(server: Dovecot, *, with_tls: bool, hidden: str) -> subprocess.Popen[bytes]:
    root = server.root
    root.chmod(0o755)
    for name in ("run", "mail", "home"):
        (root / name).mkdir()
    is_root = os.geteuid() == 0
    account = "nobody" if is_root else _name_of(os.getuid())
    group = "nogroup" if is_root else _group_of(os.getgid())
    if is_root:
        for folder in (root / "mail", root / "home"):
            shutil.chown(folder, account, group)
    capabilities = ["IMAP4rev1", "UIDPLUS", "MOVE", "LITERAL+"]
    kept = " ".join(name for name in capabilities if name not in hidden.split())
    config = root / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            root=root,
            user=account,
            group=group,
            uid=_uid(account),
            gid=_gid(group),
            password=PASSWORD,
            port=server.port,
            tls_port=server.tls_port if with_tls else 0,
            ssl="yes" if with_tls else "no",
            ssl_files=_certificate(root) if with_tls else "",
            capability=f"imap_capability = {kept}" if hidden else "",
        )
    )
    with (root / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process
    log = root / "log"
    said = log.read_text() if log.exists() else ""
    process.kill()
    raise RuntimeError(f"Dovecot did not start: {(root / 'stderr').read_text()} {said}")


def _certificate(root: Path) -> str:
    pair = certificate(root, "localhost")
    return f"ssl_cert = <{pair.certificate}\nssl_key = <{pair.key}"


def _name_of(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name


def _group_of(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _uid(name: str) -> int:
    return pwd.getpwnam(name).pw_uid


def _gid(name: str) -> int:
    return grp.getgrnam(name).gr_gid


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

"""The central mailbox on a real IMAP server: each mail once, whole, whatever happens."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from django.utils import timezone

from circulars import tasks_mail
from circulars.mail import imap
from circulars.mail.enums import MailKind, MailState, Security
from circulars.mail.imap import folder_name
from circulars.models import IncomingMail, MailAttachment, Mailbox
from circulars.services import mail_in, mail_triage, mailboxes
from portal.core.errors import InvalidInput, NotAllowed
from portal.files.service import open_stored
from tests.factories.files import pdf_bytes
from tests.factories.letters import World
from tests.factories.mails import mail_bytes, make_mailbox
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def mailbox(world: World, imap_server: Dovecot) -> Mailbox:
    return make_mailbox(world, imap_server)


def test_each_mail_becomes_one_that_waits_and_moves_on(
    imap_server: Dovecot, mailbox: Mailbox
) -> None:
    for number in range(3):
        imap_server.put(mail_bytes(subject=f"Letter {number}", message_id=f"<{number}@x.test>"))

    assert mail_in.poll_all() == 3
    assert mail_in.poll_all() == 0

    mails = IncomingMail.objects.order_by("pk")
    assert [mail.subject for mail in mails] == ["Letter 0", "Letter 1", "Letter 2"]
    assert {mail.state for mail in mails} == {MailState.WAITING}
    assert imap_server.subjects() == []
    assert imap_server.subjects("Portal") == ["Letter 0", "Letter 1", "Letter 2"]
    mailbox.refresh_from_db()
    assert (mailbox.last_error, mailbox.failures, mailbox.claimed_until) == ("", 0, None)


def test_mail_is_kept_whole_with_its_files(imap_server: Dovecot, mailbox: Mailbox) -> None:
    raw = mail_bytes(files=[("หนังสือ.pdf", pdf_bytes()), ("virus.exe", b"MZ\x90")])
    imap_server.put(raw)
    mail_in.poll_all()

    mail = IncomingMail.objects.get()
    assert mail.raw is not None
    with open_stored(mail.raw) as kept:
        assert kept.read().replace(b"\r\n", b"\n") == raw
    taken, refused = mail.attachments.all()
    assert (taken.name, taken.refusal) == ("หนังสือ.pdf", "")
    assert taken.file is not None
    assert (refused.name, refused.file) == ("virus.exe", None)
    assert refused.refusal != ""


def test_same_message_id_twice_is_one_mail(imap_server: Dovecot, mailbox: Mailbox) -> None:
    for _copy in range(2):
        imap_server.put(mail_bytes(subject="Again"))
    assert mail_in.poll_all() == 1
    assert IncomingMail.objects.count() == 1
    assert imap_server.subjects() == []
    assert imap_server.subjects("Portal") == ["Again", "Again"]


def test_mails_without_message_id_are_told_apart_by_their_bytes(
    imap_server: Dovecot, mailbox: Mailbox
) -> None:
    for subject in ("One", "Two", "Two"):
        imap_server.put(mail_bytes(subject=subject, message_id=None))
    assert mail_in.poll_all() == 2


def test_mail_in_the_junk_folder_is_found_and_marked(world: World, imap_server: Dovecot) -> None:
    make_mailbox(world, imap_server, junk_folder="Junk")
    imap_server.put(mail_bytes(subject="Official"), folder="Junk")
    mail_in.poll_all()
    assert IncomingMail.objects.get().from_junk is True
    assert imap_server.subjects("Junk") == []


def test_missing_junk_folder_is_passed_over(world: World, imap_server: Dovecot) -> None:
    mailbox = make_mailbox(world, imap_server, junk_folder="No such")
    assert mail_in.poll_all() == 0
    mailbox.refresh_from_db()
    assert mailbox.last_error == ""


def test_folder_with_a_thai_name_takes_the_mails(world: World, imap_server: Dovecot) -> None:
    make_mailbox(world, imap_server, done_folder="รับแล้ว & เก็บ")
    imap_server.put(mail_bytes(subject="Thai"))
    mail_in.poll_all()
    assert imap_server.subjects(folder_name("รับแล้ว & เก็บ")) == ["Thai"]


def test_mail_of_forty_megabytes_arrives_whole(imap_server: Dovecot, mailbox: Mailbox) -> None:
    data = pdf_bytes() + os.urandom(29_000_000)
    raw = mail_bytes(files=[("large.pdf", data)])
    assert len(raw) > 39_000_000
    imap_server.put(raw)
    assert mail_in.poll_all() == 1
    attachment = MailAttachment.objects.get()
    assert attachment.size == len(data)
    assert attachment.file is not None
    assert attachment.file.size == len(data)


def test_larger_mail_than_allowed_is_named_and_left_whole_in_the_mailbox(
    imap_server: Dovecot, mailbox: Mailbox, settings: object
) -> None:
    settings.MAIL_MAX_BYTES = 5_000
    imap_server.put(mail_bytes(subject="Huge", files=[("a.bin", bytes(10_000))]))
    mail_in.poll_all()
    mail = IncomingMail.objects.get()
    assert (mail.subject, mail.defects) == ("Huge", ["TooLarge"])
    assert imap_server.subjects("Portal") == ["Huge"]


def test_broken_mail_does_not_hold_up_the_others(imap_server: Dovecot, mailbox: Mailbox) -> None:
    imap_server.put(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nfoo")
    imap_server.put(mail_bytes(subject="Next"))
    assert mail_in.poll_all() == 2
    assert set(IncomingMail.objects.values_list("subject", flat=True)) == {"", "Next"}


def test_mail_that_breaks_the_reader_is_kept_as_it_came(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, imap_server: Dovecot
) -> None:
    def fails(raw: bytes) -> None:
        raise AttributeError

    monkeypatch.setattr("circulars.services.mail_in.parse", fails)
    imap_server.put(mail_bytes())
    assert mail_in.poll_all() == 1
    mail = IncomingMail.objects.get()
    assert (mail.defects, mail.kind) == (["Unreadable"], MailKind.MAIL)
    assert mail.raw is not None


class Cutter:
    """Stands between portal and server and breaks the connection after so many bytes."""

    def __init__(self, port: int, after: int) -> None:
        self._target, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            Thread(target=self._pump, args=(near, far, None), daemon=True).start()
            self._pump(far, near, self._after)

    def _pump(self, source: socket.socket, sink: socket.socket, left: int | None) -> None:
        try:
            while data := source.recv(4096):
                sink.sendall(data if left is None else data[:left])
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        break
        except OSError:
            pass
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def cutter(imap_server: Dovecot) -> Iterator[Cutter]:
    cutter = Cutter(imap_server.port, after=20_000)
    yield cutter
    cutter.close()


def test_connection_lost_in_the_middle_of_a_mail_loses_and_doubles_nothing(
    world: World, imap_server: Dovecot, cutter: Cutter
) -> None:
    mailbox = make_mailbox(world, imap_server)
    Mailbox.objects.update(port=cutter.port)
    imap_server.put(mail_bytes(subject="Small", message_id="<1@x>"))
    imap_server.put(mail_bytes(subject="Large", message_id="<2@x>", text="x " * 50_000))

    assert mail_in.poll_all() == 1
    mailbox.refresh_from_db()
    assert mailbox.failures == 1
    assert mailbox.last_error != ""
    assert mailbox.claimed_until is None
    assert imap_server.subjects() == ["Large"]

    Mailbox.objects.update(port=imap_server.port)
    assert mail_in.poll_all() == 1
    assert [m.subject for m in IncomingMail.objects.order_by("pk")] == ["Small", "Large"]
    assert imap_server.subjects() == []
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.last_error) == (0, "")


def test_mail_stored_but_not_moved_is_only_moved_next_time(
    imap_server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap_server.put(mail_bytes(subject="Once"))
    with monkeypatch.context() as patch:
        patch.setattr(imap.Session, "move", _refuses)
        assert mail_in.poll_all() == 1
    assert imap_server.subjects() == ["Once"]
    assert mail_in.poll_all() == 0
    assert imap_server.subjects() == []
    assert IncomingMail.objects.count() == 1


def _refuses(*_arguments: object) -> None:
    raise imap.imaplib.IMAP4.error("over quota")


def test_server_without_move_and_uidplus_works_too(world: World, settings: object) -> None:
    settings.INSIDE_HOSTS = ["127.0.0.1"]
    with dovecot(hidden="MOVE UIDPLUS") as server:
        make_mailbox(world, server)
        server.put(mail_bytes(subject="Old"))
        assert mail_in.poll_all() == 1
        assert (server.subjects(), server.subjects("Portal")) == ([], ["Old"])


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_connection_is_encrypted_as_set(
    world: World, settings: object, security: Security
) -> None:
    settings.INSIDE_HOSTS = ["localhost"]
    with dovecot(with_tls=True) as server:
        port = server.tls_port if security == Security.TLS else server.port
        mailbox = make_mailbox(world, server, host="localhost", port=port, security=security)
        server.put(mail_bytes())
        assert mailboxes.try_connection(mailbox=mailbox, actor=world.registry) == 1
        assert mail_in.poll_all() == 1


def test_refused_mail_is_removed_from_the_mailbox_too(
    world: World, imap_server: Dovecot, mailbox: Mailbox
) -> None:
    imap_server.put(mail_bytes(subject="Top secret", message_id="<1@x>"))
    imap_server.put(mail_bytes(subject="Other", message_id="<2@x>"))
    mail_in.poll_all()
    mail = IncomingMail.objects.get(subject="Top secret")
    mail_triage.refuse(mail=mail, actor=world.registry)
    tasks_mail.remove_mail(mail.pk)
    assert imap_server.subjects("Portal") == ["Other"]
    mail.refresh_from_db()
    assert (mail.subject, mail.raw) == ("", None)
    tasks_mail.poll_mailboxes()
    assert IncomingMail.objects.count() == 2


def test_two_polls_at_once_are_one(imap_server: Dovecot, mailbox: Mailbox) -> None:
    imap_server.put(mail_bytes())
    assert mailboxes.claim(mailbox.pk, timezone.now()) is not None
    assert mail_in.poll(mailbox.pk) == 0
    assert IncomingMail.objects.count() == 0


def test_wrong_password_is_said_and_kept_visible(imap_server: Dovecot, mailbox: Mailbox) -> None:
    Mailbox.objects.update(secret=mailboxes.secrets.seal("wrong"))
    assert mail_in.poll_all() == 0
    mailbox.refresh_from_db()
    assert mailbox.last_error == "[AUTHENTICATIONFAILED] Authentication failed."


def test_lost_key_is_said(imap_server: Dovecot, mailbox: Mailbox, settings: object) -> None:
    settings.SECRET_KEY = "another key that opens nothing"
    assert mail_in.poll_all() == 0
    mailbox.refresh_from_db()
    assert mailbox.last_error == (
        "The stored password can no longer be read. Please enter it again."
    )


def test_password_is_no_plain_text_in_the_database(mailbox: Mailbox) -> None:
    assert PASSWORD not in mailbox.secret
    assert mailboxes.access_of(mailbox).password == PASSWORD


def test_switched_off_mailbox_is_left_alone(imap_server: Dovecot, mailbox: Mailbox) -> None:
    Mailbox.objects.update(is_active=False)
    imap_server.put(mail_bytes())
    assert mail_in.poll_all() == 0
    assert mail_in.poll(mailbox.pk) == 0


def test_connection_can_be_tried(world: World, mailbox: Mailbox, imap_server: Dovecot) -> None:
    imap_server.put(mail_bytes())
    assert mailboxes.try_connection(mailbox=mailbox, actor=world.registry) == 1
    with pytest.raises(NotAllowed):
        mailboxes.try_connection(mailbox=mailbox, actor=world.officer)

    mailbox.inbox_folder = "Nothing"
    with pytest.raises(InvalidInput) as refusal:
        mailboxes.try_connection(mailbox=mailbox, actor=world.registry)
    assert refusal.value.field == "inbox_folder"

    mailbox.port = 1
    with pytest.raises(InvalidInput) as refusal:
        mailboxes.try_connection(mailbox=mailbox, actor=world.registry)
    assert refusal.value.field == "host"

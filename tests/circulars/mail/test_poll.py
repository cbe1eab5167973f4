"""The central mailbox on a real IMAP server: each mail once, whole, whatever happens."""

import pytest

from circulars.mail.enums import MailState
from circulars.models import IncomingMail, Mailbox
from circulars.services import mail_in
from tests.factories.letters import World
from tests.factories.mails import mail_bytes, make_mailbox
from tests.servers.dovecot import Dovecot

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

from datetime import UTC, datetime

import pytest

from circulars.models import IncomingMail, Mailbox
from circulars.services import mail_in
from tests.factories.letters import World
from tests.factories.mails import make_mailbox

ARRIVED = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # a Friday, 9.30 in Bangkok


@pytest.fixture
def mailbox(world: World, settings: object) -> Mailbox:
    """The central mailbox of an office, on a server that nobody asks."""
    settings.INSIDE_HOSTS = ["127.0.0.1"]
    return make_mailbox(world)


@pytest.fixture
def arrive(mailbox: Mailbox):
    """Take over a mail as if the server had just given it."""

    def take(raw: bytes, at: datetime = ARRIVED) -> IncomingMail:
        mail = mail_in.keep(mailbox=mailbox, raw=raw, arrived_at=at)
        assert mail is not None
        return mail

    return take

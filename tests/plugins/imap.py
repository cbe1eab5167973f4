"""Tests with a real IMAP server; where Dovecot is missing they say so."""

import os
from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot, available, dovecot


@pytest.fixture
def imap_server(settings: object) -> Iterator[Dovecot]:
    """An empty server on loopback that the portal may call."""
    if not available() and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("needs Dovecot (Debian: dovecot-imapd)")
    settings.INSIDE_HOSTS = ["127.0.0.1", "localhost"]
    with dovecot() as server:
        yield server

"""What every test stands on: servers of its own, an empty cache, a folder for files."""

import os
from pathlib import Path

import pytest

from portal.embedded.holding import Hold, Server
from portal.embedded.postgres import Postgres
from portal.embedded.redis import Redis
from portal.settings.environment import VAR_DIR

pytest_plugins = [
    "tests.plugins.audit",
    "tests.plugins.deferred",
    "tests.plugins.factors",
    "tests.plugins.imap",
    "tests.plugins.pdf",
    "tests.plugins.properties",
    "tests.plugins.smtp",
]

SERVERS = pytest.StashKey[list[Hold]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded servers, unless the environment names others.

    The settings hold their addresses already; with several test processes the first one, which
    runs no tests itself, holds the servers for all.
    """
    held: list[Hold] = []
    config.stash[SERVERS] = held
    if hasattr(config, "workerinput"):
        return
    servers: dict[str, Server] = {
        "DATABASE_URL": Postgres(VAR_DIR / "test-postgres", forgetful=True),
        "REDIS_URL": Redis(VAR_DIR / "test-redis", forgetful=True),
    }
    held += [
        Hold(server).take() for name, server in servers.items() if os.environ[name] == server.url
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    for hold in config.stash[SERVERS]:
        hold.release()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no Chromium, browser tests say so; REQUIRE_BROWSER lets them fail instead."""
    chromium = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if chromium.exists() or os.environ.get("REQUIRE_BROWSER"):
        return
    missing = pytest.mark.skip(reason=f"needs Chromium at {chromium}")
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def _own_media_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()

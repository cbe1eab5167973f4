"""Which servers a command works with: those of the environment, or private ones in var/."""

import os
from contextlib import ExitStack

from portal.embedded.addresses import check_database, check_redis
from portal.embedded.holding import Hold
from portal.embedded.interrupts import shielded
from portal.embedded.postgres import Postgres
from portal.embedded.redis import Redis
from portal.settings.environment import VAR_DIR


def development_servers(stack: ExitStack) -> dict[str, str]:
    """The servers with the data of `make run`, held until ``stack`` ends; their addresses."""
    return _servers(stack, "", forgetful=False)


def test_servers(stack: ExitStack) -> dict[str, str]:
    """The servers of the tests, which forget everything."""
    return _servers(stack, "test-", forgetful=True)


def bench_servers(stack: ExitStack) -> dict[str, str]:
    """Servers of their own for measuring, which write to disk as a real one does."""
    return _servers(stack, "bench-", forgetful=False)


def _servers(stack: ExitStack, prefix: str, *, forgetful: bool) -> dict[str, str]:
    addresses = {}
    if url := os.environ.get("DATABASE_URL"):
        check_database(url)
    else:
        postgres = Postgres(VAR_DIR / f"{prefix}postgres", forgetful=forgetful)
        with shielded():
            stack.enter_context(Hold(postgres))
        addresses["DATABASE_URL"] = postgres.url
    if url := os.environ.get("REDIS_URL"):
        check_redis(url)
    else:
        redis = Redis(VAR_DIR / f"{prefix}redis", forgetful=forgetful)
        with shielded():
            stack.enter_context(Hold(redis))
        addresses["REDIS_URL"] = redis.url
    return addresses

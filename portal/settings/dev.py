"""For trying out on one machine: embedded servers, demo data, mail into a folder."""

import os

from portal.embedded.postgres import Postgres
from portal.embedded.redis import Redis
from portal.settings.environment import VAR_DIR, env

# Only addresses: `make run` starts the servers, or `python -m portal.embedded` for one command.
os.environ["DATABASE_URL"] = env("DATABASE_URL", default="") or Postgres(VAR_DIR / "postgres").url
os.environ["REDIS_URL"] = env("REDIS_URL", default="") or Redis(VAR_DIR / "redis").url

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)

DEBUG = env.bool("DEBUG", default=True)

# Letters are sealed with a certificate made on the spot where an office has none.
SEAL_SELF_SIGNED = env.bool("SEAL_SELF_SIGNED", default=True)

"""For the tests: the real PostgreSQL of DATABASE_URL, or the embedded one that they start."""

import os

from portal.embedded.postgres import Postgres
from portal.embedded.redis import Redis
from portal.settings.environment import VAR_DIR, env

# Only addresses: tests/conftest.py starts the servers when a test run begins.
os.environ["DATABASE_URL"] = (
    env("DATABASE_URL", default="") or Postgres(VAR_DIR / "test-postgres").url
)
os.environ["REDIS_URL"] = env("REDIS_URL", default="") or Redis(VAR_DIR / "test-redis").url
# No worker listens: a test runs the tasks that it is about.
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)
from portal.settings.base import DATABASES, INSTALLED_APPS

SECRET_KEY = "test-key-not-used-anywhere-else"  # noqa: S105  (it protects nothing)
INSTALLED_APPS += ["tests.apps.sample"]
DATABASES["default"]["TEST"] = {"NAME": env("TEST_DATABASE_NAME", default="test_portal")}
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Tests read the source's own words; those about the Thai pages ask for Thai.
LANGUAGE_CODE = "en"

# Most tests are not about signing in; those that are switch it on.
SECOND_FACTOR_ENFORCED = False

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected for the tests; the live server asks the finders.
WHITENOISE_AUTOREFRESH = True

SEAL_DIR = VAR_DIR / "test-seals"
SEAL_SELF_SIGNED = True

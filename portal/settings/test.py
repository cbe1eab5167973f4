"""For the tests: the real PostgreSQL of DATABASE_URL, or the embedded one."""

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)
from portal.settings.base import DATABASES, VAR_DIR, env

SECRET_KEY = "test-key-not-used-anywhere-else"
if not env("DATABASE_URL", default=""):
    from portal.embedded import postgres

    DATABASES["default"].update(env.db_url_config(postgres.start(VAR_DIR / "test-postgres")))
DATABASES["default"]["TEST"] = {"NAME": env("TEST_DATABASE_NAME", default="test_portal")}
DATABASES["default"]["CONN_MAX_AGE"] = 0

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

"""As on a real installation, but with a database, a queue and folders of their own."""

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)
from portal.settings.base import CACHES, DATABASES, VAR_DIR

ADMIN_DATABASE = str(DATABASES["default"]["NAME"])
"""Where the statement that makes the database of the benchmarks is sent to."""

DATABASES["default"]["NAME"] = "portal_bench"
CACHES["default"]["KEY_PREFIX"] = "bench"
CELERY_TASK_DEFAULT_QUEUE = "bench"

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = VAR_DIR / "bench-static"
MEDIA_ROOT = VAR_DIR / "bench-media"
BENCH_LOGS = VAR_DIR / "log" / "bench"
BENCH_PAGE = VAR_DIR / "bench-page.html"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

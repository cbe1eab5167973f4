"""Settings that hold everywhere; what differs comes from the environment."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from portal.settings.accounts import *  # noqa: F403  (one file per concern)
from portal.settings.beat import *  # noqa: F403
from portal.settings.circulars import *  # noqa: F403
from portal.settings.correspondence import *  # noqa: F403
from portal.settings.environment import BASE_DIR, NODE_MODULES, VAR_DIR, env
from portal.settings.files import *  # noqa: F403  (one file per concern)
from portal.settings.logs import *  # noqa: F403
from portal.settings.mail import *  # noqa: F403
from portal.settings.notifications import *  # noqa: F403
from portal.settings.queue import *  # noqa: F403
from portal.settings.queue import REDIS_URL
from portal.settings.reports import *  # noqa: F403
from portal.settings.security import *  # noqa: F403

DEFAULT_SECRET_KEY = "insecure-default-key-for-trying-out-only"  # noqa: S105  (prod refuses it)
SECRET_KEY = env("SECRET_KEY", default="") or DEFAULT_SECRET_KEY
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000")
# Where the source of this installation can be had; a link at the foot of the pages.
SOURCE_URL = env("SOURCE_URL", default="")
# A portal to try out: demo data is loaded, and the pages may say how to sign in.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "portal.core",
    "portal.audit",
    "portal.workflow",
    "portal.users",
    "portal.org",
    "portal.files",
    "portal.search",
    "portal.notifications",
    "portal.accounts",
    "portal.desk",
    "portal.website",
    "circulars",
    "django_linear_migrations",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
    "import_export",
    "template_partials",
    "portal.accounts.back_office_config.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "portal.audit.middleware.AuditMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.core.headers.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.core.middleware_locale.PersonLanguageMiddleware",
    "portal.desk.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "portal.accounts.middleware.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.core.middleware.ErrorsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.core.headers.nonce",
                "portal.desk.shell.shell",
            ],
        },
    },
]

# Database: connections are kept (2.2 times the requests of opening one each time).
DATABASES = {"default": env.db_url_config(env("DATABASE_URL", default="") or "postgres:///portal")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

AUTH_USER_MODEL = "users.User"

LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Libraries come from npm; only the folders that pages use are served.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", NODE_MODULES / "bootstrap/dist/css"),
    ("vendor/htmx", NODE_MODULES / "htmx.org/dist"),
    ("vendor/sarabun", NODE_MODULES / "@fontsource/sarabun/files"),
]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
FONTS_DIR = Path(env("FONTS_DIR", default=str(VAR_DIR / "fonts")))

"""For the real installation: refuses to start with settings that would endanger it."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)
from portal.settings.base import (
    ALLOWED_HOSTS,
    DEBUG,
    DEFAULT_SECRET_KEY,
    DEMO,
    SEAL_SELF_SIGNED,
    SECRET_KEY,
    SITE_URL,
    env,
)

_REQUIRED = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "MEDIA_ROOT")
_FOR_TRYING_OUT = (
    (DEBUG, "DEBUG must be off."),
    (DEMO, "DEMO must be off: demo accounts have known passwords."),
    (SEAL_SELF_SIGNED, "SEAL_SELF_SIGNED must be off: such a seal proves nothing."),
)


def _problems() -> list[str]:
    """What is wrong with the environment, in words for the person who set it up."""
    found = [f"{name} is missing." for name in _REQUIRED if not env(name, default="")]
    found += [problem for is_on, problem in _FOR_TRYING_OUT if is_on]
    if SECRET_KEY == DEFAULT_SECRET_KEY:
        found.append("SECRET_KEY is missing or the one of the example.")
    elif len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        found.append("SECRET_KEY is too easy: it needs 50 characters or more, at random.")
    if not env.list("ALLOWED_HOSTS", default=[]):
        found.append("ALLOWED_HOSTS is missing: the names under which the portal is reached.")
    if any("*" in host for host in ALLOWED_HOSTS):
        found.append("ALLOWED_HOSTS must name each host; '*' would let anybody pose as it.")
    if not SITE_URL.startswith("https://"):
        found.append("SITE_URL must begin with https://.")
    return found


if _found := _problems():
    raise ImproperlyConfigured(
        "The portal does not start with these settings:\n  - " + "\n  - ".join(_found)
    )

# TLS ends at the proxy in front, which must set or drop this header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# Names carry a hash of the content, so that browsers may keep files for ever.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The prefix makes the browser keep the cookie for this one host and for TLS only.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

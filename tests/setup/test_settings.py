"""The real installation refuses settings that would endanger it."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.prod",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQ",
    "ALLOWED_HOSTS": "portal.example.go.th",
    "SITE_URL": "https://portal.example.go.th",
    "DATABASE_URL": "postgresql://portal@db/portal",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp://mail:25",
    "DEFAULT_FROM_EMAIL": "portal@example.go.th",
    "MEDIA_ROOT": "/srv/media",
    # A file of the developer's own must not fill in what the test leaves out.
    "DEBUG": "",
}
HEAD = (
    "django.core.exceptions.ImproperlyConfigured: The portal does not start with these settings:"
)


def manage(*arguments: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """Run a command with a good set of settings, but for those in ``changed``."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME") or name.startswith("COVERAGE_")
    }
    wanted = inherited | GOOD | changed
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in wanted.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(**changed: str | None) -> list[str]:
    """What production settings complain about when ``changed`` differs from a good set."""
    done = manage("check", **changed)
    assert done.returncode == 1, done.stdout
    head, *problems = done.stderr[done.stderr.index(HEAD) :].strip().splitlines()
    assert head == HEAD
    return [problem.removeprefix("  - ") for problem in problems]


@pytest.mark.slow
def test_production_settings_pass_the_check_for_deployment() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_production_without_its_settings_names_all_that_is_missing() -> None:
    names = [name for name in GOOD if name != "DJANGO_SETTINGS_MODULE"]
    expected = [
        "DATABASE_URL is missing.",
        "REDIS_URL is missing.",
        "EMAIL_URL is missing.",
        "DEFAULT_FROM_EMAIL is missing.",
        "MEDIA_ROOT is missing.",
        "SECRET_KEY is missing or the one of the example.",
        "ALLOWED_HOSTS is missing: the names under which the portal is reached.",
        "SITE_URL must begin with https://.",
    ]
    assert refusal(**dict.fromkeys(names, "")) == expected
    assert refusal(**dict.fromkeys(names)) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            "SECRET_KEY",
            "insecure-default-key-for-trying-out-only",
            "SECRET_KEY is missing or the one of the example.",
        ),
        (
            "SECRET_KEY",
            "a" * 60,
            "SECRET_KEY is too easy: it needs 50 characters or more, at random.",
        ),
        ("DEBUG", "1", "DEBUG must be off."),
        (
            "ALLOWED_HOSTS",
            "portal.example.go.th,*",
            "ALLOWED_HOSTS must name each host; '*' would let anybody pose as it.",
        ),
        ("SITE_URL", "http://portal.example.go.th", "SITE_URL must begin with https://."),
        ("SEAL_SELF_SIGNED", "1", "SEAL_SELF_SIGNED must be off: such a seal proves nothing."),
        ("DEMO", "1", "DEMO must be off: demo accounts have known passwords."),
    ],
)
def test_production_refuses(name: str, value: str, problem: str) -> None:
    assert refusal(**{name: value}) == [problem]


SHOW = """
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE)
print(s.TRUSTED_PROXIES, s.ALLAUTH_TRUSTED_PROXY_COUNT, s.SECURE_PROXY_SSL_HEADER[0])
print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.SECURE_CROSS_ORIGIN_OPENER_POLICY)
print(s.STORAGES["staticfiles"]["BACKEND"].rsplit(".")[-1], s.PASSWORD_HASHERS[0].rsplit(".")[-1])
"""


@pytest.mark.slow
def test_production_cookies_are_bound_to_host_and_tls() -> None:
    done = manage("shell", "--no-imports", "-c", SHOW)
    assert done.stdout.splitlines() == [
        "__Host-sessionid __Host-csrftoken __Host-language",
        "True True True",
        "1 1 HTTP_X_FORWARDED_PROTO",
        "True 31536000 same-origin",
        "CompressedManifestStaticFilesStorage Argon2PasswordHasher",
    ]


@pytest.mark.slow
def test_development_needs_no_settings_at_all() -> None:
    code = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'], s.DEBUG)"
    nothing = dict.fromkeys(GOOD) | {"DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
    done = manage("shell", "--no-imports", "-c", code, **nothing)
    assert (done.returncode, done.stdout.split()) == (0, ["portal", "True"])


@pytest.mark.slow
def test_broker_and_cache_follow_the_address_of_redis() -> None:
    code = "from django.conf import settings as s; print(s.CELERY_BROKER_URL, s.REDIS_URL)"
    done = manage("shell", "--no-imports", "-c", code, REDIS_URL="unix:///run/redis.sock")
    assert done.stdout.split() == ["redis+socket:///run/redis.sock", "unix:///run/redis.sock"]


def test_example_file_lists_every_setting_of_the_environment() -> None:
    read = {
        name
        for path in (settings.BASE_DIR / "portal" / "settings").glob("*.py")
        if path.name != "test.py"
        for name in re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', path.read_text())
    }
    example = (settings.BASE_DIR / ".env.example").read_text()
    listed = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert listed == read | {"DJANGO_SETTINGS_MODULE"}

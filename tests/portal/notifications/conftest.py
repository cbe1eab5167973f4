from collections.abc import Iterator

import pytest

from portal.core.registry import NotificationKind, notification_kinds
from portal.org.models import Office
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory
from tests.servers.smtp import MailServer

WORDING = {
    "sample/email/news.subject.txt": "ข่าวถึง {{ person }}: {{ title }}",
    "sample/email/news.txt": "เรียน {{ person }}\n{{ title }} & <{{ about }}>\n{{ url }}\n",
    "sample/email/news.html": (
        '{% extends "notifications/email/base.html" %}'
        "{% block content %}<p>{{ person }} {{ title }}</p>{% endblock %}"
    ),
    "sample/email/alarm.subject.txt": "{% load i18n %}{% translate 'Thai' %} {{ actor }}",
    "sample/email/alarm.txt": "a < b\n\nc",
    "sample/email/quiet.subject.txt": "quiet",
    "sample/email/quiet.txt": "quiet",
    "sample/email/broken.subject.txt": "{% nonsense %}",
}
KINDS = (
    NotificationKind(code="sample.news", label="News", order=1),
    NotificationKind(code="sample.alarm", label="Alarm", urgent=True, order=2),
    NotificationKind(
        code="sample.quiet", label="Quiet", default_channels=frozenset({"in_app"}), order=3
    ),
    NotificationKind(code="sample.broken", label="Broken", order=4),
    NotificationKind(code="sample.lock", label="Lock", mandatory=True, order=5),
)


@pytest.fixture
def wording(settings) -> Iterator[dict[str, str]]:
    """Kinds and words of a sample app; a test may change the words before they are used."""
    words = dict(WORDING)
    [engine] = settings.TEMPLATES
    loaders = [
        ("django.template.loaders.locmem.Loader", words),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    options = {**engine["OPTIONS"], "loaders": loaders}
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "OPTIONS": options}]
    for kind in KINDS:
        notification_kinds.register(kind)
    yield words
    for kind in KINDS:
        notification_kinds.unregister(kind.code)


@pytest.fixture
def only_sample_kinds(wording) -> Iterator[None]:
    """No kinds but the sample ones, for tests that list them all."""
    samples = {kind.code for kind in KINDS}
    others = [kind for kind in notification_kinds if kind.code not in samples]
    for kind in others:
        notification_kinds.unregister(kind.code)
    yield
    for kind in others:
        notification_kinds.register(kind)


@pytest.fixture
def office(db: None) -> Office:
    return OfficeFactory(short_name="สพป.ทดสอบ เขต 2", email="saraban@example.com")


@pytest.fixture
def clerk(office: Office) -> User:
    return UserFactory(office=office, first_name="สมชาย", last_name="ใจดี")


@pytest.fixture
def smtp(settings) -> Iterator[MailServer]:
    """A real mail server, and the portal told to use it."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        settings.EMAIL_TIMEOUT = 5
        yield server

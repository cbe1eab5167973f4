"""A sign-in on a device never seen before is told by mail, once."""

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import KnownDevice
from portal.accounts.services.devices import browser_name, see_device
from portal.core.registry import notification_kinds
from portal.notifications.models import Delivery, Notification
from tests.factories import person
from tests.portal.accounts.conftest import IPHONE, WINDOWS

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.select_related("notice", "person").order_by("pk")
    return [(row.person.username, row.notice.kind) for row in rows]


def test_new_device_is_told_exactly_once(client, sign_in_form):
    person(username="somchai")
    for _time in range(3):
        sign_in_form("somchai")
        client.post("/accounts/logout/")
    assert told() == [("somchai", "accounts.new_device")]
    assert Delivery.objects.count() == 1


def test_each_new_device_is_told(sign_in_form):
    person(username="somchai")
    for browser in (Client(), Client()):
        sign_in_form("somchai", by=browser)
        sign_in_form("somchai", by=browser)
    assert told() == [("somchai", "accounts.new_device")] * 2


def test_device_of_one_person_is_new_for_another(client, sign_in_form):
    person(username="somchai")
    person(username="malee")
    for name in ("somchai", "malee", "somchai", "malee"):
        sign_in_form(name)
        client.post("/accounts/logout/")
    assert told() == [("somchai", "accounts.new_device"), ("malee", "accounts.new_device")]


def test_cookie_cannot_be_read_by_scripts_and_lasts(client, sign_in_form, settings):
    settings.SESSION_COOKIE_SECURE = True
    person(username="somchai")
    sign_in_form("somchai")
    cookie = client.cookies["portal_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"]) == (
        True,
        "Lax",
        True,
        400 * 24 * 60 * 60,
    )


def test_cookie_is_stored_as_a_hash_only(client, sign_in_form):
    person(username="somchai")
    sign_in_form("somchai")
    value = client.cookies["portal_device"].value
    device = KnownDevice.objects.get()
    assert (len(value), device.token_hash == value, len(device.token_hash)) == (64, False, 64)


def test_damaged_cookie_is_a_new_device(client, sign_in_form):
    person(username="somchai")
    sign_in_form("somchai")
    client.post("/accounts/logout/")
    client.cookies["portal_device"] = "short"
    sign_in_form("somchai")
    assert told() == [("somchai", "accounts.new_device")] * 2
    assert len(client.cookies["portal_device"].value) == 64


def test_known_device_notes_when_and_where_it_was_seen_last():
    user = person()
    token = see_device(user=user, token="", user_agent=WINDOWS, ip="192.0.2.1")
    before = timezone.now()
    see_device(user=user, token=token, user_agent=IPHONE, ip="192.0.2.2")
    device = KnownDevice.objects.get()
    assert (device.ip, device.browser) == ("192.0.2.2", "Mobile Safari 17 · iOS 17")
    assert device.first_seen_at < before < device.last_seen_at


def test_mail_says_browser_and_address_in_the_language_of_the_person(sign_in_form, outbox):
    user = person(username="somchai", language="en")
    sign_in_form("somchai", by=Client(headers={"User-Agent": WINDOWS}, REMOTE_ADDR="192.0.2.7"))
    (message,) = outbox()
    assert message.to == [user.email]
    assert message.subject == "Somebody signed in to your account on a new device"
    lines = [line for line in message.body.splitlines() if line.startswith(("IP", "Device"))]
    assert lines == ["IP address: 192.0.2.7", "Device: Chrome 130 · Windows 10"]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WINDOWS, "Chrome 130 · Windows 10"),
        (IPHONE, "Mobile Safari 17 · iOS 17"),
        ("", ""),
        ("x" * 3000, ""),
    ],
)
def test_browser_name(agent, name):
    assert browser_name(agent) == name


def test_notice_of_a_new_device_cannot_be_switched_off():
    assert notification_kinds.get("accounts.new_device").mandatory is True

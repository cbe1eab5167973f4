"""The bell and the pages behind it in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from portal.notifications.enums import DeliveryState
from portal.notifications.models import Delivery, Notification
from portal.notifications.service import notify
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import UserFactory, person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

BADGE = ".bell .menu-badge"


@pytest.fixture
def user() -> User:
    return person(Role.SYSADMIN, title="นาย", first_name="สมมติ", last_name="ใจดี")


def tell(user: User, count: int = 1, name: str = "แบบรายงาน.pdf") -> None:
    for number in range(count):
        notify(
            kind="files.infected",
            to=[user],
            about=user.office,
            actor=user,
            url="/desk/profile/",
            context={"name": f"{number + 1} {name}", "signature": "Test"},
        )


def test_bell_counts_and_follows_what_is_read(
    page: Page, sign_in, user, axe, shot, no_sideways_scroll
):
    tell(user, 3)
    sign_in(user)
    page.goto("/notifications/")
    expect(page.locator(BADGE)).to_contain_text("3")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "notifications")
    page.locator(".note").first.locator("button").click()
    expect(page.locator(BADGE)).to_contain_text("2")
    expect(page.locator(".note.is-unread")).to_have_count(2)
    page.locator(".note.is-unread .note-link").first.click()
    page.wait_for_url("**/desk/profile/")
    expect(page.locator(BADGE)).to_contain_text("1")
    page.goto("/notifications/")
    page.locator("form[action='/notifications/read/'] button").click()
    expect(page.locator(".note.is-unread")).to_have_count(0)
    expect(page.locator(BADGE)).to_have_count(0)


def test_bell_hears_of_news_when_the_tab_is_looked_at(page: Page, sign_in, user):
    sign_in(user)
    page.goto("/desk/profile/")
    page.wait_for_load_state("networkidle")
    expect(page.locator(BADGE)).to_have_count(0)
    tell(user)
    with page.expect_response("**/notifications/bell/"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(BADGE)).to_contain_text("1")


def test_bell_is_answered_304_from_the_browsers_own_copy(page: Page, sign_in, user):
    sign_in(user)
    asked: list[str] = []
    page.on(
        "request",
        lambda request: (
            asked.append(request.all_headers().get("if-none-match", ""))
            if request.url.endswith("/bell/")
            else None
        ),
    )
    page.goto("/desk/profile/")
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert len(asked) == 2
    assert Notification.objects.count() == 0


def test_empty_list(page: Page, sign_in, user, axe, shot):
    sign_in(user)
    page.goto("/notifications/")
    expect(page.locator(".empty-title")).to_have_count(1)
    axe(page)
    shot(page, "notifications-empty")


def test_choices_are_kept(page: Page, sign_in, user, axe, shot, no_sideways_scroll):
    sign_in(user)
    page.goto("/notifications/preferences/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "notifications-preferences")
    box = page.locator("[name='circulars.signed:email']")
    expect(box).to_be_checked()
    expect(page.locator("[name='circulars.delivered:in_app']")).to_be_disabled()
    box.uncheck()
    page.locator(".form-actions button").click()
    expect(page.locator(".messages .notice")).to_have_count(1)
    expect(page.locator("[name='circulars.signed:email']")).not_to_be_checked()


def test_administrator_sends_again(page: Page, sign_in, user, axe, shot, no_sideways_scroll):
    for number in range(3):
        tell(UserFactory(office=user.office, title="นาง", first_name=f"ทดสอบ {number}"))
    Delivery.objects.update(
        state=DeliveryState.DEAD, attempts=1, reason="550 5.1.1 No such user here"
    )
    sign_in(user)
    page.goto("/notifications/undelivered/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "undelivered")
    page.locator("tbody tr").first.locator("button").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator(".page-header .confirm summary").click()
    shot(page, "undelivered-confirm")
    page.locator(
        "dialog[open] button[type=submit], .confirm[open] button[type=submit]"
    ).first.click()
    expect(page.locator(".empty-title")).to_have_count(1)
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 0

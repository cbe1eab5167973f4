"""How many taps the daily decisions cost, counted on a phone, and the way without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from circulars.enums import DeliveryState, LetterState
from circulars.models import Delivery, Letter
from portal.users.models import User
from tests.factories import PASSWORD
from tests.factories import letters as make
from tests.factories.letters import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(transactional_db: None, settings: object) -> World:
    settings.SECOND_FACTOR_ROLES = []
    return make_world()


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def tap(self, selector: str) -> None:
        target = self.page.locator(selector).first
        expect(target).to_be_in_viewport()
        target.click()
        self.count += 1


def test_signing_takes_three_taps_from_the_notice(
    world: World, page: Page, sign_in: SignIn
) -> None:
    letter = make.for_signature(world)
    page.set_viewport_size(PHONE)
    sign_in(world.director)
    page.goto("/notifications/")
    taps = Taps(page)
    taps.tap("main a[href*='/open/']")
    taps.tap("a[href*='/sign/']")
    page.locator("#id_password").fill(PASSWORD)
    taps.tap("main form .form-actions button[type=submit]")
    page.wait_for_url(f"**{letter.get_absolute_url()}")
    assert Letter.objects.get().state == LetterState.SIGNED_PENDING
    assert taps.count == 3


def test_acknowledging_takes_two_taps_from_the_mail(
    world: World, page: Page, sign_in: SignIn
) -> None:
    letter = make.dispatched(world)
    page.set_viewport_size(PHONE)
    sign_in(world.principals[0])
    page.goto(letter.get_received_url())
    taps = Taps(page)
    taps.count += 1  # the link in the mail
    taps.tap("form[action$='/acknowledge/'] button")
    expect(page.locator(".notice-success").first).to_be_visible()
    received = Delivery.objects.get(unit=world.schools[0])
    assert received.state == DeliveryState.ACKNOWLEDGED
    assert taps.count == 2


def test_letter_is_written_and_submitted_without_javascript(
    world: World, browser: Browser, context: BrowserContext, live_server, sign_in: SignIn
) -> None:
    sign_in(world.officer)
    plain = browser.new_context(
        base_url=live_server.url,
        storage_state=context.storage_state(),
        java_script_enabled=False,
    )
    page = plain.new_page()
    page.goto("/circulars/new/")
    page.locator("main form button[type=submit]").click()
    page.locator("#id_subject").fill("เรื่องที่เขียนโดยไม่มีสคริปต์")
    page.locator("#id_addressee").fill("ผู้อำนวยการโรงเรียน")
    page.locator("#id_body").fill("<p>เนื้อความ</p>")
    page.locator("button[name=then][value=recipients]").click()
    page.locator("#id_all_schools").check()
    page.locator("button[name=action][value=add]").click()
    page.locator("button[name=action][value=keep]").click()
    page.locator("button[name=then][value=submit]").click()
    page.wait_for_url("**/circulars/*/")
    letter = Letter.objects.get()
    assert (letter.state, letter.recipients.count()) == (LetterState.IN_CHAIN, 3)
    plain.close()

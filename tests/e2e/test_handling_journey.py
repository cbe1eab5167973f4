"""A received letter from the registry's desk to its end, in the browser, partly on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from circulars.enums_handling import AssignmentState, HandlingState
from circulars.models import Assignment, Handling, Letter
from portal.users.models import User
from tests.factories import PASSWORD
from tests.factories import handling as make
from tests.factories import letters as make_letters
from tests.factories.letters import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]
Shot = Callable[[Page, str], list[Path]]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def world(transactional_db: None, settings: object) -> World:
    settings.SECOND_FACTOR_ROLES = []
    return make_world()


def send(page: Page) -> None:
    page.locator("#work-form .thumb-bar button[type=submit]").click()


def test_letter_goes_its_whole_way(
    world: World, page: Page, sign_in: SignIn, axe: Callable[[Page], None], shot: Shot
) -> None:
    row = make.received(world)
    sign_in(world.registry)
    page.goto(row.get_absolute_url())
    page.locator(".thumb-bar a[href*='/handle/propose/']").click()
    page.get_by_role("button", name="เพื่อโปรดพิจารณา").click()
    expect(page.locator("#id_remark")).to_have_value("เพื่อโปรดพิจารณา")
    page.get_by_text("Suggest who does it").click()
    page.get_by_label("Lead").select_option(label=str(world.group))
    axe(page)
    shot(page, "handling-propose")
    send(page)
    page.wait_for_url("**/deliveries/**")

    page.set_viewport_size(PHONE)
    sign_in(world.director)
    page.goto(row.get_absolute_url())
    axe(page)
    shot(page, "handling-to-order")
    page.set_viewport_size(PHONE)
    page.locator(".thumb-bar a[href*='/handle/approve/']").click()
    page.get_by_role("button", name="ดำเนินการตามเสนอ").click()
    shot(page, "handling-approve")
    page.set_viewport_size(PHONE)
    send(page)
    page.wait_for_url("**/deliveries/**")
    assert Handling.objects.get().state == HandlingState.ASSIGNED

    sign_in(world.group_director)
    page.goto(row.get_absolute_url())
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/deliveries/**")
    page.locator("a[href*='/report/']").click()
    page.locator("#id_text").fill("ดำเนินการเรียบร้อยแล้ว")
    axe(page)
    shot(page, "handling-report")
    send(page)
    page.wait_for_url("**/deliveries/**")
    assert Assignment.objects.get().state == AssignmentState.REPORTED
    page.locator(".thumb-bar a[href*='/handle/close/']").click()
    send(page)
    page.wait_for_url("**/deliveries/**")
    assert Handling.objects.get().state == HandlingState.CLOSED
    axe(page)
    shot(page, "handling-closed")


def test_approving_takes_three_taps_from_the_notice(
    world: World, page: Page, sign_in: SignIn
) -> None:
    make.proposed(world, owners=[make.group_lead(world)])
    page.set_viewport_size(PHONE)
    sign_in(world.director)
    page.goto("/notifications/")
    for target in (
        "main a[href*='/open/']",
        "a[href*='/handle/approve/']",
        "#work-form .thumb-bar button[type=submit]",
    ):
        expect(page.locator(target).first).to_be_in_viewport()
        page.locator(target).first.click()
    page.wait_for_url("**/deliveries/**")
    assert Handling.objects.get().state == HandlingState.ASSIGNED


def test_several_are_decided_at_once_after_each_was_opened(
    world: World, page: Page, sign_in: SignIn, axe: Callable[[Page], None], shot: Shot
) -> None:
    handled = make.proposed(world, owners=[make.group_lead(world)])
    make.proposed(world)
    letter = make_letters.for_signature(world)
    sign_in(world.director)
    for url in (handled.get_absolute_url(), letter.get_absolute_url()):
        page.goto(url)
    page.goto("/circulars/my-work/to_order/")
    axe(page)
    shot(page, "handling-list")
    page.get_by_role("link", name="Decide several at once").click()
    boxes = page.locator("input[name=letters]")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.locator("#id_password").fill(PASSWORD)
    axe(page)
    shot(page, "handling-batch")
    page.locator("main .thumb-bar button[type=submit]").click()
    expect(page.locator("input[name=letters]")).to_have_count(0)
    assert Handling.objects.get(pk=handled.pk).state == HandlingState.ASSIGNED
    assert Letter.objects.get(pk=letter.pk).number_text


def test_desks_and_targets_have_their_pages(
    world: World, page: Page, sign_in: SignIn, axe: Callable[[Page], None], shot: Shot
) -> None:
    make.ordered(world, make.lead(world.officer))
    sign_in(world.registry)
    page.goto("/circulars/settings/targets/")
    axe(page)
    shot(page, "handling-targets")
    sign_in(world.group_director)
    page.goto("/circulars/desk-handovers/")
    page.get_by_label("From whom").select_option(label=str(world.officer))
    page.get_by_label("To whom").select_option(label=str(world.group_registry))
    page.locator("main form .form-actions button[type=submit]").click()
    axe(page)
    shot(page, "handling-handover")
    page.get_by_role("button", name="Hand all of this over").click()
    expect(page.get_by_role("heading", name="Desks handed over")).to_be_visible()
    assert Assignment.objects.get().membership.person == world.group_registry

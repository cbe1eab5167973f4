"""The frame, the components and the desk in a real browser: look, access, policy."""

import gzip

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from portal.core.registry import work_tiles
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import GroupFactory, MembershipFactory, OfficeFactory, person
from tests.factories.work import FixedTile, days_from_now, work_items

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk() -> User:
    office = OfficeFactory(
        name="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาตัวอย่าง เขต 2", short_name="สพป.ตัวอย่าง เขต 2"
    )
    unit = GroupFactory(office=office, name="กลุ่มอำนวยการ")
    user = person(
        Role.GROUP_REGISTRY, unit, position="นักจัดการงานทั่วไปปฏิบัติการ",
        title="นางสาว", first_name="สมมติ", last_name="ใจดี", email="clerk@example.com",
    )  # fmt: skip
    MembershipFactory(person=user, unit=unit, role=Role.PR_OFFICER)
    return user


@pytest.fixture
def tiles(monkeypatch) -> None:
    """Three kinds of work, one of them late."""
    monkeypatch.setattr(work_tiles, "_items", {})
    late = work_items(7, lambda n: days_from_now(n - 3))
    work_tiles.register(FixedTile("sign", "รอลงนาม", late, order=1, icon="pen"))
    work_tiles.register(
        FixedTile("register", "รอลงรับ", work_items(2), order=2, icon="journal-plus")
    )
    work_tiles.register(
        FixedTile("returned", "ส่งคืนให้แก้ไข", work_items(1), order=3, icon="arrow-return-left")
    )


def test_styleguide_shows_all_components(
    page: Page, sign_in, clerk, axe, shot, no_sideways_scroll, settings
):
    settings.DEBUG = True
    sign_in(clerk)
    page.goto("/styleguide/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "styleguide")


def test_my_work_with_work(page: Page, sign_in, clerk, tiles, axe, shot, no_sideways_scroll):
    sign_in(clerk)
    page.goto("/desk/")
    expect(page.locator(".stat-value")).to_have_text(["7", "2", "1"])
    axe(page)
    no_sideways_scroll(page)
    shot(page, "my-work")


def test_my_work_without_work(page: Page, sign_in, clerk, monkeypatch, axe, shot):
    monkeypatch.setattr(work_tiles, "_items", {})
    sign_in(clerk)
    page.goto("/desk/")
    expect(page.locator(".empty-title")).to_have_count(1)
    axe(page)
    shot(page, "my-work-empty")


def test_profile(page: Page, sign_in, clerk, axe, shot, no_sideways_scroll):
    sign_in(clerk)
    page.goto("/desk/profile/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "profile")


def test_guide(page: Page, sign_in, clerk, axe, shot, no_sideways_scroll):
    sign_in(clerk)
    page.goto("/desk/help/start/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "guide")


def test_error_pages(page: Page, sign_in, clerk, axe, shot, no_sideways_scroll):
    page.goto("/nothing-here/")
    axe(page)
    shot(page, "error-404-visitor")
    sign_in(clerk)
    page.goto("/nothing-here/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "error-404")


def test_page_is_light(page: Page, sign_in, clerk, tiles):
    """All that a first visit loads but fonts and pictures: under 100 kB compressed."""
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        kind = response.request.resource_type
        if kind not in {"font", "image"}:
            weights[response.url] = len(gzip.compress(response.body()))

    sign_in(clerk)
    page.on("response", weigh)
    page.goto("/desk/", wait_until="networkidle")
    assert weights
    assert sum(weights.values()) < 100_000


def test_frame_is_within_thumbs_reach(page: Page, sign_in, clerk, tiles):
    """Everything to press in the frame is 44 px high on a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(clerk)
    page.goto("/desk/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.topbar a, .topbar summary, .bottom-bar a')]
            .filter((one) => one.checkVisibility())
            .map((one) => [one.className, one.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"""
    )
    assert small == []


def test_actions_stand_at_the_bottom_of_a_phone(page: Page, sign_in, clerk, settings):
    settings.DEBUG = True
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(clerk)
    page.goto("/styleguide/")
    bar = page.locator(".thumb-bar").bounding_box()
    assert (bar["y"] + bar["height"], bar["width"]) == (740, 360)
    expect(page.locator(".bottom-bar")).to_be_hidden()
    heights = [button.bounding_box()["height"] for button in page.locator(".thumb-bar .btn").all()]
    assert min(heights) >= 44


def test_paper_shows_the_content_alone(page: Page, sign_in, clerk, tiles):
    sign_in(clerk)
    page.goto("/desk/")
    page.emulate_media(media="print", color_scheme="dark")
    for frame in (".sidenav", ".bottom-bar", ".topbar-tools", ".site-footer"):
        expect(page.locator(frame)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    colours = page.evaluate(
        "() => ['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_language_switch_changes_the_page(page: Page, sign_in, clerk):
    type(clerk).objects.filter(pk=clerk.pk).update(language="th")
    sign_in(clerk)
    page.goto("/desk/")
    expect(page.locator("html")).to_have_attribute("lang", "th")
    page.locator("details.user-menu summary").click()
    page.locator(".user-menu .language-switch button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    clerk.refresh_from_db()
    assert clerk.language == "en"


def test_frame_without_scripts(browser: Browser, live_server, context, sign_in, clerk, tiles):
    sign_in(clerk)
    bare = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=context.storage_state(),
        viewport={"width": 360, "height": 740},
    )
    page = bare.new_page()
    page.goto("/desk/")
    page.locator(".phone-menu summary").click()
    expect(page.locator(".phone-menu-panel")).to_be_visible()
    page.locator(".user-menu summary").click()
    page.locator(".user-menu a[href='/desk/profile/']").click()
    page.wait_for_url("**/desk/profile/")
    bare.close()

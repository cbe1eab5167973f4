"""The frame, the components and the desk in a real browser: look, access, policy."""

import pytest
from playwright.sync_api import Page, expect

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

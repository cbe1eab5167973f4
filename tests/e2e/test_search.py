"""The search as people use it: by keyboard, on a phone, with a slow connection."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from circulars.services import letters
from portal.files.models import BlobText
from portal.search import service
from portal.users.models import User
from tests.factories.letters import World, dispatched, draft, make_world, some_file

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]


@pytest.fixture
def world() -> World:
    world = make_world()
    User.objects.update(language="th")
    world.officer.refresh_from_db()
    plan = "<p>เพื่อให้การติดต่อสื่อสารระหว่างโรงเรียนเป็นไปด้วยความเรียบร้อย</p>"
    dispatched(world, subject="แนวทางการติดต่อสื่อสารของโรงเรียน", body=plan)
    letter = draft(world, subject="แผนงานประจำปี", body=plan)
    file = some_file(world.office, "scan.pdf", b"%PDF-1.7\nx")
    letter.attachments.create(file=file, title="สำเนาคำสั่ง")
    file.blob.read_state, file.blob.read_confidence = "scanned", 87
    file.blob.save()
    BlobText.objects.create(blob=file.blob, text="ตามคำสั่งที่ ๒๙๕/๒๕๕๗ คณะกรรมการสื่อสาร")
    for number in range(25):
        letters.create_draft(
            unit=world.group, actor=world.officer, subject=f"บันทึกการสื่อสารครั้งที่ {number}"
        )
    service.index_pending()
    return world


def test_search_by_keyboard_from_any_page(
    page: Page, live_server, sign_in: SignIn, world: World, axe, shot, no_sideways_scroll
) -> None:
    sign_in(world.officer)
    page.goto(f"{live_server.url}/desk/")
    box = page.get_by_role("searchbox", name="ค้นหาทั้งหมด").or_(
        page.get_by_role("searchbox", name="Search everything")
    )
    box.first.focus()
    page.keyboard.type("สื่อสาร")
    page.keyboard.press("Enter")

    expect(page.locator("mark").first).to_have_text("สื่อสาร")
    expect(page.locator(".search-hit")).to_have_count(5)
    axe(page)
    shot(page, "search-all")
    no_sideways_scroll(page)


def test_results_follow_what_is_typed_and_go_in_pages(
    page: Page, live_server, sign_in: SignIn, world: World, axe, shot, no_sideways_scroll
) -> None:
    sign_in(world.officer)
    page.goto(f"{live_server.url}/search/?in=circulars.letters&q=สื่อสาร")
    expect(page.locator(".search-hit")).to_have_count(20)
    page.locator("a[rel=next]").click()
    expect(page.locator(".search-hit")).to_have_count(7)

    page.locator("#id_q").fill("295/2557")
    expect(page.locator(".search-hit")).to_have_count(1)
    expect(page.locator("mark")).to_have_text("๒๙๕/๒๕๕๗")
    axe(page)
    shot(page, "search-letters")
    no_sideways_scroll(page)
    page.locator("#id_q").fill("ไม่มีคำนี้")
    expect(page.locator(".empty-state")).to_be_visible()
    shot(page, "search-empty")


def test_search_page_works_without_javascript(browser, live_server, world: World) -> None:
    from django.test import Client

    client = Client()
    client.force_login(world.officer)
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/search/")
    page.locator("#id_q").fill("แผนงานประจำปี")
    page.locator("#id_q").press("Enter")

    expect(page.locator(".search-hit")).to_have_count(1)
    context.close()

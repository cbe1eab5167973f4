"""Choosing files in a real browser: ahead of the form, in order, cut off, and without script."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from portal.files.models import StoredFile
from portal.users.models import User
from tests.factories import person
from tests.factories.files import image_bytes, pdf_bytes

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.apps.sample.upload_urls"),
]

INPUT = "[data-upload-input]"
NAMES = "[data-upload-item] .upload-name"


def sent(name: str, data: bytes = pdf_bytes()) -> dict[str, Any]:
    kind = "image/png" if name.endswith("png") else "application/pdf"
    return {"name": name, "mimeType": kind, "buffer": data}


@pytest.fixture
def user() -> User:
    return person(username="writer", language="en")


@pytest.fixture
def form(page: Page, sign_in, user) -> Page:
    sign_in(user)
    page.goto("/sample/papers/")
    return page


def choose(page: Page, *names: str) -> None:
    page.set_input_files(INPUT, [sent(name) for name in names])
    expect(page.locator(NAMES)).to_have_count(len(names))


def order(page: Page) -> list[str]:
    return page.locator(NAMES).all_inner_texts()


def test_files_go_ahead_and_come_with_the_form(form: Page, axe, shot, no_sideways_scroll):
    form.set_input_files(INPUT, [sent("หนังสือ.pdf"), sent("แผนที่.png", image_bytes())])
    expect(form.locator(NAMES)).to_have_count(2)
    form.set_input_files(INPUT, [sent("ว่าง.pdf", b"")])
    expect(form.locator(".upload-item.is-failed")).to_have_count(1)
    axe(form)
    no_sideways_scroll(form)
    shot(form, "uploads")
    first = order(form)[0]
    form.fill("[data-upload-item]:first-child input[type=text]", "สิ่งที่ส่งมาด้วย 1")
    form.fill("[name=subject]", "x")
    form.click("text=Send")
    expect(form.locator("#result li")).to_have_count(2)
    expect(form.locator("#result li").first).to_have_text(f"{first}: สิ่งที่ส่งมาด้วย 1")


def test_order_is_changed_by_keyboard_and_said(form: Page):
    choose(form, "a.pdf", "b.pdf", "c.pdf")
    before = order(form)
    rows = form.locator("[data-upload-item]")
    rows.nth(2).locator("[data-move='-1']").focus()
    form.keyboard.press("Enter")
    assert order(form) == [before[0], before[2], before[1]]
    expect(rows.nth(1).locator("[data-move='-1']")).to_be_focused()
    expect(form.locator("[data-upload-status]")).to_have_text(f"{before[2]} is now number 2")
    form.keyboard.press("Enter")
    form.keyboard.press("Enter")
    assert order(form) == [before[2], before[0], before[1]]


def test_order_is_changed_by_dragging_the_grip(form: Page):
    choose(form, "a.pdf", "b.pdf", "c.pdf")
    before = order(form)
    rows = form.locator("[data-upload-item]")
    rows.nth(2).locator("[data-grip]").drag_to(rows.nth(0), target_position={"x": 60, "y": 3})
    assert order(form) == [before[2], before[0], before[1]]


def test_removed_file_is_dropped_from_the_server(form: Page):
    choose(form, "a.pdf", "b.pdf")
    with form.expect_response("**/discard/") as answer:
        form.locator("[data-upload-item]").nth(0).locator("[data-remove]").click()
    assert answer.value.status == 204
    expect(form.locator(NAMES)).to_have_count(1)
    expect(form.locator("[data-upload-item] [data-remove]")).to_be_focused()
    assert StoredFile.objects.count() == 1


def test_upload_shows_progress_holds_the_form_back_and_can_be_cancelled(form: Page):
    form.route("**/files/upload/", lambda route: None)  # never answered
    form.set_input_files(INPUT, [sent("slow.pdf")])
    expect(form.locator(".upload-item.is-pending progress")).to_have_count(1)
    form.fill("[name=subject]", "x")
    form.click("text=Send")
    expect(form.locator("[data-upload-status]")).to_have_text(
        "Files are still being uploaded. Wait a moment."
    )
    assert form.locator("#result li").count() == 0
    form.click("[data-cancel]")
    expect(form.locator(".upload-item")).to_have_count(0)
    expect(form.locator(INPUT)).to_be_focused()


def test_upload_that_breaks_off_is_told(form: Page, complaints: list[str]):
    def cut(route: Route) -> None:
        route.abort("connectionreset")

    form.route("**/files/upload/", cut)
    form.set_input_files(INPUT, [sent("a.pdf")])
    expect(form.locator(".upload-error")).to_have_text("The upload broke off. Please try again.")
    form.unroute("**/files/upload/")
    choose(form, "a.pdf")
    form.click("[data-dismiss-failed]")
    expect(form.locator(".upload-item.is-failed")).to_have_count(0)
    assert complaints == ["Failed to load resource: net::ERR_CONNECTION_RESET"]
    complaints.clear()


def test_too_many_and_too_large_are_told_before_they_are_sent(
    form: Page, tmp_path: Path, settings
):
    settings.FILES_MAX_BYTES = 1_000_000
    form.reload()
    form.set_input_files(INPUT, [sent("large.pdf", b"x" * 1_000_001)])
    expect(form.locator(".upload-error")).to_have_count(1)
    form.set_input_files(INPUT, [sent(f"{n}.pdf") for n in range(5)])
    expect(form.locator(NAMES)).to_have_count(4)
    expect(form.locator(".upload-error")).to_have_count(2)
    expect(form.locator(".upload-error").last).to_have_text("No more files can be added here.")


def test_files_are_dropped_on_the_field(form: Page):
    data = form.evaluate_handle(
        "() => { const data = new DataTransfer();"
        " data.items.add(new File(['hello'], 'dropped.txt', {type: 'text/plain'})); return data; }"
    )
    form.dispatch_event("[data-upload-drop]", "dragover", {"dataTransfer": data})
    expect(form.locator("[data-upload-drop].is-over")).to_have_count(1)
    form.dispatch_event("[data-upload-drop]", "drop", {"dataTransfer": data})
    expect(form.locator(NAMES)).to_have_text(["dropped.txt"])


def test_error_in_the_form_keeps_the_files(form: Page):
    choose(form, "a.pdf", "b.pdf")
    before = order(form)
    form.evaluate("document.querySelector('form[method=post][enctype]').noValidate = true")
    form.click("text=Send")
    expect(form.locator(".error-summary")).to_have_count(1)
    assert order(form) == before


def test_without_script_it_is_a_file_input(browser, live_server, sign_in, user, context):
    sign_in(user)
    plain: BrowserContext = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = plain.new_page()
    page.goto("/sample/papers/")
    page.set_input_files(INPUT, [sent("a.pdf"), sent("b.pdf")])
    page.fill("[name=subject]", " ")
    page.click("text=Send")
    expect(page.locator(NAMES)).to_have_text(["a.pdf", "b.pdf"])
    page.locator("[data-upload-item]").nth(0).locator("[type=checkbox]").check()
    page.fill("[name=subject]", "x")
    page.click("text=Send")
    expect(page.locator("#result li")).to_have_text(["b.pdf:"])
    plain.close()

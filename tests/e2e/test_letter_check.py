"""The preview beside the form, and the public check page, in a real browser."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect

from circulars.models import Letter
from circulars.pdf import sealed_letter
from circulars.services import letters
from portal.core.tasks import run_pending
from portal.files.service import open_stored
from portal.users.models import User
from tests.e2e.conftest import PHONE, Shot
from tests.factories import letters as make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

Check = Callable[[Page], None]
SignIn = Callable[[User], None]


@pytest.fixture
def sealed(transactional_db: None) -> Letter:
    # As a worker does it: sealing runs a loop of its own, which Playwright's would not allow.
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(_sealed).result()


def _sealed() -> Letter:
    letter = make.signed(make.make_world())
    stored = sealed_letter(Letter.objects.select_related("unit__office").get(pk=letter.pk))
    ready = letters.attach_pdf(letter=letter, pdf=stored)
    connections.close_all()
    return ready


def test_anybody_checks_a_file_against_the_letter(
    page: Page, sealed: Letter, axe: Check, shot: Shot, tmp_path: Path
) -> None:
    with open_stored(sealed.pdf) as file:
        data = file.read()
    same, other = tmp_path / "letter.pdf", tmp_path / "other.pdf"
    same.write_bytes(data)
    other.write_bytes(data[:-1] + b"x")

    sent: list[str] = []
    page.set_viewport_size(PHONE)
    page.goto(reverse("letter_check:check", args=[sealed.check_token]))
    page.on("request", lambda request: sent.append(request.method))
    chooser = page.locator("#letter-file")
    verdict = page.locator(".letter-verdict")
    chooser.set_input_files(same)
    expect(verdict).to_have_attribute("data-verdict", "same")
    chooser.set_input_files(other)
    expect(verdict).to_have_attribute("data-verdict", "other")
    assert set(sent) <= {"GET"}
    axe(page)
    shot(page, "letter-check")


def test_file_dropped_on_the_page_is_checked(page: Page, sealed: Letter) -> None:
    page.goto(reverse("letter_check:check", args=[sealed.check_token]))
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['x'], 'x.pdf')); return t; }"
    )
    page.dispatch_event("[data-letter-check]", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("[data-letter-check]", "drop", {"dataTransfer": transfer})
    expect(page.locator(".letter-verdict")).to_have_attribute("data-verdict", "other")


def test_check_page_works_without_javascript(
    browser: object, live_server: object, sealed: Letter
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(reverse("letter_check:check", args=[sealed.check_token]))
    expect(page.locator(".letter-hash")).to_have_text(sealed.pdf.blob.sha256)
    expect(page.locator("[data-letter-check]")).to_be_hidden()
    context.close()


def test_preview_follows_what_is_written(
    page: Page, transactional_db: None, sign_in: SignIn, axe: Check, shot: Shot
) -> None:
    world = make.make_world()
    letter = make.draft(world)
    sign_in(world.officer)
    page.goto(reverse("circulars:edit", args=[letter.pk]))
    preview = page.locator("#letter-preview")
    expect(preview).to_have_attribute("hx-trigger", "every 2s")
    run_pending()
    picture = preview.locator("img")
    expect(picture).to_have_attribute("src", _page(letter, letter.revision))
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") == 993

    subject = page.locator("[name=subject]")
    subject.fill("เรื่องที่เขียนใหม่")
    expect(preview).to_have_attribute("aria-busy", "true")
    run_pending()
    expect(preview).to_have_attribute("aria-busy", "false")
    saved = Letter.objects.get(pk=letter.pk)
    assert (saved.subject, saved.revision > letter.revision) == ("เรื่องที่เขียนใหม่", True)
    expect(picture).to_have_attribute("src", _page(letter, saved.revision))
    axe(page)
    shot(page, "letter-preview")


def _page(letter: Letter, revision: int) -> str:
    return reverse("circulars:preview_page", args=[letter.pk, f"draft-{revision}", 1])

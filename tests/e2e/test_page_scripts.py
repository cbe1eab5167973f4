"""What the pages' own scripts do: ask, send once, keep typing, say what failed."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect

from portal.users.models import User
from tests.factories import person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SUBJECT = "#letter [name=subject]"
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('portal-draft:')).length"


@pytest.fixture
def user() -> User:
    return person(username="writer", language="en")


@pytest.fixture
def styleguide(page: Page, sign_in, user, settings) -> Page:
    settings.DEBUG = True
    sign_in(user)
    page.goto("/styleguide/")
    return page


def end_all_sessions() -> None:
    Session.objects.all().delete()
    cache.clear()


def sent_to(page: Page, seconds: float = 0.0) -> list[str]:
    """Records what is posted to the styleguide; each answer takes ``seconds``."""
    posted: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(route.request.post_data or "")
            page.wait_for_timeout(seconds * 1000)
        route.continue_()

    page.route("**/styleguide/", answer)
    return posted


def test_skip_link_leads_to_content(styleguide: Page):
    styleguide.goto("/desk/")
    styleguide.keyboard.press("Tab")
    expect(styleguide.locator(".skip-link")).to_be_focused()
    styleguide.keyboard.press("Enter")
    expect(styleguide.locator("#main")).to_be_focused()


def test_error_summary_is_focused_and_leads_to_its_field(styleguide: Page):
    expect(styleguide.locator(".error-summary")).to_be_focused()
    styleguide.locator(".error-summary a").first.click()
    expect(styleguide.locator("[name=wrong-subject]")).to_be_focused()


def test_menu_closes_on_escape_and_on_click_beside(styleguide: Page):
    menu = styleguide.locator("details.user-menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    styleguide.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    styleguide.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_notice_closes(styleguide: Page):
    notices = styleguide.locator(".messages .notice")
    expect(notices).to_have_count(2)
    notices.first.locator("[data-dismiss]").click()
    expect(notices).to_have_count(1)


def test_confirm_asks_before_the_move_is_sent(styleguide: Page, axe):
    posted = sent_to(styleguide)
    styleguide.locator("button[value=return]").click()
    dialog = styleguide.locator("dialog")
    axe(styleguide)
    dialog.locator("button").last.click()
    expect(dialog).to_have_count(0)
    assert posted == []
    styleguide.locator("button[value=return]").click()
    with styleguide.expect_navigation(url="**/desk/"):
        dialog.locator("button").first.click()
    [body] = posted
    assert re.sub(r"csrfmiddlewaretoken=[^&]+&", "", body) == "expected=endorsing&move=return"


def test_confirm_box_opens_as_dialog_and_gives_focus_back(styleguide: Page, axe):
    summary = styleguide.locator("[data-confirm-box] > summary")
    summary.click()
    expect(styleguide.locator("dialog .confirm-title")).to_be_visible()
    axe(styleguide)
    styleguide.keyboard.press("Escape")
    expect(styleguide.locator("dialog")).to_have_count(0)
    expect(summary).to_be_focused()
    summary.click()
    with styleguide.expect_navigation(url="**/desk/"):
        styleguide.locator("dialog button[type=submit]").click()


def test_confirm_box_unfolds_without_scripts(
    browser: Browser, live_server, context, sign_in, user, settings
):
    settings.DEBUG = True
    sign_in(user)
    bare = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = bare.new_page()
    page.goto("/styleguide/")
    page.locator("[data-confirm-box] > summary").click()
    page.locator(".confirm-panel button[type=submit]").click()
    page.wait_for_url("**/desk/")
    bare.close()


def test_form_is_sent_once(styleguide: Page):
    posted = sent_to(styleguide, seconds=0.4)
    with styleguide.expect_navigation(url="**/desk/"):
        styleguide.locator("button[value=sign]").dblclick()
    assert len(posted) == 1


def test_buttons_work_again_after_going_back(styleguide: Page):
    with styleguide.expect_navigation(url="**/desk/"):
        styleguide.locator("button[value=sign]").click()
    styleguide.go_back()
    expect(styleguide.locator("button[value=sign]")).to_be_enabled()


def test_progress_polls_until_done(styleguide: Page):
    box = styleguide.locator("#p1")
    expect(box).to_have_class("progress-box")
    expect(box).to_have_class("progress-box is-done", timeout=10_000)
    expect(box.locator("progress")).to_have_attribute("value", "114")


@pytest.mark.parametrize(("status", "tone"), [(500, "notice-danger"), (401, "notice-warning")])
def test_failed_fragment_is_told(styleguide: Page, complaints, status, tone):
    styleguide.route("**/styleguide/?sent=*", lambda route: route.fulfill(status=status, body=""))
    notice = styleguide.locator("#notices .notice")
    expect(notice).to_have_class(f"notice {tone}", timeout=10_000)
    expect(notice.locator("a")).to_have_count(1 if status == 401 else 0)
    forgive(complaints, "Failed to load resource", "Response Status Error Code")


def test_lost_connection_is_told(styleguide: Page, context: BrowserContext, complaints):
    context.set_offline(True)
    expect(styleguide.locator("#notices .notice")).to_have_class(
        "notice notice-warning", timeout=10_000
    )
    context.set_offline(False)
    forgive(complaints, "Failed to load resource", "htmx:sendError", "htmx:afterRequest")


def forgive(complaints: list[str], *expected: str) -> None:
    """Takes out what the test provoked itself."""
    complaints[:] = [said for said in complaints if not any(part in said for part in expected)]


def lost(route: Route) -> None:
    """What is posted never arrives."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_password_can_be_shown(styleguide: Page):
    field = styleguide.locator("#letter [name=password]")
    show = styleguide.locator("#letter .password-box button")
    show.click()
    expect(field).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(field).to_have_attribute("type", "password")


def test_number_is_copied(styleguide: Page, context: BrowserContext):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = styleguide.locator("[data-copy]")
    button.click()
    expect(styleguide.locator("#notices .notice-success")).to_have_count(1)
    copied = styleguide.evaluate("navigator.clipboard.readText()")
    assert copied == button.get_attribute("data-copy")


def test_draft_saves_itself_and_says_when(styleguide: Page):
    posted = sent_to(styleguide)
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    expect(styleguide.locator("[data-autosave-state]")).to_have_text(
        re.compile(r"^Saved \d\d:\d\d$")
    )
    assert len(posted) == 1
    assert styleguide.evaluate(KEPT) == 0


def test_sending_waits_for_the_draft_that_is_being_saved(styleguide: Page):
    order: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            kind = "sent" if route.request.is_navigation_request() else "saved"
            order.append(f"{kind} asked")
            response = route.fetch()
            if kind == "saved":
                styleguide.wait_for_timeout(800)
            order.append(f"{kind} answered")
            route.fulfill(response=response)
        else:
            route.continue_()

    styleguide.route("**/styleguide/", slowly)
    with styleguide.expect_request(lambda request: request.method == "POST"):
        styleguide.locator(SUBJECT).fill("เชิญประชุม")
    with styleguide.expect_navigation():
        styleguide.locator("#letter button[type=submit]").first.click(no_wait_after=True)
    assert order == ["saved asked", "saved answered", "sent asked", "sent answered"]


def test_draft_survives_a_lost_connection(styleguide: Page, context: BrowserContext, complaints):
    context.set_offline(True)
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    expect(styleguide.locator("[data-autosave-state]")).to_have_text(re.compile("^Kept"))
    styleguide.on("dialog", lambda dialog: dialog.accept())
    styleguide.route("**/styleguide/", lost)
    context.set_offline(False)
    styleguide.reload()
    expect(styleguide.locator(SUBJECT)).to_have_value("เชิญประชุม")
    expect(styleguide.locator("[data-autosave-state]")).to_have_text(re.compile("^Kept"))
    forgive(complaints, "Failed to load resource", "htmx:sendError", "htmx:afterRequest")


def test_draft_comes_back_after_the_session_ended(styleguide: Page, sign_in, user):
    end_all_sessions()
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    styleguide.locator("#letter [name=groups]").first.check()
    styleguide.locator("#letter [name=password]").fill("secret")
    expect(styleguide.locator("[data-autosave-state]")).to_have_text(re.compile("^Kept"))
    link = styleguide.locator("#notices .notice-warning a").first
    expect(link).to_have_attribute("href", "/accounts/login/?next=%2Fstyleguide%2F")
    assert "secret" not in styleguide.evaluate("JSON.stringify(localStorage)")
    sign_in(user)
    styleguide.on("dialog", lambda dialog: dialog.accept())
    styleguide.goto("/styleguide/")
    expect(styleguide.locator(SUBJECT)).to_have_value("เชิญประชุม")
    expect(styleguide.locator("#letter [name=groups]").first).to_be_checked()
    expect(styleguide.locator("#letter [name=password]")).to_have_value("")


def test_sent_form_comes_back_when_the_session_had_ended(
    styleguide: Page, sign_in, user, axe, shot
):
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    end_all_sessions()
    styleguide.locator("#letter button[type=submit]").click()
    styleguide.wait_for_url("**/accounts/login/?next=/styleguide/")
    expect(styleguide.locator(".messages .notice-warning")).to_have_count(1)
    axe(styleguide)
    shot(styleguide, "session-ended")
    sign_in(user)
    styleguide.goto("/styleguide/")
    expect(styleguide.locator(SUBJECT)).to_have_value("เชิญประชุม")


def test_typing_is_not_shown_to_the_next_person(
    styleguide: Page, context: BrowserContext, sign_in, settings
):
    end_all_sessions()
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    expect(styleguide.locator("[data-autosave-state]")).to_have_text(re.compile("^Kept"))
    styleguide.on("dialog", lambda dialog: dialog.accept())
    sign_in(person())
    styleguide.goto("/styleguide/")
    expect(styleguide.locator(SUBJECT)).to_have_value("")


def test_sent_form_is_not_brought_back(styleguide: Page):
    styleguide.locator(SUBJECT).fill("เชิญประชุม")
    with styleguide.expect_navigation(url="**/desk/"):
        styleguide.locator("#letter button[type=submit]").click()
    styleguide.goto("/styleguide/")
    expect(styleguide.locator(SUBJECT)).to_have_value("")
    assert styleguide.evaluate(KEPT) == 0


def test_signing_out_forgets_typing(styleguide: Page):
    styleguide.evaluate(
        "localStorage.setItem('portal-draft:x', JSON.stringify({at: Date.now(), pairs: []}))"
    )
    styleguide.locator("details.user-menu summary").click()
    with styleguide.expect_navigation():
        styleguide.locator("form[data-signs-out] button").click()
    assert styleguide.evaluate(KEPT) == 0


def test_old_typing_is_forgotten(styleguide: Page):
    styleguide.evaluate(
        "localStorage.setItem('portal-draft:old', JSON.stringify({at: 0, pairs: []}))"
    )
    styleguide.goto("/desk/")
    assert styleguide.evaluate(KEPT) == 0


def test_leaving_asks_while_something_is_unsaved(styleguide: Page):
    styleguide.route("**/styleguide/", lost)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    styleguide.on("dialog", answer)
    styleguide.locator(SUBJECT).press_sequentially("ประชุม")
    styleguide.close(run_before_unload=True)
    styleguide.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_leaving_does_not_ask_when_nothing_was_typed(styleguide: Page):
    asked: list[str] = []
    styleguide.on("dialog", lambda dialog: asked.append(dialog.type))
    styleguide.locator("h1").click()
    styleguide.goto("/desk/")
    assert asked == []

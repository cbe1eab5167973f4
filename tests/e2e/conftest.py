"""A real Chromium against a live server; a page that breaks the content policy fails its test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from portal.users.models import User

# Playwright's own loop runs in the test's thread, where Django would refuse to ask the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
SCREENSHOTS = Path(django_settings.BASE_DIR) / "var" / "screenshots"
AXE = Path(django_settings.NODE_MODULES) / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page under test may answer 4xx on purpose; browser and htmx write that to the console as well.
EXPECTED_CONSOLE = (
    "Failed to load resource: the server responded with a status of 4",
    "Response Status Error Code 4",
)

# Milliseconds. A machine that also runs the other checks is slow now and then.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE / 2)

Shot = Callable[[Page, str], list[Path]]
SignIn = Callable[[User], None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; ``CHROMIUM`` names another program."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def _no_request_outlives_the_run(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A page that closes leaves its polling to the server's threads; they hold the database."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said was wrong; the test fails unless this is empty at its end."""
    return []


@pytest.fixture
def context(browser: Browser, live_server, complaints: list[str]) -> Iterator[BrowserContext]:
    """A fresh browser profile that speaks Thai, at the desk's width."""
    context = browser.new_context(base_url=live_server.url, locale="th-TH", viewport=DESKTOP)
    context.set_default_timeout(PATIENCE)

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_CONSOLE):
            complaints.append(message.text)

    def watched(page: Page) -> None:
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    context.on("page", watched)
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def sign_in(context: BrowserContext, live_server) -> SignIn:
    """``sign_in(user)``: a session without the sign-in page, which has tests of its own."""

    def sign_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """``axe(page)`` fails on anything serious that axe-core finds on the page."""

    def check(page: Page) -> None:
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS
        )
        serious = [
            (violation["id"], node["target"], node.get("failureSummary", ""))
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]
        assert serious == []

    return check


@pytest.fixture
def shot() -> Shot:
    """``shot(page, name)`` saves the page at 360 and 1280 px, light and dark."""

    def take(page: Page, name: str) -> list[Path]:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        made = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for size in (PHONE, DESKTOP):
                page.set_viewport_size(size)
                page.wait_for_function("document.fonts.ready.then(() => true)")
                page.evaluate("scrollTo(0, 0)")
                path = SCREENSHOTS / f"{name}-{size['width']}-{scheme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
                made.append(path)
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)
        return made

    return take


@pytest.fixture
def no_sideways_scroll() -> Callable[[Page], None]:
    """``no_sideways_scroll(page)``: the page fits 360 px, and 320 px (1280 at 400 % zoom)."""

    def check(page: Page) -> None:
        before = page.viewport_size
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            widest = page.evaluate("document.documentElement.scrollWidth")
            assert (width, widest) == (width, width)
        if before:
            page.set_viewport_size(before)

    return check

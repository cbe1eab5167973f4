"""The frame, the components and the desk in a real browser: look, access, policy, typing kept."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_styleguide_shows_all_components(page: Page, sign_in, axe, shot, no_sideways_scroll, settings):
    settings.DEBUG = True
    sign_in(person(first_name="สมมติ", last_name="ใจดี", title="นาย"))
    page.goto("/styleguide/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "styleguide")

"""An auditor looks something up, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page

from portal.audit import service
from portal.org.enums import Role
from tests.factories import OfficeFactory, UserFactory, person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_auditor_finds_what_somebody_did(page: Page, sign_in, axe, shot, no_sideways_scroll):
    office = OfficeFactory()
    auditor = person(role=Role.AUDITOR, office=office)
    somchai = UserFactory(office=office, first_name="สมชาย", last_name="ใจดี")
    other = UserFactory(office=office)
    for user in (somchai, other):
        service.record(action="account.signed_in", actor=user, about=user, data={"method": "x"})
        service.record(action="sample.read", actor=user, about=office, data={"ids": [1, 2, 3]})
    sign_in(auditor)

    page.goto("/desk/audit/")
    assert page.locator("tbody tr").count() == 5
    axe(page)
    no_sideways_scroll(page)
    shot(page, "audit")

    page.get_by_role("link", name="สมชาย").first.click()
    assert page.locator("tbody tr").count() == 2
    page.locator("input[name=about_id]").fill("๙๙")
    page.keyboard.press("Enter")
    page.locator(".empty-state").wait_for()
    axe(page)
    shot(page, "audit-empty")

"""The directory, the phone books and acting in a browser, with the demo office."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.core.registry import demo_loaders
from portal.org.models import Acting, Committee, Membership, Unit
from portal.users.models import User

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

Check = Callable[[Page], None]


@pytest.fixture
def _demo_office() -> None:
    demo_loaders.get("org").load(io.StringIO())


@pytest.fixture
def look(axe: Check, no_sideways_scroll: Check, shot: Callable[[Page, str], object]) -> Callable:
    """Go to a page, and look at it at every width."""

    def look(page: Page, address: str, name: str) -> None:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200
        axe(page)
        no_sideways_scroll(page)
        shot(page, f"org-{name}")

    return look


@pytest.mark.usefixtures("_demo_office")
def test_inner_pages_of_the_organisation(page: Page, sign_in: Callable, look: Callable) -> None:
    sign_in(User.objects.get(username="registry"))
    school = Unit.objects.get(school__smis_code="93010048")
    pages = {
        "directory": "/org/",
        "search": "/org/?q=ผู้อำนวยการ",
        "unit": f"/org/units/{Unit.objects.get(name='กลุ่มอำนวยการ').pk}/",
        "school": f"/org/units/{school.pk}/",
        "person": f"/org/people/{User.objects.get(username='director').pk}/",
        "schools": "/org/schools/",
        "no-school": "/org/schools/?q=ไม่มี",
        "phone-book": "/org/phone-book/?q=กลุ่ม",
        "committees": "/org/committees/",
        "committee": f"/org/committees/{Committee.objects.get(order_number='295/2557').pk}/",
        "acting": "/org/acting/",
        "acting-choose": "/org/acting/new/",
    }
    for name, address in pages.items():
        look(page, address, name)


@pytest.mark.usefixtures("_demo_office")
def test_public_pages_of_the_office(page: Page, look: Callable) -> None:
    look(page, "/", "front")
    look(page, "/phonebook/?q=กลุ่ม", "public-phone-book")
    look(page, "/check/?address=x", "check")


@pytest.mark.usefixtures("_demo_office")
def test_the_registry_records_and_ends_acting(
    page: Page, sign_in: Callable, axe: Check, shot: Callable
) -> None:
    sign_in(User.objects.get(username="registry"))
    post = Membership.objects.get(person__username="director")
    page.goto("/org/acting/")
    page.locator("main a[href='/org/acting/new/']").click()
    page.locator(f"a[href='/org/acting/new/{post.pk}/']").click()
    axe(page)
    shot(page, "org-acting-new")
    deputy = User.objects.get(username="deputy")
    page.locator("[name=person]").select_option(str(deputy.pk))
    page.locator("[name=ends_on]").fill("31/12/2599")
    page.locator("[name=order_number]").fill("12/2569")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".messages")).to_contain_text(deputy.get_full_name())
    acting = Acting.objects.get()
    assert (acting.person, acting.membership) == (deputy, post)
    axe(page)
    shot(page, "org-acting-running")
    page.locator(f"a[href='/org/acting/{acting.pk}/end/']").click()
    axe(page)
    shot(page, "org-acting-end")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".messages")).to_contain_text(deputy.get_full_name())
    acting.refresh_from_db()
    assert acting.ends_on == acting.starts_on


@pytest.mark.usefixtures("_demo_office")
def test_the_administrator_imports_people_and_moves_one(
    page: Page, sign_in: Callable, shot: Callable, tmp_path: Path, settings: Any
) -> None:
    settings.SECOND_FACTOR_ENFORCED = False
    sign_in(User.objects.get(username="admin"))
    sheet = tmp_path / "people.csv"
    head = "username,title,first_name,last_name,unit,role,starts_on\n"
    sheet.write_text(head + "newcomer,นาย,ใหม่,มาแล้ว,กลุ่มนโยบายและแผน,king,31/02/2569\n")
    page.goto("/back-office/org/membership/import/")
    page.locator("[name=import_file]").set_input_files(sheet)
    page.locator("[name=format]").select_option("1")
    page.locator("[type=submit].default").click()
    expect(page.locator(".import-preview .errorlist li")).to_have_count(2)
    shot(page, "org-import-errors")
    sheet.write_text(head + "newcomer,นาย,ใหม่,มาแล้ว,กลุ่มนโยบายและแผน,officer,1/10/2568\n")
    page.goto("/back-office/org/membership/import/")
    page.locator("[name=import_file]").set_input_files(sheet)
    page.locator("[name=format]").select_option("1")
    page.locator("[type=submit].default").click()
    expect(page.locator("[name=confirm]")).to_be_visible()
    shot(page, "org-import-preview")
    page.locator("[name=confirm]").click()
    post = Membership.objects.get(person__username="newcomer")
    page.goto(f"/back-office/org/membership/{post.pk}/change/")
    page.locator(f"a[href='/back-office/org/membership/{post.pk}/move/']").click()
    school = Unit.objects.get(school__smis_code="93010047")
    page.locator("[name=unit]").select_option(str(school.pk))
    page.locator("[name=role]").select_option("teacher")
    shot(page, "org-move")
    page.locator("[type=submit].default").click()
    expect(page.locator(".messagelist")).to_contain_text("ใหม่")
    assert post.person.memberships.get(ends_on=None).unit == school
    page.goto("/back-office/org/membership/export/")
    shot(page, "org-export")
    page.locator("[name=format]").select_option("0")
    with page.expect_download() as download:
        page.locator("[type=submit].default").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.usefixtures("_demo_office")
def test_the_back_office_finds_people_while_typing(
    page: Page, sign_in: Callable, settings: Any
) -> None:
    settings.SECOND_FACTOR_ENFORCED = False
    sign_in(User.objects.get(username="admin"))
    deputy = User.objects.get(username="deputy")
    page.goto("/back-office/org/acting/add/")
    page.locator(".field-person .select2-selection").click()
    page.locator(".select2-search__field").fill(deputy.last_name)
    page.locator(".select2-results__option", has_text=deputy.get_full_name()).click()
    assert page.locator("[name=person]").input_value() == str(deputy.pk)

"""The registers in the browser: numbers reserved and used, an old book, days without network."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import Page

from circulars.enums import RegisterKind
from circulars.models import Register, RegisterEntry, RegisterImport, RegisterPaper, Reservation
from circulars.services import letters
from portal.core.tasks import run_pending
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories import letters as make
from tests.factories.letters import make_world
from tests.factories.registers import reserved

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def look(
    shot: Callable[[Page, str], list[Path]],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    settings: object,
) -> Callable[[Page, str], None]:
    """Photograph a page, and see that it is in order for everybody."""
    settings.SECOND_FACTOR_ROLES = []
    settings.LANGUAGE_CODE = "th"

    def check(page: Page, name: str) -> None:
        axe(page)
        no_sideways_scroll(page)
        shot(page, name)

    return check


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    book.active.append(
        ["วันที่ลงทะเบียน", "เลขทะเบียนส่ง", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ"]
    )  # fmt: skip
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_number_is_reserved_and_used_in_its_book(page: Page, sign_in, look) -> None:
    world = make_world()
    make.signed(world)
    letters.void(letter=make.signed(world), actor=world.officer, reason="พิมพ์ผิด")
    _in_thai(world.registry)
    sign_in(world.registry)
    page.goto("/circulars/registers/")
    look(page, "registers")
    page.locator("a.row-link").first.click()
    page.locator('a[href*="registers/reserve"]').click()
    page.locator("#id_count").fill("2")
    page.locator("#id_purpose").fill("คำสั่งแต่งตั้งกรรมการ")
    look(page, "register-reserve")
    page.locator("#register-reserve button[type=submit]").click()
    page.wait_for_url("**/registers/reservations/*/")
    look(page, "register-reservation")
    entry = Reservation.objects.get().entries.get(number=3)
    book = f"{central_registry(world.office).pk}-circular"
    page.goto(f"/circulars/registers/enter/?book={book}")
    page.locator("#id_number").select_option(str(entry.pk))
    page.locator("#id_subject").fill("แต่งตั้งกรรมการ")
    page.locator("#id_sender").fill("กลุ่มอำนวยการ")
    page.locator("#id_receiver").fill("ผู้เกี่ยวข้อง")
    look(page, "register-enter")
    page.locator("#register-line button[type=submit]").click()
    page.wait_for_url("**/registers/*/")
    look(page, "register")
    entry.refresh_from_db()
    assert (entry.subject, entry.state) == ("แต่งตั้งกรรมการ", "given")
    with page.expect_download() as download:
        page.locator(".register-take button").first.click()
    year = timezone.localdate().year + 543
    assert download.value.suggested_filename == f"{year}_MOE04108_circular.pdf"
    page.goto("/circulars/registers/reservations/")
    look(page, "register-reservations")


def test_old_book_is_looked_through_and_taken_over(
    page: Page, sign_in, look, tmp_path: Path
) -> None:
    world = make_world(schools=1)
    rows = [
        ["6 ม.ค. 2568", number, f"ศธ 04108/{number}", "6/1/2568", "กลุ่ม", "โรงเรียน", "เรื่อง", "", ""]
        for number in (1, 2, 3)
    ]  # fmt: skip
    _in_thai(world.registry)
    sign_in(world.registry)
    for name, taken in (("wrong", rows[:1] + rows[2:]), ("right", rows)):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(workbook(*taken))
        page.goto("/circulars/registers/import/")
        page.locator("#id_book").select_option(f"{central_registry(world.office).pk}-outgoing")
        page.locator("#id_year").fill("2568")
        page.locator("#id_last_number").fill("3")
        page.locator("#id_file").set_input_files(path)
        look(page, "register-import-new")
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/registers/import/*/")
        look(page, f"register-import-{name}")
    assert not RegisterEntry.objects.exists()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/registers/*/")
    assert Register.objects.get().last_number == 3
    assert RegisterImport.objects.filter(done_at__isnull=False).count() == 1


def test_pack_for_days_without_network(page: Page, sign_in, look) -> None:
    world = make_world(schools=1)
    reserved(world, kind=RegisterKind.OUTGOING, count=1)
    _in_thai(world.registry)
    sign_in(world.registry)
    page.goto("/circulars/registers/packs/")
    page.locator("#id_count").fill("2")
    page.locator("#id_purpose").fill("ปรับปรุงระบบไฟฟ้า")
    look(page, "register-packs")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/registers/packs/*/")
    run_pending()
    page.locator('a[href*="/files/"]').wait_for()  # the page asks by itself
    look(page, "register-pack")
    block = RegisterPaper.objects.get().blocks.get(register__kind=RegisterKind.OUTGOING)
    page.goto(f"/circulars/registers/reservations/{block.pk}/key-in/")
    page.locator("#id_2-outcome").select_option("void")
    page.locator("#id_2-void_reason").fill("เขียนผิด")
    look(page, "register-key-in")
    page.locator("#key-in button[type=submit]").click()
    page.wait_for_url(f"**/reservations/{block.pk}/")
    assert block.entries.get(number=2).state == "void"


def _in_thai(user: User) -> None:
    """The pages are looked at in the language of the office."""
    user.language = "th"
    user.save(update_fields=["language"])

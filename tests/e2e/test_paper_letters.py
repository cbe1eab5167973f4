"""Letters on paper: eighty a day by keyboard, the stamp put where nothing is written."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from circulars.models import Delivery, Letter, ReceiptStamp, RegisterEntry
from circulars.services import outside, paper
from portal.core.pdf import render_pdf
from portal.files.service import store
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories.files import upload
from tests.factories.letters import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]
PAGE = "/circulars/paper/"
HEAD = [
    "ที่ พท ๐๐๑๗/๑๒๓ สำนักงานจังหวัดพัทลุง",
    "๒ พฤศจิกายน ๒๕๖๙",
    "เรื่อง ขอเชิญประชุม",
    "เรียน ผู้อำนวยการเขต",
]


@pytest.fixture
def world(transactional_db: None, settings: object) -> World:
    settings.SECOND_FACTOR_ROLES = []
    return make_world(schools=1)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan_bytes())
    return path


def scan_bytes() -> bytes:
    return render_pdf("".join(f"<p>{line}</p>" for line in HEAD), title="scan")


class Keys:
    """Counts fields filled and keys pressed; there is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.count += 1


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.id")


def registered(world: World, **values: object) -> Delivery:
    file = store(
        upload=upload(scan_bytes()), office=world.office, actor=world.registry, attached=False
    )
    return paper.take_in(
        unit=central_registry(world.office), actor=world.registry, sender="สำนักงานจังหวัดพัทลุง",
        subject="ขอเชิญประชุม", reference="พท 0017/123", dated=date(2026, 11, 2),
        document=file, **values,
    ).delivery  # fmt: skip


def test_letter_with_its_scan_takes_few_keys_and_no_mouse(
    world: World, page: Page, sign_in: SignIn, scan: Path
) -> None:
    sign_in(world.registry)
    page.goto(PAGE)
    keys = Keys(page)
    assert focused(page) == "documents_new"
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(scan)
    expect(page.locator("#id_subject")).to_have_value("ขอเชิญประชุม")
    expect(page.locator("#id_dated")).to_have_value("02/11/2569")
    assert page.locator("[data-read-mark]:visible").count() == 5
    expect(page.locator("#id_subject")).to_have_attribute("aria-describedby", "id_subject_read")
    assert focused(page) == "reference"
    keys.press("Alt+c")
    expect(page.locator("[data-read-mark]:visible")).to_have_count(0)
    keys.press("Enter")

    expect(page.locator(".number-given")).to_have_text(f"1/{date.today().year + 543}")
    expect(page.locator("#id_subject")).to_have_value("")
    assert keys.count <= 12
    letter = Letter.objects.get()
    assert (letter.number_text, letter.letter_date) == ("พท 0017/123", date(2026, 11, 2))
    assert letter.details == {}


def test_letter_without_a_scan_is_typed_from_top_to_bottom(
    world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(world.registry)
    page.goto(PAGE)
    keys = Keys(page)
    keys.press("Alt+r")
    for field, words in (
        ("reference", "พท 0017/123"), ("dated", "2/11/69"), ("sender", "สำนักงานจังหวัดพัทลุง"),
        ("addressee", "ผู้อำนวยการเขต"), ("subject", "ขอเชิญประชุม"),
    ):  # fmt: skip
        assert focused(page) == field
        page.keyboard.type(words)
        if field != "subject":
            keys.press("Tab")
    keys.press("Enter")

    expect(page.locator(".number-given")).to_be_visible()
    assert RegisterEntry.objects.get().receiver == "ผู้อำนวยการเขต"
    assert keys.count <= 12
    assert focused(page) == "documents_new"


def test_changed_value_loses_its_mark_and_others_stay_marked(
    world: World, page: Page, sign_in: SignIn, scan: Path
) -> None:
    sign_in(world.registry)
    page.goto(PAGE)
    page.locator("#id_addressee").fill("ผู้อำนวยการกลุ่ม")
    page.locator("[data-upload-input]").set_input_files(scan)
    expect(page.locator("#id_subject")).to_have_value("ขอเชิญประชุม")
    page.locator("#id_subject").press_sequentially(" ด่วน")
    page.locator("#id_dated_read input[type=checkbox]").check()
    expect(page.locator("#id_addressee")).to_have_value("ผู้อำนวยการกลุ่ม")
    marked = page.locator("[data-read-mark]:visible").evaluate_all(
        "marks => marks.map(mark => mark.dataset.readMark)"
    )
    assert marked == ["reference", "sender"]
    page.keyboard.press("Control+Enter")

    expect(page.locator(".number-given")).to_be_visible()
    assert Letter.objects.get().details == {"unchecked": ["reference", "sender"]}


def test_double_shows_while_typing_and_saving_goes_on(
    world: World, page: Page, sign_in: SignIn
) -> None:
    registered(world)
    sign_in(world.registry)
    page.goto(PAGE)
    for field, words in (
        ("reference", "พท 0017/123"), ("dated", "2/11/69"), ("sender", "สำนักงานจังหวัดพัทลุง"),
        ("subject", "ขอเชิญประชุม"),
    ):  # fmt: skip
        page.locator(f"#id_{field}").fill(words)
    page.locator("#id_subject").focus()
    expect(page.locator("#doubles .notice-warning")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.locator(".number-given")).to_have_text(re.compile("^2/"))


def test_senders_are_completed_while_typing(world: World, page: Page, sign_in: SignIn) -> None:
    for name in ("สำนักงานจังหวัดพัทลุง", "อำเภอป่าบอน"):
        outside.agency(office=world.office, name=name, actor=world.registry)
    sign_in(world.registry)
    page.goto(PAGE)
    page.locator("#id_sender").press_sequentially("ป่า")
    expect(page.locator("#agencies-list option")).to_have_count(1)
    assert page.locator("#agencies-list option").get_attribute("value") == "อำเภอป่าบอน"


def test_everything_works_without_javascript(
    world: World, browser: Browser, context: BrowserContext, sign_in: SignIn, scan: Path,
    live_server: object,
) -> None:  # fmt: skip
    sign_in(world.registry)
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False,
        storage_state=context.storage_state(), locale="th-TH",
    )  # fmt: skip
    page = plain.new_page()
    page.goto(PAGE)
    page.locator("[name=documents_new]").set_input_files(scan)
    page.locator("button[name=then][value=read]").click()
    assert page.locator("#id_subject").input_value() == "ขอเชิญประชุม"
    assert page.locator(".read-mark:visible").count() == 5
    page.locator("#id_reference_read input[type=checkbox]").check()
    page.locator("#id_subject").press("Enter")
    page.wait_for_url("**last=*")
    assert Letter.objects.get().details["unchecked"] == [
        "addressee", "dated", "sender", "subject",
    ]  # fmt: skip

    delivery = Delivery.objects.get()
    page.goto(f"/circulars/deliveries/{delivery.pk}/stamp/place/")
    page.locator("#id_left").fill("12.5")
    page.locator("#id_top").fill("40")
    page.locator("main form .form-actions button[type=submit]").click()
    stamp = ReceiptStamp.objects.get()
    assert (float(stamp.left or 0), float(stamp.top or 0)) == (12.5, 40.0)
    plain.close()


def test_stamp_is_dragged_and_moved_by_keys(
    world: World, page: Page, sign_in: SignIn, run_deferred: Callable[..., int]
) -> None:
    delivery = registered(world)
    run_deferred()
    sign_in(world.registry)
    page.goto(delivery.get_absolute_url())
    page.locator("a[href$='/stamp/place/']").click()
    box = page.locator("[data-stamp-box]")
    expect(box).to_be_visible()
    sheet = page.locator("[data-stamp-page]").bounding_box()
    spot = box.bounding_box()
    assert sheet is not None
    assert spot is not None
    mm = sheet["width"] / 210
    assert abs(spot["x"] - sheet["x"] - 152 * mm) < 3
    assert abs(spot["width"] - 50 * mm) < 3
    page.mouse.move(spot["x"] + 20, spot["y"] + 10)
    page.mouse.down()
    page.mouse.move(spot["x"] + 20 - 100 * mm, spot["y"] + 10 + 60 * mm, steps=5)
    page.mouse.up()
    dragged = page.locator("#id_left").input_value(), page.locator("#id_top").input_value()
    assert abs(float(dragged[0]) - 52) <= 1
    assert abs(float(dragged[1]) - 68) <= 1
    box.press("ArrowRight")
    box.press("Shift+ArrowUp")
    assert float(page.locator("#id_left").input_value()) == float(dragged[0]) + 1
    assert float(page.locator("#id_top").input_value()) == float(dragged[1]) - 5
    for _step in range(80):
        box.press("Shift+ArrowLeft")
    assert page.locator("#id_left").input_value() == "0"
    page.locator("main form .form-actions button[type=submit]").click()
    page.wait_for_url(f"**{delivery.get_absolute_url()}")

    stamp = ReceiptStamp.objects.get()
    assert (float(stamp.left or 0), float(stamp.top or 0)) == (0, float(dragged[1]) - 5)
    run_deferred()
    expect(page.locator("#receipt-stamp a.btn[download]")).to_be_visible()


def test_pages_are_accessible_and_fit_a_phone(
    world: World, page: Page, sign_in: SignIn, axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None], shot: Callable[[Page, str], object],
    run_deferred: Callable[..., int], scan: Path,
) -> None:  # fmt: skip
    delivery = registered(world, details={"unchecked": ["subject"]})
    run_deferred()
    sign_in(world.registry)
    agency = delivery.letter.unit
    pages = {
        "paper-agencies": "/circulars/agencies/",
        "paper-agency": f"/circulars/agencies/{agency.pk}/",
        "paper-received": delivery.get_absolute_url(),
        "paper-stamp": f"/circulars/deliveries/{delivery.pk}/stamp/place/",
        "paper-register": f"{PAGE}?last={delivery.pk}",
    }
    for name, address in pages.items():
        page.goto(address)
        axe(page)
        no_sideways_scroll(page)
        shot(page, name)
    page.locator("[data-upload-input]").set_input_files(scan)
    expect(page.locator("#id_subject")).to_have_value("ขอเชิญประชุม")
    expect(page.locator("#doubles .notice-warning")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
    shot(page, "paper-register-read")

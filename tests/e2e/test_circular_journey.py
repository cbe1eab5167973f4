"""A circular from draft to 114 receipts, in a real browser, as each person does it."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from circulars.models import Delivery, Letter
from portal.accounts.demo import demo_code
from portal.core import registry
from portal.org.enums import Role
from portal.users.models import User
from tests.plugins.smtp import Sink

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCHOOL = "93010047"
SUBJECT = "แจ้งแนวทางการดำเนินงานและขอเชิญประชุมชี้แจง"


@pytest.fixture
def office(transactional_db: None) -> None:
    """The demo office: 114 real schools, invented people, second factors."""
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())


def own_texts(tmp_path: Path) -> tuple[str, list[Path]]:
    from pypdf import PdfWriter

    annex, form = tmp_path / "ระเบียบ.pdf", tmp_path / "แบบตอบรับ.txt"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(annex)
    form.write_text("โรงเรียน ........ เข้าร่วมประชุม", encoding="utf-8")
    return "ด้วยสำนักงานเขตพื้นที่การศึกษากำหนดจัดประชุมชี้แจง", [annex, form]


def real_texts(tmp_path: Path) -> tuple[str, list[Path]]:
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside the checkout")
    news = (SHARED / "data" / "news" / "003.txt").read_text(encoding="utf-8")
    law = SHARED / "domain" / "law"
    return news.strip()[:1500], [
        law / "saraban-amendment-4-2564.pdf", law / "saraban-amendment-3-2560.pdf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "texts", [own_texts, pytest.param(real_texts, marks=pytest.mark.realdata)]
)
def test_circular_goes_from_draft_to_receipts(
    texts: Callable[[Path], tuple[str, list[Path]]],
    office: None,
    page: Page,
    sign_in: Callable[[User], None],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], object],
    run_deferred: Callable[..., int],
    smtp_sink: Sink,
    tmp_path: Path,
) -> None:
    body, files = texts(tmp_path)

    def work() -> None:
        """What a worker would do, outside the thread where the browser's own loop runs."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run_deferred).result()
            pool.submit(connections.close_all).result()

    def become(username: str) -> None:
        sign_in(User.objects.get(username=username))

    def looked_at(name: str) -> None:
        axe(page)
        shot(page, f"journey-{name}")

    become("officer")
    page.goto("/circulars/new/")
    looked_at("new")
    page.locator("main form button[type=submit]").click()
    page.locator("#id_subject").fill(SUBJECT)
    page.locator("#id_addressee").fill("ผู้อำนวยการโรงเรียนทุกโรงเรียน")
    page.locator(".ProseMirror").click()
    page.keyboard.insert_text(body.replace("\n", " "))
    page.locator("[data-upload-input]").set_input_files(files)
    expect(page.locator(".upload-item:not(.is-pending)")).to_have_count(2)
    page.locator("#id_due_on").fill("31/12/2599")
    page.locator("#id_answer_wanted").check()
    looked_at("edit")
    page.locator("button[name=then][value=recipients]").click()
    page.locator("#id_all_schools").check()
    page.locator("button[name=action][value=add]").click()
    expect(page.locator("[data-count]")).to_have_text("114")
    looked_at("recipients")
    page.locator("button[name=action][value=keep]").click()
    work()
    page.reload()
    expect(page.locator(".letter-pages img").first).to_be_visible()
    page.locator("button[name=then][value=submit]").click()
    looked_at("submitted")
    letter = Letter.objects.get()
    assert letter.attachments.count() == 2

    page.set_viewport_size({"width": 360, "height": 740})
    become("groupdirector")
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
    looked_at("to-endorse")
    page.locator("a[href*='/endorse/']").click()
    page.locator("#id_remark").fill("เห็นควรลงนาม")
    looked_at("endorse")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**{letter.get_absolute_url()}")

    become("deputy")
    page.goto(letter.get_absolute_url())
    page.locator("a[href*='/endorse/']").click()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**{letter.get_absolute_url()}")

    become("director")
    page.goto(letter.get_absolute_url())
    page.locator("a[href*='/sign/']").click()
    page.locator("#id_code").fill(demo_code())
    looked_at("sign")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**{letter.get_absolute_url()}")
    letter.refresh_from_db()
    assert letter.number_text == "ศธ 04108/ว 1"
    work()
    work()
    letter.refresh_from_db()
    assert (letter.state, Delivery.objects.count()) == ("dispatched", 114)

    page.set_viewport_size({"width": 1280, "height": 900})
    become(f"s{SCHOOL}")
    page.goto("/circulars/inbox/")
    looked_at("inbox")
    page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
    looked_at("received")
    page.locator("form[action$='/register/'] button").first.click()
    expect(page.locator(".facts")).to_contain_text("1/")

    become(f"p{SCHOOL}")
    page.goto(letter.get_received_url())
    page.locator("form[action$='/acknowledge/'] button").click()
    page.locator("#id_text").fill("โรงเรียนจะเข้าร่วมประชุม 2 คน")
    page.locator("form[action$='/answer/'] button[type=submit]").click()
    expect(page.locator("article.answer")).to_contain_text("โรงเรียนจะเข้าร่วมประชุม 2 คน")
    looked_at("answered")

    become("officer")
    page.goto(letter.get_board_url())
    reached = page.locator(".stage-reached .stat-value")
    expect(reached).to_have_text(["1", "1", "1", "1"])
    expect(page.locator(".stage-missing strong").first).to_have_text("113")
    looked_at("board")
    work()
    smtp_sink.mails.clear()
    page.locator(".stage-missing").first.click()
    page.locator("form[action$='/chase/'] button").click()
    work()
    behind = User.objects.filter(
        memberships__unit__in=Delivery.objects.unread().values("unit"),
        memberships__role__in=[Role.PRINCIPAL, Role.SCHOOL_CLERK],
    )
    assert smtp_sink.addresses() == set(behind.values_list("email", flat=True))
    assert len(smtp_sink.mails) == 2 * 113
    page.goto(f"{letter.get_board_url()}proof/")
    looked_at("proof")
    for path in ("sent", "chain", "drafts", "waiting", "registers"):
        page.goto(f"/circulars/{path}/")
        looked_at(path)

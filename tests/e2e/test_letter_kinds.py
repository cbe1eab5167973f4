"""A memo written with phrases, checked while it is typed, approved on a phone; one for many."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from circulars.enums import LetterKind, LetterState
from circulars.models import Letter
from circulars.services import letters, merging
from circulars.tasks_merging import merge_letters
from portal.users.models import User
from tests.factories import kinds as make
from tests.factories.letters import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(transactional_db: None, settings: object) -> World:
    settings.SECOND_FACTOR_ROLES = []
    return make_world(schools=2)


def test_memo_from_the_first_word_to_the_approval_on_a_phone(
    context: BrowserContext,
    world: World,
    sign_in: Callable[[User], None],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], object],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    sign_in(world.officer)
    page = context.new_page()
    page.goto("/circulars/new/")
    page.select_option("select[name=kind]", "memo")
    page.click("form.form button[type=submit]")
    expect(page.locator("#letter-findings")).to_contain_text("12.4")
    expect(page.locator("[name=effective], [name=copies_to]")).to_have_count(0)
    page.fill("[name=subject]", "ขออนุมัติจัดประชุม")
    page.fill("[name=addressee]", "ผู้อำนวยการสำนักงาน")
    page.click(".ProseMirror")
    page.keyboard.type("ด้วยกลุ่มกำหนดจัดประชุม ตามเอกสารแนบ ")
    phrase = page.locator("[data-phrases=body] [data-phrase]").first
    phrase.focus()
    page.keyboard.press("Enter")  # the keyboard alone puts the phrase at the cursor
    expect(page.locator(".ProseMirror")).to_contain_text("จึงเรียนมาเพื่อโปรดทราบ")
    expect(page.locator("#letter-findings")).to_contain_text("12.6")  # live, after the autosave
    expect(page.locator("#letter-findings")).not_to_contain_text("12.4")
    page.select_option("[name=ends_at]", "group_director")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "kinds-memo-edit")
    page.click("button[name=then][value=submit]")
    page.wait_for_url("**/circulars/*/")
    letter = Letter.objects.get()
    assert (letter.state, letter.steps.count()) == (LetterState.IN_CHAIN, 1)

    sign_in(world.group_director)
    page.set_viewport_size(PHONE)
    page.goto(f"/circulars/{letter.pk}/sign/?revision={letter.revision}")
    expect(page.locator("input[type=password]")).to_have_count(0)
    page.locator("[data-phrases=remark] [data-phrase]", has_text="อนุมัติ").first.click()
    expect(page.locator("[name=remark]")).to_have_value("อนุมัติ")
    axe(page)
    shot(page, "kinds-memo-approve")
    page.click("form.form button.btn-primary")
    page.wait_for_url("**/circulars/*/")
    letter.refresh_from_db()
    assert (letter.state, letter.number_text) == (LetterState.SIGNED_PENDING, "ศธ 04108/1")
    assert letter.steps.get().remark == "อนุมัติ"


def test_certificates_for_a_list(
    context: BrowserContext,
    world: World,
    sign_in: Callable[[User], None],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], object],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    letter = make.draft(
        world, LetterKind.CERTIFICATE, body="<p>ได้เข้าร่วมอบรมจริง</p>",
        details={"certified": "{ชื่อ}"},
    )  # fmt: skip
    sign_in(world.officer)
    page = context.new_page()
    page.goto(f"/circulars/{letter.pk}/people/")
    page.set_input_files(
        "[name=file]",
        {
            "name": "คน.csv",
            "mimeType": "text/csv",
            "buffer": "ชื่อ,โรงเรียน\nนายหนึ่ง,ก\nนายสอง,\n".encode(),
        },
    )
    page.click("form.form button[type=submit]:not([name])")
    expect(page.locator("table")).to_contain_text("โรงเรียน")
    axe(page)
    shot(page, "kinds-people")
    page.check("[name=anyway]")
    page.set_input_files(
        "[name=file]",
        {
            "name": "คน.csv",
            "mimeType": "text/csv",
            "buffer": "ชื่อ,โรงเรียน\nนายหนึ่ง,ก\nนายสอง,\n".encode(),
        },
    )
    page.click("form.form button[type=submit]:not([name])")
    page.wait_for_url("**/documents/")
    expect(page.locator("tbody tr")).to_have_count(1)
    letter.refresh_from_db()
    letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    merge_letters(letter.merge_run.pk)
    assert merging.progress(letter.merge_run).made == 1
    page.reload()
    expect(page.locator("tbody tr a")).to_have_text(["1/2569"])
    axe(page)
    no_sideways_scroll(page)
    shot(page, "kinds-documents")


def test_templates_and_phrases_pages(
    context: BrowserContext,
    world: World,
    sign_in: Callable[[User], None],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], object],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    letter = letters.submit(letter=make.draft(world, LetterKind.MEMO), actor=world.officer)
    sign_in(world.group_director)
    page = context.new_page()
    page.goto(f"/circulars/{letter.pk}/template/")
    page.fill("[name=name]", "ขออนุมัติประชุม")
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/templates/")
    expect(page.locator("tbody tr")).to_have_count(1)
    axe(page)
    no_sideways_scroll(page)
    shot(page, "kinds-templates")
    page.goto("/circulars/phrases/")
    axe(page)
    no_sideways_scroll(page)
    shot(page, "kinds-phrases")

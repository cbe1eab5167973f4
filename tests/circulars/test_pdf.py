"""The official letter on paper, measured on the PDF itself (form 1; domain rules, "Layout")."""

import base64
import io
import logging
from collections.abc import Iterator
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pypdfium2
import pytest
import segno

from circulars.body import text_to_body
from circulars.enums import LetterKind, Secrecy, Speed
from circulars.models import Attachment, Letter, LetterSettings, Reference
from circulars.pdf import letter_html, letter_pdf
from circulars.pdf.content import breakable, check_url
from circulars.services import letters
from portal.core.pdf import render_pdf
from portal.core.thai.dates import long, official
from portal.core.thai.text import normalize
from portal.files.errors import FileMissing
from portal.files.service import store_bytes
from portal.files.storage import absolute_path
from portal.org.enums import ActingKind, UnitKind
from portal.org.models import Membership, Office, Position, School, Unit
from portal.users.models import User
from tests.extraction import READERS, Reader, without_space
from tests.factories import acting
from tests.factories import letters as make
from tests.factories.letters import World
from tests.pdf_layout import drawing_of, line_of, lines_of, pictures_of

LEFT, RIGHT, TOP, BOTTOM = 30, 190, 25, 277
PAPER_MIDDLE = 105
CLOSE = 0.3  # mm
RED = (0.753, 0, 0)
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

FIRST, SECOND, THIRD, LAST = (
    "ด้วยสำนักงานกำหนดประชุมผู้บริหาร ครั้งที่ 11/2569",
    "วันที่ 27 พฤศจิกายน 2569 เวลา 08.30 น. ณ ห้องประชุมใหญ่",
    "เพื่อรับทราบนโยบายและแนวปฏิบัติ",
    "จึงเรียนมาเพื่อโปรดทราบ",
)
SHORT = f"<p>{FIRST}<br>{SECOND}<br>{THIRD}</p><p>{LAST}</p>"
PARAGRAPH = "<p>เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงขอให้โรงเรียนรายงานผลภายในกำหนด</p>"
LONG_SUBJECT = (
    "ขอความร่วมมือประชาสัมพันธ์การรับสมัครนักเรียนเข้าศึกษาต่อชั้นมัธยมศึกษาปีที่ 1"
    " และการจัดสรรโอกาสทางการศึกษา ประจำปีการศึกษา 2570"
)


@pytest.fixture
def office(world: World) -> World:
    """The world with names and addresses as long as real ones."""
    Office.objects.filter(pk=world.office.pk).update(
        name="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        address="99 หมู่ 1 ตำบลตัวอย่าง อำเภอป่าบอน จังหวัดพัทลุง 93170",
        phone="0 7469 5911-17",
        email="saraban@phatthalung2.example",
    )
    Unit.objects.filter(pk=world.group.pk).update(name="กลุ่มอำนวยการ", phone="0 7469 5911 ต่อ 12")
    head = Position.objects.create(office=world.office, title="ผู้อำนวยการ", names_unit=True)
    Membership.objects.filter(person__in=[world.director, *world.principals]).update(position=head)
    User.objects.filter(pk=world.director.pk).update(first_name="สมชาย", last_name="ใจดี")
    world.office.refresh_from_db()
    for user in (world.director, world.group):
        user.refresh_from_db()
    return world


@pytest.fixture(params=READERS, ids=lambda reader: reader.__name__)
def reader(request: pytest.FixtureRequest) -> Reader:
    return request.param


@pytest.fixture(autouse=True)
def _silent_renderer(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No letter may make WeasyPrint complain, not even with a WARNING."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    yield
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


def fresh(letter: Letter) -> Letter:
    """As the task finds it."""
    return Letter.objects.select_related("unit__office", "drafter", "entry__register").get(
        pk=letter.pk
    )


def signed(world: World, **fields: object) -> Letter:
    return fresh(make.signed(world, **{"body": SHORT, **fields}))


def with_everything(world: World, **fields: object) -> Letter:
    """A signed letter that has each field of the form."""
    letter = make.draft(
        world,
        **{
            "subject": LONG_SUBJECT,
            "body": SHORT,
            "copies_to": "หน่วยตรวจสอบภายใน\nกลุ่มนโยบายและแผน",
            **fields,
        },
    )
    Reference.objects.create(letter=letter, text="หนังสือที่ ศธ 04006/ว 2345 ลงวันที่ 1 ตุลาคม 2569")
    for position, title in enumerate(("ประกาศรับสมัคร จำนวน 1 ชุด", "ปฏิทินการรับสมัคร"), 1):
        file = make.some_file(world.office, f"{position}.pdf", f"%PDF-1.7 {position}".encode())
        Attachment.objects.create(letter=letter, file=file, title=title, position=position)
    letter = letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    return fresh(letters.sign(letter=letter, actor=world.director, revision=letter.revision))


def school_signed(world: World, **fields: object) -> Letter:
    draft = make.school_letter(world, to=[world.schools[1]], **{"body": SHORT, **fields})
    letters.submit(letter=draft, actor=world.clerks[0])
    return fresh(letters.sign(letter=draft, actor=world.principals[0], revision=draft.revision))


def texts(data: bytes) -> list[str]:
    return [line.text for line in lines_of(data)]


def approx(*values: float) -> object:
    return pytest.approx(list(values) if len(values) > 1 else values[0], abs=CLOSE)


# --- the sheet ---


def test_sheet_is_a4_with_the_margins_of_the_rules(office: World) -> None:
    data = letter_pdf(with_everything(office, body=SHORT + PARAGRAPH * 30))
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    lines = [line for line in lines_of(data) if line.top > TOP - CLOSE and line.size != 8]
    assert {tuple(round(float(side) * 25.4 / 72) for side in page.mediabox) for page in pages} == {
        (0, 0, 210, 297)
    }
    assert len(pages) == 4
    assert min(line.left for line in lines) == approx(LEFT)
    assert max(line.right for line in lines) <= RIGHT + CLOSE
    assert max(line.right for line in lines) > RIGHT - 15
    assert max(line.bottom for line in lines) <= BOTTOM
    # A line box of 20.8 pt holds its 16 pt text in the middle, 0.8 mm below its upper edge.
    tops = {line.page: min(x.top for x in lines if x.page == line.page) for line in lines}
    assert [tops[page] for page in (2, 3, 4)] == pytest.approx([TOP + 1.4] * 3, abs=1.5)


def test_emblem_is_3_cm_high_at_the_top_in_the_middle_of_the_sheet(office: World) -> None:
    emblem = drawing_of(letter_pdf(signed(office)), page=1, above=60)
    assert (emblem.top, emblem.height) == (approx(TOP), approx(30))
    assert emblem.middle == approx(PAPER_MIDDLE)


@pytest.mark.parametrize("owner", ["settings", "office"])
def test_emblem_of_the_office_takes_the_place_of_the_drawing(office: World, owner: str) -> None:
    file = store_bytes(
        data=DOT, name="ครุฑ.png", content_type="image/png", office=office.office, actor=None
    )
    if owner == "settings":
        LetterSettings.objects.create(office=office.office, emblem=file)
    else:
        Office.objects.filter(pk=office.office.pk).update(emblem=file)
    (emblem,) = [box for box in pictures_of(letter_pdf(signed(office))) if box.top < 100]
    assert (emblem.top, emblem.height) == (approx(TOP), approx(30))
    assert emblem.middle == approx(PAPER_MIDDLE)


def test_letter_without_its_emblem_is_not_made(office: World) -> None:
    file = store_bytes(
        data=DOT, name="ครุฑ.png", content_type="image/png", office=office.office, actor=None
    )
    LetterSettings.objects.create(office=office.office, emblem=file)
    absolute_path(file.blob.path).unlink()
    with pytest.raises(FileMissing):
        letter_pdf(signed(office))


def test_text_is_portal_sarabun_16_but_for_the_small_print(office: World) -> None:
    lines = lines_of(letter_pdf(with_everything(office)))
    assert {line.font for line in lines} == {"Portal-Sarabun"}
    small = {line.text: line.size for line in lines if line.size != 16}
    assert sorted(small.values()) == [8, 8, 8, 12]
    assert small["ลงลายมือชื่ออิเล็กทรอนิกส์"] == 12


def test_lines_are_single_and_blocks_6_pt_apart(office: World) -> None:
    data = letter_pdf(signed(office))
    single, block = 20.8 / 72 * 25.4, 26.8 / 72 * 25.4
    tops = {line.text: line.top for line in lines_of(data)}
    order = [
        (official(date.today()), block),
        ("เรื่อง การประชุมผู้บริหารสถานศึกษา", block),
        ("เรียน ผู้อำนวยการโรงเรียนทุกโรงเรียน", block),
        (FIRST, single),
        (SECOND, single),
        (THIRD, block),
        (LAST, None),
    ]
    for (text, distance), (following, _next) in pairwise(order):
        assert tops[following] - tops[text] == approx(distance), following


def test_signature_has_four_lines_of_room(office: World) -> None:
    data = letter_pdf(signed(office))
    room = line_of(data, "(นายสมชาย ใจดี)").top - line_of(data, "ขอแสดงความนับถือ").top
    assert room == approx(5 * 20.8 / 72 * 25.4)


# --- the fields, in their order and place ---


def test_fields_stand_in_the_order_of_the_form(office: World) -> None:
    letter = with_everything(office)
    host = urlsplit(check_url(letter))
    assert texts(letter_pdf(letter)) == [
        "ที่ ศธ ๐๔๑๐๘/ว ๑",
        "สำนักงานเขตพื้นที่การศึกษา",
        "ประถมศึกษาพัทลุง เขต ๒",
        "๙๙ หมู่ ๑ ตำบลตัวอย่าง",
        "อำเภอป่าบอน",
        "จังหวัดพัทลุง ๙๓๑๗๐",
        official(letter.letter_date),
        "เรื่อง ขอความร่วมมือประชาสัมพันธ์การรับสมัครนักเรียนเข้าศึกษาต่อ",
        "ชั้นมัธยมศึกษาปีที่ 1 และการจัดสรรโอกาสทางการศึกษา ประจำ",
        "ปีการศึกษา 2570",
        "เรียน ผู้อำนวยการโรงเรียนทุกโรงเรียน",
        "อ้างถึง หนังสือที่ ศธ 04006/ว 2345 ลงวันที่ 1 ตุลาคม 2569",
        "สิ่งที่ส่งมาด้วย ๑. ประกาศรับสมัคร จำนวน 1 ชุด",
        "๒. ปฏิทินการรับสมัคร",
        FIRST,
        SECOND,
        THIRD,
        "- ๒ -",  # the signature takes the last paragraph along
        LAST,
        "ขอแสดงความนับถือ",
        "ลงลายมือชื่ออิเล็กทรอนิกส์",
        "(นายสมชาย ใจดี)",
        "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
        "ประถมศึกษาพัทลุง เขต ๒",
        "กลุ่มอำนวยการ",
        "โทร. ๐ ๗๔๖๙ ๕๙๑๑ ต่อ ๑๒",
        "ไปรษณีย์อิเล็กทรอนิกส์ saraban@phatthalung2.example",
        "สำเนาส่ง ๑. หน่วยตรวจสอบภายใน",
        "๒. กลุ่มนโยบายและแผน",
        "ตรวจสอบหนังสือ ที่ ศธ ๐๔๑๐๘/ว ๑",
        f"{host.scheme}://{host.netloc}",
        host.path,
    ]


def test_number_ends_level_with_the_emblem_and_agency_stands_right_of_it(office: World) -> None:
    data = letter_pdf(signed(office))
    emblem = drawing_of(data, page=1, above=60)
    number = line_of(data, "ที่ ศธ ๐๔๑๐๘/ว ๑")
    agency = line_of(data, "สำนักงานเขตพื้นที่การศึกษา")
    assert (number.left, number.top) == (approx(LEFT), approx(agency.top))
    assert number.bottom == pytest.approx(emblem.bottom, abs=1)
    assert agency.left > emblem.right + 2
    assert agency.right <= RIGHT


def test_name_without_a_joint_wraps_below_the_number_line(office: World) -> None:
    name = "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐานจังหวัดทดสอบ"
    Office.objects.filter(pk=office.office.pk).update(name=name)
    data = letter_pdf(signed(office, addressee=f"ผู้อำนวยการ{name}{name}"))
    right = [line for line in lines_of(data) if line.left > PAPER_MIDDLE and line.top < 100]
    number = line_of(data, "ที่ ศธ ๐๔๑๐๘/ว ๑")
    assert right[0].top == approx(number.top)
    assert without_space("".join(line.text for line in right))[: len(name)] == name
    label, *_rest = [line for line in lines_of(data) if line.text.startswith("เรียน ผู้")]
    assert label.left == approx(LEFT)


def test_date_and_usual_closing_begin_at_the_middle_of_the_sheet(office: World) -> None:
    letter = signed(office)
    data = letter_pdf(letter)
    assert line_of(data, official(letter.letter_date)).left == approx(PAPER_MIDDLE)
    closing = line_of(data, "ขอแสดงความนับถือ")
    assert closing.left == approx(PAPER_MIDDLE)
    names = ["(นายสมชาย ใจดี)", "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"]
    assert [line_of(data, name).middle for name in names] == approx(*[closing.middle] * 2)


def test_paragraphs_begin_25_mm_in(office: World) -> None:
    data = letter_pdf(signed(office))
    lefts = [line_of(data, text).left for text in (FIRST, SECOND, THIRD, LAST)]
    assert lefts == approx(LEFT + 25, LEFT, LEFT, LEFT + 25)


def test_long_subject_hangs_below_its_first_word(office: World) -> None:
    data = letter_pdf(with_everything(office))
    wrapped = [
        "ชั้นมัธยมศึกษาปีที่ 1 และการจัดสรรโอกาสทางการศึกษา ประจำ",
        "ปีการศึกษา 2570",
    ]
    begin = LEFT + label_width("เรื่อง") + 4
    assert [line_of(data, text).left for text in wrapped] == approx(begin, begin)


def test_several_attachments_stand_below_each_other(office: World) -> None:
    data = letter_pdf(with_everything(office))
    begin = LEFT + label_width("สิ่งที่ส่งมาด้วย") + 4
    assert line_of(data, "๒. ปฏิทินการรับสมัคร").left == approx(begin)


@pytest.mark.parametrize(
    ("speed", "word"),
    [(Speed.URGENT, "ด่วน"), (Speed.VERY_URGENT, "ด่วนมาก"), (Speed.MOST_URGENT, "ด่วนที่สุด")],
)
def test_speed_is_red_and_32_pt_above_the_number(office: World, speed: Speed, word: str) -> None:
    data = letter_pdf(signed(office, speed=speed))
    mark = line_of(data, word)
    assert (mark.page, mark.size, mark.font) == (1, 32, "Portal-Sarabun-Bold")
    assert mark.colour == pytest.approx(RED, abs=0.01)
    assert mark.left == approx(LEFT)
    assert TOP < mark.top < mark.bottom < line_of(data, "ที่ ศธ ๐๔๑๐๘/ว ๑").top
    assert mark.right < drawing_of(data, page=1, above=60).left


@pytest.mark.parametrize(
    ("secrecy", "word"), [(Secrecy.CONFIDENTIAL, "ลับ"), (Secrecy.SECRET, "ลับมาก")]
)
def test_secrecy_is_red_at_the_top_and_bottom_of_each_page(
    office: World, secrecy: Secrecy, word: str
) -> None:
    data = letter_pdf(signed(office, secrecy=secrecy, body=PARAGRAPH * 14))
    marks = [line for line in lines_of(data) if line.text == word]
    assert [mark.page for mark in marks] == [1, 1, 2, 2]
    assert [mark.middle for mark in marks] == approx(*[PAPER_MIDDLE] * 4)
    assert [(mark.bottom < TOP, mark.top > BOTTOM) for mark in marks] == [
        (True, False), (False, True),
    ] * 2  # fmt: skip
    assert {mark.size for mark in marks} == {26}
    assert [mark.colour for mark in marks] == [pytest.approx(RED, abs=0.01)] * 4
    numbers = [line for line in lines_of(data) if line.text == "- ๒ -"]
    assert [number.top > marks[2].bottom for number in numbers] == [True]


def test_ordinary_open_letter_has_no_red_mark(office: World) -> None:
    colours = {line.colour for line in lines_of(letter_pdf(signed(office)))}
    assert [colour for colour in colours if len(set(colour)) > 1] == []


@pytest.mark.parametrize(
    ("thai", "second", "third"), [(True, "- ๒ -", "- ๓ -"), (False, "- 2 -", "- 3 -")]
)
def test_pages_are_numbered_from_the_second_on(
    office: World, thai: bool, second: str, third: str
) -> None:
    LetterSettings.objects.create(office=office.office, thai_digits=thai)
    data = letter_pdf(signed(office, body=PARAGRAPH * 20))
    numbers = [line for line in lines_of(data) if line.text.startswith("- ")]
    assert [(line.page, line.text) for line in numbers] == [(2, second), (3, third)]
    assert [line.middle for line in numbers] == approx(PAPER_MIDDLE, PAPER_MIDDLE)
    assert {line.bottom < TOP for line in numbers} == {True}


def test_office_that_writes_arabic_digits(office: World) -> None:
    LetterSettings.objects.create(office=office.office, thai_digits=False)
    letter = with_everything(office, body="<ol><li>ก</li></ol>")
    found = texts(letter_pdf(letter))
    wanted = [
        "ที่ ศธ 04108/ว 1", "99 หมู่ 1 ตำบลตัวอย่าง", long(letter.letter_date),
        "สิ่งที่ส่งมาด้วย 1. ประกาศรับสมัคร จำนวน 1 ชุด", "1. ก", "โทร. 0 7469 5911 ต่อ 12",
    ]  # fmt: skip
    assert [text for text in found if text in wanted] == wanted
    assert not set("๐๑๒๓๔๕๖๗๘๙") & set("".join(found))


# --- text ---


def test_lists_are_numbered_and_hang(office: World) -> None:
    body = "<ol><li><p>หนึ่ง</p><ul><li><p>ย่อย</p></li></ul></li><li><p>สอง<br>ต่อ</p></li></ol>"
    data = letter_pdf(signed(office, body=body))
    lefts = [line_of(data, text).left for text in ("๑. หนึ่ง", "- ย่อย", "๒. สอง", "ต่อ")]
    assert lefts == approx(LEFT + 25, LEFT + 34, LEFT + 25, LEFT + 34)


def test_table_keeps_to_the_margins_and_repeats_its_head(office: World) -> None:
    rows = "".join(f"<tr><td>{n}</td><td>โรงเรียนทดสอบ</td></tr>" for n in range(40))
    body = (
        f"<table><thead><tr><th>ที่</th><th>โรงเรียน</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    data = letter_pdf(signed(office, body=body))
    heads = [line for line in lines_of(data) if line.text == "โรงเรียน"]
    cells = [line for line in lines_of(data) if line.text == "โรงเรียนทดสอบ"]
    assert [line.page for line in heads] == [1, 2, 3][: len(heads)]
    assert len(heads) >= 2
    assert {line.font for line in heads} == {"Portal-Sarabun-Bold"}
    assert len(cells) == 40
    assert max(line.right for line in cells) < RIGHT


@pytest.mark.parametrize("paragraphs", range(1, 9))
def test_signature_never_stands_alone_on_a_page(office: World, paragraphs: int) -> None:
    data = letter_pdf(signed(office, body=PARAGRAPH * paragraphs))
    closing = line_of(data, "ขอแสดงความนับถือ")
    name = line_of(data, "(นายสมชาย ใจดี)")
    before = [x for x in lines_of(data) if x.page == closing.page and TOP < x.top < closing.top]
    assert closing.page == name.page
    assert len(before) >= 2


@pytest.mark.parametrize("paragraphs", range(1, 9))
def test_owner_and_check_code_never_stand_alone_on_a_page(office: World, paragraphs: int) -> None:
    data = letter_pdf(signed(office, body=PARAGRAPH * paragraphs))
    pages = {line.page for line in lines_of(data)}
    assert line_of(data, "กลุ่มอำนวยการ").page == line_of(data, "(นายสมชาย ใจดี)").page == max(pages)


def test_text_extracts_exactly_as_written(office: World, reader: Reader) -> None:
    hard = "น้ำ ซ้ำ สามารถ คำนำ ที่ ปั้น ญี่ปุ่น ฐานะ กตัญญู ผู้ใหญ่ ศักดิ์ <ก> & “ข”"
    letter = signed(
        office,
        subject=hard, addressee=hard, copies_to=hard,
        body=f"<p>{escape(hard)} <strong>{escape(hard)}</strong> <em>{escape(hard)}</em></p>",
    )  # fmt: skip
    assert without_space(reader(letter_pdf(letter))).count(without_space(hard)) == 6


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["003", "018", "158", "170", "310"])
def test_real_text_extracts_exactly_over_pages(
    office: World, reader: Reader, shared_data: Path, name: str
) -> None:
    text = normalize((shared_data / "news" / f"{name}.txt").read_text())
    data = letter_pdf(signed(office, body=text_to_body(text)))
    found = without_space(reader(data))
    pages = len(pypdf.PdfReader(io.BytesIO(data)).pages)
    for number in range(2, pages + 1):
        found = found.replace(
            f"-{str(number).translate(str.maketrans('0123456789', '๐๑๒๓๔๕๖๗๘๙'))}-", "", 1
        )
    assert pages > 1
    assert found.count(without_space(text)) == 1


def test_page_is_html_with_what_was_written_escaped(office: World) -> None:
    html = letter_html(signed(office, subject="<script>x()</script> & Co", body="<p>ก</p>"))
    assert html.count("&lt;script&gt;x()&lt;/script&gt; &amp; Co") == 2
    assert html.count("<script") == 0


def test_body_is_cleaned_once_more_before_it_is_printed(office: World) -> None:
    letter = signed(office)
    letter.body = '<p onclick="x()">ก<script>x()</script></p>'
    assert "<main><p>ก</p></main>" in letter_html(letter)


def test_document_has_title_and_language(office: World) -> None:
    reader = pypdf.PdfReader(io.BytesIO(letter_pdf(signed(office, subject="ขอเชิญประชุม"))))
    assert reader.metadata.title == "ขอเชิญประชุม"
    assert reader.root_object["/Lang"] == "th"


# --- draft, circular and letter, school, acting signer ---


def test_draft_has_a_watermark_on_each_page_and_no_number(office: World) -> None:
    letter = fresh(make.draft(office, body=PARAGRAPH * 14))
    data = letter_pdf(letter)
    marks = [line for line in lines_of(data) if line.text == "ร่าง"]
    assert [line.page for line in marks] == [1, 2]
    assert [line.colour for line in marks] == [pytest.approx((0.894, 0.894, 0.894), abs=0.01)] * 2
    found = texts(data)
    assert [text for text in found if text.startswith("ที่ ศธ")] == ["ที่ ศธ ๐๔๑๐๘/ว"]
    assert [
        text for text in found if text in (official(date.today()), "ลงลายมือชื่ออิเล็กทรอนิกส์")
    ] == []
    assert [line for line in lines_of(data) if line.size == 8] == []
    assert "(นายสมชาย ใจดี)" in found


def test_draft_in_the_chain_names_who_holds_the_signing_post(office: World) -> None:
    letter = fresh(make.submitted(office))
    assert "(นายสมชาย ใจดี)" in texts(letter_pdf(letter))


def test_draft_at_a_post_of_one_person_names_that_person(office: World) -> None:
    letter = make.submitted(office)
    step = letter.steps.last()
    step.membership = office.membership(office.director)
    step.save()
    assert "(นายสมชาย ใจดี)" in texts(letter_pdf(fresh(letter)))


def test_draft_leaves_the_name_open_while_nobody_holds_the_signing_post(office: World) -> None:
    office.membership(office.director).delete()
    letter = fresh(make.draft(office))
    assert [text for text in texts(letter_pdf(letter)) if text.startswith("(")] == [
        "(........................................)"
    ]


def test_draft_of_an_office_without_executives_leaves_the_name_open(office: World) -> None:
    registry = office.membership(office.registry).unit
    letter = letters.create_draft(unit=registry, actor=office.registry, **make.CONTENT)
    Unit.objects.filter(kind=UnitKind.EXECUTIVE).update(closed_on=date(2020, 1, 1))
    assert "(........................................)" in texts(letter_pdf(fresh(letter)))


def test_ordinary_letter_has_no_circular_mark(office: World) -> None:
    assert texts(letter_pdf(signed(office, kind=LetterKind.LETTER)))[0] == "ที่ ศธ ๐๔๑๐๘/๑"
    draft = fresh(make.draft(office, kind=LetterKind.LETTER))
    assert texts(letter_pdf(draft))[0] == "ที่ ศธ ๐๔๑๐๘/"


def test_acting_signer_has_position_and_what_is_acted_for(office: World) -> None:
    acting(office.deputy, office.membership(office.director), ActingKind.IN_PLACE)
    position = office.membership(office.deputy).position.title
    letter = make.for_signature(office, body=SHORT)
    letter = letters.sign(letter=letter, actor=office.deputy, revision=letter.revision)
    data = letter_pdf(fresh(letter))
    below = [line.text for line in lines_of(data) if line.top > line_of(data, LAST).top]
    thai = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    assert below[2:6] == [
        f"({office.deputy.get_full_name()})",
        f"{position} รักษาราชการแทน".translate(thai),
        "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
        "ประถมศึกษาพัทลุง เขต ๒",
    ]


def test_letter_of_a_school_has_its_own_head_and_contact(office: World) -> None:
    school = office.schools[0]
    Unit.objects.filter(pk=school.pk).update(
        name="โรงเรียนบ้านควนพร้าว", letter_code="ศธ 04108.012", phone="0 7400 0012", email=""
    )
    School.objects.filter(unit=school).update(tambon="พนมวังก์", amphoe="ควนขนุน")
    letter = school_signed(office)
    found = texts(letter_pdf(letter))
    assert found[:6] == [
        "ที่ ศธ ๐๔๑๐๘.๐๑๒/๑",
        "โรงเรียนบ้านควนพร้าว",
        "ตำบลพนมวังก์",
        "อำเภอควนขนุน",
        "จังหวัดพัทลุง",
        official(letter.letter_date),
    ]
    owner = found.index("ผู้อำนวยการโรงเรียนบ้านควนพร้าว") + 1
    assert found[owner : owner + 3] == [
        "โรงเรียนบ้านควนพร้าว", "โทร. ๐ ๗๔๐๐ ๐๐๑๒", "ตรวจสอบหนังสือ ที่ ศธ ๐๔๑๐๘.๐๑๒/๑",
    ]  # fmt: skip


def test_school_of_an_office_whose_address_names_no_province(office: World) -> None:
    Office.objects.filter(pk=office.office.pk).update(address="ตู้ ปณ. 1")
    School.objects.filter(unit=office.schools[0]).update(tambon="ก", amphoe="ข")
    assert texts(letter_pdf(school_signed(office)))[2] == "ตำบลก อำเภอข"


def test_group_without_phone_prints_the_office_line(office: World) -> None:
    Unit.objects.filter(pk=office.group.pk).update(phone="")
    assert "โทร. ๐ ๗๔๖๙ ๕๙๑๑-๑๗" in texts(letter_pdf(signed(office)))


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("สำนักงานเขตพื้นที่การศึกษาประถมศึกษาตรัง เขต 1", ["สำนักงานเขตพื้นที่การศึกษา", "ประถมศึกษาตรัง เขต 1"]),
        ("สำนักงานเขตพื้นที่การศึกษามัธยมศึกษาตรัง", ["สำนักงานเขตพื้นที่การศึกษา", "มัธยมศึกษาตรัง"]),
        ("โรงเรียนบ้านควน", ["โรงเรียนบ้านควน"]),
    ],
)
def test_long_names_break_where_readers_expect_it(name: str, pieces: list[str]) -> None:
    assert breakable(name) == pieces


# --- the way to check it ---


def test_check_code_stands_below_the_last_page_only(office: World) -> None:
    letter = signed(office, body=PARAGRAPH * 14)
    data = letter_pdf(letter)
    small = [line for line in lines_of(data) if line.size == 8]
    assert [line.text for line in small] == [
        "ตรวจสอบหนังสือ ที่ ศธ ๐๔๑๐๘/ว ๑", "http://localhost:8000", f"/v/{letter.check_token}/",
    ]  # fmt: skip
    assert {line.page for line in small} == {2}
    assert min(line.top for line in small) > BOTTOM
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in pypdf.PdfReader(io.BytesIO(data)).pages
        for annotation in page.get("/Annots", [])
    ]
    assert set(links) == {check_url(letter)}


def test_check_code_is_the_qr_code_of_the_address(office: World) -> None:
    letter = signed(office)
    page = pypdfium2.PdfDocument(letter_pdf(letter))[0]
    picture = page.render(scale=600 / 72).to_pil().convert("L")
    matrix = segno.make(check_url(letter), error="m", micro=False, mask=2).matrix
    dots = 600 / 25.4
    module = 15 / (len(matrix) + 4)  # mm, with a quiet zone of two modules on each side
    left, top = LEFT, BOTTOM + 1
    read = [
        [
            picture.getpixel(
                (
                    round((left + (column + 2.5) * module) * dots),
                    round((top + (row + 2.5) * module) * dots),
                )
            )
            < 128
            for column in range(len(matrix))
        ]
        for row in range(len(matrix))
    ]
    assert read == [[bool(bit) for bit in row] for row in matrix]


def label_width(label: str) -> float:
    """In mm, as the letter sets it."""
    return line_of(render_pdf(f"<p>{label}</p>", title="x"), label).width

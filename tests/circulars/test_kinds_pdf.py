"""The other forms on paper, measured on the PDF (forms 2–11; domain rules, "Layout")."""

import io
import logging
from collections.abc import Iterator
from datetime import date

import pypdf
import pypdfium2
import pytest

from circulars.enums import LetterKind, Secrecy, Speed
from circulars.models import LetterSettings
from circulars.pdf import letter_pdf
from circulars.pdf.agency_seal import seal_drawing
from circulars.pdf.details import initials
from portal.core.pdf import render_pdf
from portal.core.thai.dates import long, official
from portal.core.thai.digits import to_thai
from portal.files.service import store_bytes
from portal.org.models import Office, Unit
from portal.users.models import User
from tests.circulars.test_pdf import BOTTOM, CLOSE, DOT, LEFT, PAPER_MIDDLE, RED, RIGHT, TOP
from tests.extraction import READERS, Reader, without_space
from tests.factories import kinds as make
from tests.factories.letters import World
from tests.pdf_layout import Line, drawing_of, line_of, lines_of, pictures_of

OFFICE = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2"
THAI_OFFICE = to_thai(OFFICE)
NAME_LINES = ["สำนักงานเขตพื้นที่การศึกษา", "ประถมศึกษาพัทลุง เขต ๒"]
HARD = "น้ำ ซ้ำ สามารถ คำนำ ที่ ปั้น ญี่ปุ่น ฐานะ กตัญญู ผู้ใหญ่ ศักดิ์ <ก> & “ข”"


@pytest.fixture
def office(world: World) -> World:
    """The world with names as long as real ones."""
    Office.objects.filter(pk=world.office.pk).update(
        name=OFFICE, phone="0 7469 5911", email="saraban@phatthalung2.example",
        address="99 หมู่ 1 ตำบลตัวอย่าง อำเภอป่าบอน จังหวัดพัทลุง 93170",
    )  # fmt: skip
    Unit.objects.filter(pk=world.group.pk).update(name="กลุ่มอำนวยการ", phone="0 7469 5911 ต่อ 12")
    for user, first, last in (
        (world.officer, "วีระ", "เขียนดี"), (world.group_director, "อารี", "นำกลุ่ม"),
        (world.deputy, "เมธา", "รองชัย"), (world.director, "สมชาย", "ใจดี"),
    ):  # fmt: skip
        User.objects.filter(pk=user.pk).update(title="นาย", first_name=first, last_name=last)
    for one in (world.office, world.group, world.officer, world.director):
        one.refresh_from_db()
    return world


@pytest.fixture(autouse=True)
def _silent_renderer(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No form may make WeasyPrint complain, not even with a WARNING."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    yield
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


@pytest.fixture(params=READERS, ids=lambda reader: reader.__name__)
def reader(request: pytest.FixtureRequest) -> Reader:
    return request.param


def approx(*values: float) -> object:
    return pytest.approx(list(values) if len(values) > 1 else values[0], abs=CLOSE)


def page(world: World, kind: str, **fields: object) -> bytes:
    return letter_pdf(make.signed(world, kind, **fields))


def words(data: bytes) -> list[str]:
    """The lines without the small print at the bottom."""
    return [line.text for line in lines_of(data) if line.size != 8]


def today() -> str:
    return official(date.today())


def issued() -> str:
    day, month, year = today().split(" ")
    return f"{day} {month} พ.ศ. {year}"


def year() -> str:
    return today().rpartition(" ")[2]


# --- what all forms share ---


@pytest.mark.parametrize("kind", LetterKind.values)
def test_each_form_is_a4_within_its_margins_in_sarabun(office: World, kind: str) -> None:
    data = page(office, kind)
    lines = [line for line in lines_of(data) if line.size != 8]
    sides = {
        tuple(round(float(side) * 25.4 / 72) for side in one.mediabox)
        for one in pypdf.PdfReader(io.BytesIO(data)).pages
    }
    assert sides == {(0, 0, 210, 297)}
    assert min(line.left for line in lines) >= LEFT - CLOSE
    assert max(line.right for line in lines) <= RIGHT + CLOSE
    assert max(line.bottom for line in lines) <= BOTTOM
    assert {line.font for line in lines} <= {"Portal-Sarabun", "Portal-Sarabun-Bold"}
    assert sum(line.size == 8 for line in lines_of(data)) == 3  # the way to check it


@pytest.mark.parametrize(
    "kind",
    [kind for kind in LetterKind if kind not in
     (LetterKind.MEMO, LetterKind.RECORD, LetterKind.NEWS, LetterKind.MINUTES)],
)  # fmt: skip
def test_emblem_is_3_cm_high_in_the_middle_of_the_sheet(office: World, kind: str) -> None:
    emblem = drawing_of(page(office, kind), page=1, above=54)
    assert (emblem.top, emblem.height) == (approx(TOP), approx(30))
    assert emblem.middle == approx(PAPER_MIDDLE)


@pytest.mark.parametrize("kind", [LetterKind.NEWS, LetterKind.MINUTES])
def test_news_and_minutes_have_no_emblem(office: World, kind: str) -> None:
    file = store_bytes(
        data=DOT, name="ครุฑ.png", content_type="image/png", office=office.office, actor=None
    )
    LetterSettings.objects.create(office=office.office, emblem=file)
    assert [box for box in pictures_of(page(office, kind)) if box.top < 100] == []
    assert len([box for box in pictures_of(page(office, LetterKind.ORDER)) if box.top < 100]) == 1


@pytest.mark.parametrize("kind", LetterKind.values)
def test_text_of_each_form_extracts_exactly(office: World, kind: str, reader: Reader) -> None:
    body = f"<p>{HARD.replace('&', '&amp;').replace('<ก>', '&lt;ก&gt;')}</p>"
    data = page(office, kind, body=body)
    assert without_space(reader(data)).count(without_space(HARD)) == 1


@pytest.mark.parametrize("kind", LetterKind.values)
def test_draft_of_each_form_has_its_mark_and_no_date(office: World, kind: str) -> None:
    data = letter_pdf(make.as_task_finds(make.draft(office, kind)))
    found = words(data)
    assert (found.count("ร่าง"), found.count(today())) == (1, 0)
    assert [line for line in lines_of(data) if line.size == 8] == []


@pytest.mark.parametrize("kind", [LetterKind.MEMO, LetterKind.SEALED])
def test_speed_is_red_and_32_pt_left_of_the_middle(office: World, kind: str) -> None:
    mark = line_of(page(office, kind, speed=Speed.MOST_URGENT), "ด่วนที่สุด")
    assert (mark.size, mark.font) == (32, "Portal-Sarabun-Bold")
    assert mark.colour == pytest.approx(RED, abs=0.01)
    assert mark.right < PAPER_MIDDLE


def test_secrecy_is_on_top_and_at_the_bottom_of_a_memo(office: World) -> None:
    marks = [
        line for line in lines_of(page(office, LetterKind.MEMO, secrecy=Secrecy.CONFIDENTIAL))
        if line.text == "ลับ"
    ]  # fmt: skip
    assert [(mark.bottom < TOP, mark.top > BOTTOM) for mark in marks] == [
        (True, False), (False, True),
    ]  # fmt: skip


# --- form 2: memo and record ---


def test_memo_reads_like_form_2(office: World) -> None:
    assert words(page(office, LetterKind.MEMO)) == [
        "บันทึกข้อความ",
        "ส่วนราชการ กลุ่มอำนวยการ สำนักงานเขตพื้นที่การศึกษาประถม",
        "ศึกษาพัทลุง เขต ๒ โทร. ๐ ๗๔๖๙ ๕๙๑๑ ต่อ ๑๒",
        "ที่ ศธ ๐๔๑๐๘/๑",
        f"วันที่ {today()}",
        "เรื่อง ขออนุมัติจัดประชุมบุคลากร",
        "เรียน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
        "ด้วยกลุ่มอำนวยการกำหนดจัดประชุมบุคลากร เพื่อซักซ้อม",
        "แนวปฏิบัติงานสารบรรณ",
        "จึงเรียนมาเพื่อโปรดพิจารณา",
        "(นายวีระ เขียนดี)",
        office.membership(office.officer).position_title,
        "เพื่อโปรดพิจารณา",
        "(นายอารี นำกลุ่ม)",
        to_thai(office.membership(office.group_director).position_title),
        today(),
        "เพื่อโปรดพิจารณา",
        "(นายเมธา รองชัย)",
        to_thai(office.membership(office.deputy).position_title),
        today(),
        "อนุมัติ",
        "(นายสมชาย ใจดี)",
        "ผู้อำนวยการสำนักงาน",
        today(),
    ]


def test_memo_has_the_sizes_of_clause_76(office: World) -> None:
    data = page(office, LetterKind.MEMO)
    emblem = drawing_of(data, page=1, above=39.9)
    assert (emblem.left, emblem.top, emblem.height) == (
        pytest.approx(LEFT, abs=1), approx(TOP), approx(15),
    )  # fmt: skip
    title = line_of(data, "บันทึกข้อความ")
    assert (title.size, title.font) == (29, "Portal-Sarabun-Bold")
    assert title.middle == approx(PAPER_MIDDLE)
    labels = [line for line in lines_of(data) if line.size == 20]
    assert [label.text.split(" ")[0] for label in labels] == ["ส่วนราชการ", "ที่", "วันที่", "เรื่อง"]
    assert {label.font for label in labels} == {"Portal-Sarabun-Bold"}
    assert {round(label.left, 1) for label in labels if label is not labels[2]} == {LEFT}


def test_memo_has_dotted_leaders_that_are_no_text(office: World, reader: Reader) -> None:
    data = page(office, LetterKind.MEMO)
    assert reader(data).count("..") == 0
    picture = pypdfium2.PdfDocument(data)[0].render(scale=300 / 72).to_pil().convert("L")
    dots = 300 / 25.4
    subject = line_of(data, "เรื่อง ขออนุมัติจัดประชุมบุคลากร")
    band = [
        "".join(
            "#" if picture.getpixel((x, y)) < 128 else " "
            for x in range(round((subject.right + 5) * dots), round((RIGHT - 1) * dots))
        )
        for y in range(round(subject.top * dots), round((subject.bottom + 2) * dots))
    ]
    assert max(len(line.split()) for line in band) > 30


def test_memo_that_ends_at_the_group_director_has_one_remark(office: World) -> None:
    data = page(office, LetterKind.MEMO, details={"ends_at": "group_director"})
    found = words(data)
    assert [text for text in found if text.startswith("(")] == [
        "(นายวีระ เขียนดี)", "(นายอารี นำกลุ่ม)",
    ]  # fmt: skip


def test_memo_of_the_drafter_who_left_has_the_name_alone(office: World) -> None:
    letter = make.signed(office, LetterKind.MEMO)
    office.membership(office.officer).delete()
    found = words(letter_pdf(letter))
    at = found.index("(นายวีระ เขียนดี)")
    assert found[at + 1] == "เพื่อโปรดพิจารณา"


def test_record_is_on_memo_paper(office: World) -> None:
    found = words(page(office, LetterKind.RECORD))
    assert (found[0], found.count("เรื่อง รายงานผลการตรวจสอบ")) == ("บันทึกข้อความ", 1)


# --- form 3: sealed letter ---


def test_sealed_letter_reads_like_form_3(office: World) -> None:
    found = words(page(office, LetterKind.SEALED))
    assert found == [
        "ที่ ศธ ๐๔๑๐๘/๑",
        "ถึง โรงเรียนในสังกัดทุกโรงเรียน",
        "สำนักงานขอส่งสำเนาปฏิทินปฏิบัติงานมาเพื่อทราบ",
        *NAME_LINES,
        today(),
        "อ.น.",
        "กลุ่มอำนวยการ",
        "โทร. ๐ ๗๔๖๙ ๕๙๑๑ ต่อ ๑๒",
        "ไปรษณีย์อิเล็กทรอนิกส์ saraban@phatthalung2.example",
    ]


def test_seal_is_red_4_5_cm_across_with_an_inner_ring_of_3_5(office: World) -> None:
    data = page(office, LetterKind.SEALED)
    drawn = pypdfium2.PdfDocument(data)[0].render(scale=300 / 72).to_pil().convert("RGB")
    width, height = drawn.size
    red = [
        (x, y) for y in range(0, height, 2) for x in range(0, width, 2)
        if drawn.getpixel((x, y))[0] > 150 and max(drawn.getpixel((x, y))[1:]) < 90
    ]  # fmt: skip
    to_mm = 25.4 / 300
    left, right = min(x for x, _y in red) * to_mm, max(x for x, _y in red) * to_mm
    top, bottom = min(y for _x, y in red) * to_mm, max(y for _x, y in red) * to_mm
    assert (right - left, bottom - top) == (pytest.approx(45, abs=0.5), pytest.approx(45, abs=0.5))
    middle_y = round((top + bottom) / 2 / to_mm)
    row = sorted({x for x, y in red if abs(y - middle_y) <= 4})
    middle_x = (left + right) / 2
    rings = [abs(x * to_mm - middle_x) for x in row]
    assert any(17 < distance < 17.7 for distance in rings)
    name = line_of(data, NAME_LINES[1])
    assert name.bottom < top + 2
    assert name.middle == pytest.approx(middle_x, abs=1)


def test_draft_of_a_sealed_letter_has_no_seal(office: World) -> None:
    data = letter_pdf(make.as_task_finds(make.draft(office, LetterKind.SEALED)))
    colours = {line.colour for line in lines_of(data)}
    assert [colour for colour in colours if colour == RED] == []
    assert [text for text in words(data) if text == "อ.น."] == []


def test_seal_takes_the_emblem_of_the_office_in_red() -> None:
    drawing = seal_drawing("สำนักงาน", DOT).decode()
    assert drawing.count("<image ") == 1
    assert drawing.count('height="30"') == 1
    page = pypdfium2.PdfDocument(
        render_pdf("<img src='image:seal'>", title="", images={"seal": drawing.encode()})
    )[0]
    assert page.render(scale=1).to_pil().convert("RGB").getcolors(10_000) is not None


def test_seal_of_a_very_long_name_stays_one_ring() -> None:
    drawing = seal_drawing("สำนักงาน" * 40, None).decode()
    angles = [abs(float(part.split(")")[0])) for part in drawing.split("rotate(")[1:]]
    assert max(angles) <= 150
    assert seal_drawing("", None).count(b"rotate(") == 0


def test_sealed_letter_without_phone_has_the_address(office: World) -> None:
    Unit.objects.filter(pk=office.group.pk).update(phone="")
    Office.objects.filter(pk=office.office.pk).update(phone="")
    found = words(page(office, LetterKind.SEALED))
    assert found[-2] == "๙๙ หมู่ ๑ ตำบลตัวอย่าง อำเภอป่าบอน จังหวัดพัทลุง ๙๓๑๗๐"


@pytest.mark.parametrize(
    ("first", "last", "short"),
    [("สมชาย", "ใจดี", "ส.จ."), ("เอก", "", "อ."), ("โอภาส", "แก้ว", "อ.ก.")],
)
def test_initials(first: str, last: str, short: str) -> None:
    assert initials(User(first_name=first, last_name=last)) == short


# --- forms 4–9 ---

SIGNED_END = ["ลงลายมือชื่ออิเล็กทรอนิกส์", "(นายสมชาย ใจดี)", "ผู้อำนวยการสำนักงาน"]


def test_order_reads_like_form_4(office: World) -> None:
    assert words(page(office, LetterKind.ORDER)) == [
        f"คำสั่ง {THAI_OFFICE}",
        f"ที่ ๑/{year()}",
        "เรื่อง แต่งตั้งคณะกรรมการดำเนินงาน",
        "เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงแต่งตั้ง",
        "คณะกรรมการดังต่อไปนี้",
        "ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป",
        f"สั่ง ณ วันที่ {issued()}",
        *SIGNED_END,
    ]


def test_order_of_a_post_names_the_post(office: World) -> None:
    details = {"effective": "บัดนี้เป็นต้นไป", "issuer": "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"}
    assert words(page(office, LetterKind.ORDER, details=details))[0] == (
        "คำสั่ง ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"
    )


@pytest.mark.parametrize(
    ("kind", "title", "edition"),
    [(LetterKind.RULE, "ระเบียบ", ["(ฉบับที่ ๒)"]), (LetterKind.BYLAW, "ข้อบังคับ", [])],
)
def test_rule_and_bylaw_read_like_forms_5_and_6(
    office: World, kind: str, title: str, edition: list[str]
) -> None:
    found = words(page(office, kind))
    heads = [f"{title} {THAI_OFFICE}", "ว่าด้วยการใช้ห้องประชุม", *edition, f"พ.ศ. {year()}"]
    assert found[: len(heads)] == heads
    assert found[-4:] == [f"ประกาศ ณ วันที่ {issued()}", *SIGNED_END]


def test_announcement_reads_like_form_7(office: World) -> None:
    found = words(page(office, LetterKind.ANNOUNCEMENT))
    assert found[:2] == [f"ประกาศ {THAI_OFFICE}", "เรื่อง รับสมัครลูกจ้างชั่วคราว"]
    assert found[-4:] == [f"ประกาศ ณ วันที่ {issued()}", *SIGNED_END]


@pytest.mark.parametrize(
    ("kind", "heads"),
    [
        (LetterKind.STATEMENT, [f"แถลงการณ์ {THAI_OFFICE}", "เรื่อง อุทกภัยในสถานศึกษา", "ฉบับที่ ๑"]),
        (LetterKind.NEWS, [f"ข่าว {THAI_OFFICE}", "เรื่อง การเปิดภาคเรียน"]),
    ],
)
def test_statement_and_news_end_with_agency_and_date(
    office: World, kind: str, heads: list[str]
) -> None:
    found = words(page(office, kind))
    assert found[: len(heads)] == heads
    assert found[-3:] == [*NAME_LINES, today()]


def heads_of(data: bytes, count: int) -> list[Line]:
    return [line for line in lines_of(data) if line.size != 8][:count]


@pytest.mark.parametrize("kind", [LetterKind.ORDER, LetterKind.RULE, LetterKind.NEWS])
def test_heads_stand_in_the_middle_above_a_rule(office: World, kind: str) -> None:
    heads = heads_of(page(office, kind), 2)
    assert [head.middle for head in heads] == approx(PAPER_MIDDLE, PAPER_MIDDLE)
    assert {head.size for head in heads} == {16}


# --- form 10 ---


def test_certificate_reads_like_form_10(office: World) -> None:
    data = page(office, LetterKind.CERTIFICATE)
    found = words(data)
    assert found[0] == f"เลขที่ ๑/{year()}"
    given = next(at for at, text in enumerate(found) if text.startswith("ให้ไว้ ณ"))
    assert without_space("".join(found[6:given])) == without_space(
        "หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า นางสาวมาลี ดีงาม ตำแหน่ง นักวิชาการศึกษา สังกัด กลุ่มอำนวยการ"
        "เป็นผู้ปฏิบัติงานในสำนักงานนี้จริง และมีความประพฤติเรียบร้อย"
    )
    assert [text for text in found if text.startswith("ให้ไว้ ณ")] == [f"ให้ไว้ ณ วันที่ {issued()}"]
    assert [text for text in found if text in SIGNED_END] == SIGNED_END
    assert found.count("(นางสาวมาลี ดีงาม)") == 1


def test_certificate_that_begins_with_a_list_names_the_person_above_it(office: World) -> None:
    found = words(page(office, LetterKind.CERTIFICATE, body="<ol><li><p>ก</p></li></ol>"))
    assert [text for text in found if text.startswith("๑. ")] == ["๑. ก"]


def test_photograph_is_4_by_6_cm_and_only_for_matters_of_weight(office: World) -> None:
    data = page(office, LetterKind.CERTIFICATE)
    label = line_of(data, "รูปถ่าย")
    assert label.middle == pytest.approx(LEFT + 20, abs=1)
    details = {"certified": "นางสาวมาลี ดีงาม"}
    plain = words(page(office, LetterKind.CERTIFICATE, details=details))
    assert [plain.count(text) for text in ("รูปถ่าย", "(นางสาวมาลี ดีงาม)")] == [0, 0]
    assert [text for text in plain if "ตำแหน่ง" in text or "สังกัด" in text] == []


# --- form 11 ---


def test_minutes_read_like_form_11(office: World) -> None:
    data = page(office, LetterKind.MINUTES)
    held = to_thai(long(date(2026, 11, 2)))
    assert words(data) == [
        "รายงานการประชุมคณะกรรมการประชาสัมพันธ์",
        "ครั้งที่ ๑๑/๒๕๖๙",
        f"เมื่อวันที่ {held}",
        "ณ ห้องประชุมใหญ่",
        "ผู้มาประชุม",
        "๑. นายหนึ่ง ประธาน",
        "๒. นางสอง กรรมการ",
        "ผู้ไม่มาประชุม",
        "๑. นายสาม ติดราชการ",
        "ผู้เข้าร่วมประชุม",
        "๑. นางสี่",
        "เริ่มประชุมเวลา ๐๙.๐๐ น.",
        "ประธานกล่าวเปิดประชุม และแจ้งเรื่องเพื่อทราบ",
        "ที่ประชุมรับทราบ",
        "เลิกประชุมเวลา ๑๒.๐๐ น.",
        "(นางสาวห้า จดไว้)",
        "ผู้จดรายงานการประชุม",
        "(นายสมชาย ใจดี)",
        "ผู้อำนวยการสำนักงาน",
        "ผู้ตรวจรายงานการประชุม",
    ]


def test_minutes_leave_out_lists_of_nobody(office: World) -> None:
    details = {**make.COMPLETE[LetterKind.MINUTES]["details"], "absent": "", "attending": ""}
    found = words(page(office, LetterKind.MINUTES, details=details))
    assert [text for text in found if text in ("ผู้ไม่มาประชุม", "ผู้เข้าร่วมประชุม")] == []


def test_office_that_writes_arabic_digits(office: World) -> None:
    LetterSettings.objects.create(office=office.office, thai_digits=False)
    found = words(page(office, LetterKind.MINUTES))
    assert (found[1], found[11]) == ("ครั้งที่ 11/2569", "เริ่มประชุมเวลา 09.00 น.")

"""What the rules read from the first page of a letter, and that they stay silent otherwise."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from circulars.body import text_to_body
from circulars.enums import LetterKind, Speed
from circulars.models import Letter, LetterSettings, Reference
from circulars.pdf import letter_pdf
from circulars.reading import Reading, mend, read_letter
from portal.org.models import Office
from tests.factories import letters as make
from tests.factories.letters import World

NOTHING = Reading()

EXTERNAL = """ด่วนที่สุด
ที่ พท ๐๐๑๗.๒/ว ๑๒๓๔ ศาลากลางจังหวัดพัทลุง
ถนนราเมศวร์ พท ๙๓๐๐๐
๒ พฤศจิกายน ๒๕๖๙
เรื่อง ขอเชิญประชุมคณะกรรมการประสานงาน ครั้งที่ ๑๑
และการแข่งขันกีฬา
เรียน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต ๒
อ้างถึง หนังสือจังหวัดพัทลุง ที่ พท ๐๐๑๗.๒/๙๙ ลงวันที่ ๑ ตุลาคม ๒๕๖๙
สิ่งที่ส่งมาด้วย ระเบียบวาระการประชุม
ตามหนังสือที่อ้างถึง จังหวัดพัทลุงกำหนดประชุม เรื่อง การประสานงาน
"""

MEMO = """บันทึกข้อความ
ส่วนราชการ กลุ่มนโยบายและแผน โทร. ๐ ๗๔๖๙ ๕๙๑๑
ที่ ศธ ๐๔๑๐๘/๕๖ วันที่ ๑๙ พ.ย. ๒๕๖๙
เรื่อง รายงานผลการดำเนินงาน
เรียน ผู้อำนวยการเขต
ด้วยกลุ่มนโยบายและแผนได้ดำเนินการแล้ว
"""

SEALED = """ที่ ศธ ๐๔๐๐๒/๗๘๙
ถึง สำนักงานเขตพื้นที่การศึกษาทุกเขต
สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐานขอส่งเอกสารมาเพื่อดำเนินการ
สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน
กลุ่มนโยบายและแผน
๓ พฤศจิกายน ๒๕๖๙
"""


def test_external_letter_is_read_in_full() -> None:
    assert read_letter(EXTERNAL) == Reading(
        reference="พท 0017.2/ว 1234",
        dated=date(2026, 11, 2),
        sender="ศาลากลางจังหวัดพัทลุง",
        addressee="ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        subject="ขอเชิญประชุมคณะกรรมการประสานงาน ครั้งที่ 11 และการแข่งขันกีฬา",
        speed=Speed.MOST_URGENT,
    )


def test_memo_names_its_unit_without_the_phone() -> None:
    assert read_letter(MEMO) == Reading(
        reference="ศธ 04108/56",
        dated=date(2026, 11, 19),
        sender="กลุ่มนโยบายและแผน",
        addressee="ผู้อำนวยการเขต",
        subject="รายงานผลการดำเนินงาน",
    )


def test_memo_whose_fields_share_lines_is_read_as_well() -> None:
    text = (
        "บันทึกข้อความ\nส่วนราชการ กลุ่มนโยบายและแผน สำนักงานเขตพื้นที่การศึกษา\n"
        "ประถมศึกษาพัทลุง เขต ๒ โทร. ๐ ๗๔๖๙ ๕๙๑๑ ที่ศธ ๐๔๑๐๘/๕๖ วันที่๒๐ พฤศจิกายน ๒๕๖๙\n"
        "เรื่อง รายงานผล\nเรียน ผู้อำนวยการเขต"
    )

    assert read_letter(text) == Reading(
        reference="ศธ 04108/56",
        dated=date(2026, 11, 20),
        sender="กลุ่มนโยบายและแผน สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        addressee="ผู้อำนวยการเขต",
        subject="รายงานผล",
    )


def test_sealed_letter_has_no_subject() -> None:
    reading = read_letter(SEALED)

    assert reading.reference == "ศธ 04002/789"
    assert reading.dated == date(2026, 11, 3)
    assert reading.addressee == "สำนักงานเขตพื้นที่การศึกษาทุกเขต"
    assert reading.subject is None
    assert reading.sender == "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ที่ ศธ ๐๔๑๐๘/๑๒", "ศธ 04108/12"),
        ("ที่ ศธ04108/12", "ศธ 04108/12"),
        ("ที่ศธ 04108 / ว12", "ศธ 04108/ว 12"),
        ("ด่วนมาก ที่ มท 0808.2/ว 7", "มท 0808.2/ว 7"),
        ("ที่ อว ๖๙.๐๑/๔๕๖", "อว 69.01/456"),
        ("ที่ พท 52003/77 ที่ว่าการอำเภอป่าบอน", "พท 52003/77"),
        ("ที่ 04108/12", None),
        ("ที่ทำการกลุ่ม 04108/12", None),
        ("ที่ ศธ ........./..........", None),
    ],
)
def test_number_of_a_letter_is_an_agency_code_and_a_number(written: str, read: str | None) -> None:
    assert read_letter(written).reference == read


def test_sender_is_spelled_as_the_directory_has_it() -> None:
    known = "ศาลากลาง จังหวัดพัทลุง"

    assert read_letter(EXTERNAL, agencies=["อื่น", known]).sender == known


@pytest.mark.parametrize(
    "text",
    [
        "สำนักงานจังหวัดพัทลุง\nที่ พท 0017/1\n2 พ.ย. 2569\nเรื่อง ก",
        "ที่ พท 0017/1\nสำนักงานจังหวัดพัทลุง\nศาลากลางจังหวัด\n99 ถนนราเมศวร์\n2 พ.ย. 2569\nเรื่อง ก",
        "สำนักงานจังหวัดพัทลุง\nที่ พท 0017/1\nเรื่อง ก",
    ],
)
def test_agency_may_stand_above_or_below_the_number(text: str) -> None:
    assert read_letter(text).sender == "สำนักงานจังหวัดพัทลุง"


def test_address_beside_the_number_is_no_agency() -> None:
    text = "ที่ พท 0017/1\nสำนักงานจังหวัด\nพัทลุง\n99 ถนนราเมศวร์\n2 พ.ย. 2569\nเรื่อง ทดสอบ"

    assert read_letter(text).sender == "สำนักงานจังหวัดพัทลุง"


def test_letter_without_agency_or_date_leaves_them_empty() -> None:
    reading = read_letter("ที่ ศธ 04108/1\nเรื่อง ทดสอบ\nเรียน ผู้อำนวยการ\n32 มกราคม 2569")

    assert reading == Reading(reference="ศธ 04108/1", subject="ทดสอบ", addressee="ผู้อำนวยการ")
    assert read_letter("ที่ ศธ 04108/1\n31 กุมภาพันธ์ 2569").dated is None


def test_scan_read_without_spaces_and_tones_still_gives_what_is_sure() -> None:
    text = (
        "N AS ๐๕๑๐๕/ว ๑ ตัวอย่งศึานักงาน\n๒๐ พฤศจิกายน ๒๕๒๐๕\nเรืองการประชุมผู้บริหาร\n"
        "ครังที 11\nเรียนผู้อํานวยการโรงเรียนทุกโรงเรียน\nอ้างถึงหนังสือ ที ศธ 1/2"
    )

    assert read_letter(text) == Reading(
        subject="การประชุมผู้บริหารครังที 11", addressee="ผู้อำนวยการโรงเรียนทุกโรงเรียน"
    )


def test_dotted_lines_of_an_empty_form_say_nothing() -> None:
    assert read_letter("เรื่อง ..............\nเรียน ................") == NOTHING


def test_addressee_goes_on_in_a_second_line_before_the_next_label() -> None:
    text = "ที่ ศธ 04108/1\nเรื่อง ก\nเรียน ผู้อำนวยการสำนักงานเขตพื้นที่\nการศึกษา\nอ้างถึง หนังสือ"

    assert read_letter(text).addressee == "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("สํานักงาน", "สำนักงาน"),
        ("สานักงานเขต กาหนด", "สำนักงานเขต กำหนด"),
        ("ส านักงาน อ ำนวยการ น้ า", "สำนักงาน อำนวยการ น้ำ"),
        ("ที\uf70a ผู\uf70bอำนวยการ", "ที่ ผู้อำนวยการ"),
        (
            "กำรประชุมครูและบุคลำกรทำงกำรศึกษำ ประจำปี 2569",
            "การประชุมครูและบุคลากรทางการศึกษา ประจำปี 2569",
        ),
    ],
)
def test_damaged_text_is_mended(damaged: str, meant: str) -> None:
    assert mend(damaged) == meant


def test_text_with_real_sara_am_is_left_alone() -> None:
    assert mend("สำนักงานดำเนินการตามกำหนดและจัดทำรายงานประจำปีของสถานศึกษา") == (
        "สำนักงานดำเนินการตามกำหนดและจัดทำรายงานประจำปีของสถานศึกษา"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ข่าวประชาสัมพันธ์\nเรื่อง การรับสมัครนักเรียน\nตามที่สำนักงานประกาศรับสมัคร",
        "เรียน คุณครู\nเรื่อง สวัสดี",
        "สวัสดีครับ ขอเรียนเรื่องที่ 04108/12",
    ],
)
def test_what_is_no_letter_offers_nothing(text: str) -> None:
    assert read_letter(text) == NOTHING


@pytest.fixture
def office(world: World) -> World:
    Office.objects.filter(pk=world.office.pk).update(
        name="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        address="99 หมู่ 1 ตำบลตัวอย่าง อำเภอป่าบอน จังหวัดพัทลุง 93170",
    )
    return world


LETTERS = [
    ("การประชุมผู้บริหารสถานศึกษา ครั้งที่ 11/2569", Speed.ORDINARY, True),
    (
        (
            "ขอความร่วมมือประชาสัมพันธ์การรับสมัครนักเรียนเข้าศึกษาต่อชั้นมัธยมศึกษาปีที่ 1"
            " และการจัดสรรโอกาสทางการศึกษา ประจำปีการศึกษา 2570"
        ),
        Speed.URGENT,
        True,
    ),
    ("แจ้งกำหนดการจัดทำข้อมูลครุภัณฑ์ที่ชำรุด", Speed.VERY_URGENT, False),
    ("การเฝ้าระวังอุทกภัย", Speed.MOST_URGENT, False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("subject", "speed", "thai_digits"), LETTERS)
@pytest.mark.parametrize("kind", [LetterKind.CIRCULAR, LetterKind.LETTER])
def test_letters_of_the_portal_are_read_without_a_fault(
    office: World, subject: str, speed: Speed, thai_digits: bool, kind: LetterKind
) -> None:
    LetterSettings.objects.create(office=office.office, thai_digits=thai_digits)
    fields = {"subject": subject, "speed": speed, "kind": kind, "body": text_to_body("ด้วยสำนักงาน")}
    drafted = make.for_signature(office, **fields)
    Reference.objects.create(letter=drafted, text="หนังสือ สพฐ. ที่ ศธ 04002/ว 3", position=1)
    signed = make.letters.sign(letter=drafted, actor=office.director, revision=drafted.revision)
    letter = Letter.objects.select_related("unit__office", "drafter", "signer", "entry").get(
        pk=signed.pk
    )

    reading = read_letter(first_page(letter_pdf(letter)))

    assert reading == Reading(
        reference=letter.number_text,
        dated=letter.letter_date,
        sender="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        addressee=letter.addressee,
        subject=subject,
        speed=None if speed == Speed.ORDINARY else speed,
    )


@pytest.mark.realdata
def test_gazettes_and_news_are_not_taken_for_letters(shared_data: Path) -> None:
    """Laws speak of ที่, เรื่อง and เรียน on every page, and show the empty forms."""
    laws = sorted((shared_data.parent / "domain" / "law").glob("*.pdf"))
    pages = [page for law in laws for page in all_pages(law.read_bytes())]
    news = [path.read_text() for path in sorted((shared_data / "news").glob("*.txt"))]

    read = [reading for text in (*pages, *news) if (reading := read_letter(text)) != NOTHING]

    assert (len(pages), len(news) > 300) == (136, True)
    assert read == []


def first_page(data: bytes) -> str:
    return all_pages(data)[0]


def all_pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()

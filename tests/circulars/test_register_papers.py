"""Registers to take away: forms in PDF and Excel, the book of numbers, packs."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from circulars import register_papers
from circulars.enums import PaperKind, RegisterKind
from circulars.models import LetterSettings, Register, RegisterPaper, Reservation
from circulars.pdf import registers as pdf
from circulars.register_papers import make_and_keep, paper_name
from circulars.register_words import headings
from circulars.resources import register_workbook
from circulars.services import continuity, letters, papers, registers, reservations
from circulars.services.continuity import Handwritten
from circulars.services.registers import Line
from circulars.tasks_registers import make_register_paper
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.pdf import PdfFailed
from portal.files.models import StoredFile
from portal.files.service import open_stored
from portal.org.service import central_registry
from tests.factories import letters as make
from tests.factories.letters import World
from tests.factories.registers import move_back, reserved

pytestmark = pytest.mark.django_db

FORM_COLUMNS = ["ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ"]


def filled(world: World) -> Register:
    """A given, two reserved and a void number."""
    make.signed(world)
    reserved(world, count=2)
    letters.void(letter=make.signed(world), actor=world.officer, reason="พิมพ์ผิด")
    return Register.objects.select_related("unit__office").get()


def text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_form_has_the_columns_and_head_of_the_gazette(world: World) -> None:
    html = pdf.register_html(filled(world))
    heads = [part.split("</th>")[0] for part in html.split("<th>")[1:]]
    assert heads == ["เลขทะเบียนส่ง", *FORM_COLUMNS]
    assert html.count('<tr class="void">') == 1
    assert html.count("ยกเลิก: พิมพ์ผิด") == 1
    assert html.count("จองไว้: งานประชุม") == 2
    assert html.count('<tr class="day">') == 1


@pytest.mark.parametrize("kind", list(RegisterKind))
def test_incoming_is_on_form_13_and_everything_else_on_14(
    world: World, kind: RegisterKind
) -> None:
    register = Register(unit=central_registry(world.office), kind=kind, year=2569)
    sheet = pdf.sheet_of(register)
    form = {RegisterKind.INCOMING: "แบบที่ ๑๓", RegisterKind.OUTGOING: "แบบที่ ๑๔"}
    assert sheet.form == form.get(kind, "")
    assert register.is_incoming == sheet.number_word.endswith("รับ")
    assert len(headings(kind)) == 9


def test_pdf_lies_across_and_numbers_its_pages(world: World) -> None:
    data = pdf.register_pdf(filled(world))
    (page,) = PdfReader(BytesIO(data)).pages
    assert [round(side) for side in page.mediabox[2:]] == [842, 595]
    words = text(data)
    assert [words.count(part) for part in ("ทะเบียนหนังสือเวียน", "ประจำปี", "หน้า ๑")] == [1, 1, 1]


def test_digits_follow_the_offices_choice(world: World) -> None:
    register = filled(world)
    assert text(pdf.register_pdf(register)).count("ศธ ๐๔๑๐๘/ว ๑") == 1
    LetterSettings.objects.create(office=world.office, thai_digits=False)
    words = text(pdf.register_pdf(register))
    assert words.count("ศธ 04108/ว 1") == 1
    assert words.count("หน้า 1") == 1


def test_long_register_is_set_in_parts_whose_pages_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = filled(world)
    monkeypatch.setattr(pdf, "PART", 2)
    data = pdf.register_pdf(register)
    pages = [page.extract_text() for page in PdfReader(BytesIO(data)).pages]
    assert [page.count(f"หน้า {digit}") for page, digit in zip(pages, "๑๒", strict=True)] == [1, 1]
    assert [page.count("พ.ศ.") for page in pages] == [2, 2]
    assert (
        PdfReader(BytesIO(data)).metadata.title == f"ทะเบียนหนังสือเวียน {pdf.sheet_of(register).year}"
    )


def test_empty_register_is_a_page_with_its_head(world: World) -> None:
    unit = central_registry(world.office)
    register = Register.objects.create(unit=unit, kind=RegisterKind.ORDER, year=2569)
    assert len(PdfReader(BytesIO(pdf.register_pdf(register))).pages) == 1


def test_agency_is_the_school_the_group_or_the_office(world: World) -> None:
    units = (world.schools[0], world.group, central_registry(world.office))
    names = [
        pdf.sheet_of(Register(unit=unit, kind=RegisterKind.MEMO, year=2569)).agency
        for unit in units
    ]
    office = pdf.to_thai(world.office.name)
    assert names == [
        pdf.to_thai(world.schools[0].name), f"{pdf.to_thai(world.group.name)} {office}", office,
    ]  # fmt: skip


def test_excel_has_the_nine_columns(world: World) -> None:
    register = filled(world)
    rows = list(load_workbook(BytesIO(register_workbook(register))).active.values)
    assert rows[0][0] == f"ทะเบียนหนังสือเวียน ประจำปี {register.year}"
    assert list(rows[2]) == ["วันที่ลงทะเบียน", "เลขทะเบียนส่ง", *FORM_COLUMNS]
    assert [row[1] for row in rows[3:]] == [1, 2, 3, 4]
    assert rows[3][2] == "ศธ 04108/ว 1"
    assert [row[8] for row in rows[3:]] == [
        None, "จองไว้: งานประชุม", "จองไว้: งานประชุม", "ยกเลิก: พิมพ์ผิด",
    ]  # fmt: skip


def test_book_of_numbers_says_what_became_of_each(world: World) -> None:
    words = text(pdf.numbers_pdf(filled(world)))
    counts = [words.count(word) for word in ("ออกแล้ว", "สมุดคุมเลข", "ยกเลิก: พิมพ์ผิด")]
    assert counts == [1, 1, 1]
    person = "".join(str(world.officer).split())
    assert "".join(words.split()).count(person) == 2


def test_void_line_with_a_note_keeps_both(world: World) -> None:
    line = Line(subject="เรื่อง", sender="ก", receiver="ข", note="ฉบับร่าง")
    unit = central_registry(world.office)
    entry = registers.enter(unit=unit, kind=RegisterKind.OUTGOING, actor=world.registry, line=line)
    registers.void_line(entry=entry, actor=world.registry, reason="พิมพ์ผิด")
    assert pdf.register_html(entry.register).count("ยกเลิก: พิมพ์ผิด (ฉบับร่าง)") == 1


def test_small_register_comes_at_once(world: World, browse) -> None:
    register = filled(world)
    client = browse(world.registry)
    starts = {PaperKind.FORM: b"%PDF", PaperKind.EXCEL: b"PK", PaperKind.BOOK: b"%PDF"}
    for kind, start in starts.items():
        answer = client.post(
            reverse("circulars:register_take", args=[register.pk]), {"kind": kind}
        )
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"] == (
            f'attachment; filename="{paper_name(register, kind)}"'
        )
    assert not RegisterPaper.objects.exists()
    answer = client.post(reverse("circulars:register_take", args=[register.pk]), {"kind": "x"})
    assert answer.url == register.get_absolute_url()


def test_large_register_is_made_by_a_task(
    world: World, browse, run_deferred, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = filled(world)
    monkeypatch.setattr(papers, "LARGE", 3)
    client = browse(world.registry)
    answer = client.post(
        reverse("circulars:register_take", args=[register.pk]), {"kind": PaperKind.EXCEL}
    )
    paper = RegisterPaper.objects.get()
    assert answer.url == paper.get_absolute_url()
    assert "Being made" in client.get(answer.url).content.decode()
    polled = client.get(answer.url, headers={"HX-Request": "true"})
    assert "<html" not in polled.content.decode()
    run_deferred()
    paper.refresh_from_db()
    assert paper.file.name == paper_name(register, PaperKind.EXCEL)
    assert client.get(answer.url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert papers.may_read_paper(world.registry, paper.file) is True
    stranger = browse(world.clerks[0])
    assert stranger.get(reverse("files:download", args=[paper.file.uid])).status_code == 404
    assert stranger.get(answer.url).status_code == 404


def test_paper_is_made_once(world: World) -> None:
    register = filled(world)
    paper = papers.ask_paper(register=register, kind=PaperKind.EXCEL, actor=world.registry)
    make_register_paper(paper.pk)
    make_register_paper(paper.pk)
    make_and_keep(paper)  # a second run that began before the first had ended
    assert StoredFile.objects.filter(name__endswith=".xlsx").count() == 1


def test_paper_that_fails_is_counted_and_tried_again(
    world: World, browse, run_deferred, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = filled(world)
    paper = papers.ask_paper(register=register, kind=PaperKind.FORM, actor=world.registry)

    def fail(register: Register) -> bytes:
        raise PdfFailed

    whole = register_papers.MAKERS[PaperKind.FORM]
    broken = register_papers.Maker(fail, whole.content_type, whole.ending)
    monkeypatch.setitem(register_papers.MAKERS, PaperKind.FORM, broken)
    for _try in range(3):
        with pytest.raises(PdfFailed):
            make_register_paper(paper.pk)
    shown = browse(world.registry).get(paper.get_absolute_url()).content.decode()
    assert "could not be made yet" in shown
    monkeypatch.setitem(register_papers.MAKERS, PaperKind.FORM, whole)
    make_register_paper(paper.pk)
    paper.refresh_from_db()
    assert (paper.failures, paper.made_at is not None) == (3, True)


def test_only_who_reads_a_register_takes_it_away(world: World) -> None:
    register = filled(world)
    with pytest.raises(NotAllowed):
        papers.ask_paper(register=register, kind=PaperKind.FORM, actor=world.clerks[0])
    assert papers.may_read_paper(world.registry, make.some_file(world.office)) is None


def pack(world: World, **fields: object) -> RegisterPaper:
    values = {
        "unit": central_registry(world.office), "actor": world.registry,
        "kinds": [RegisterKind.OUTGOING, RegisterKind.INCOMING], "count": 3,
        "purpose": "ไฟฟ้าดับ", "expires_on": timezone.localdate() + timedelta(days=7),
    }  # fmt: skip
    return continuity.ask_pack(**{**values, **fields})


def block_of(made: RegisterPaper, kind: RegisterKind) -> Reservation:
    return made.blocks.select_related("register__unit__office").get(register__kind=kind)


def test_pack_holds_registers_and_lines_to_fill(world: World, run_deferred) -> None:
    filled(world)
    made = pack(world, kinds=[RegisterKind.CIRCULAR, RegisterKind.INCOMING])
    run_deferred()
    made.refresh_from_db()
    year, code = timezone.localdate().year + 543, world.office.roman_code
    with open_stored(made.file) as source, ZipFile(source) as archive:
        assert sorted(archive.namelist()) == sorted(
            [
                f"{year}_{code}_incoming.pdf", f"{year}_{code}_incoming.xlsx",
                f"{year}_{code}_incoming_1-3.pdf", f"{year}_{code}_circular.pdf",
                f"{year}_{code}_circular.xlsx", f"{year}_{code}_circular_5-7.pdf",
            ]
        )  # fmt: skip
        blank = text(archive.read(f"{year}_{code}_circular_5-7.pdf"))
    assert [blank.count(digit) for digit in "๕๗"] >= [1, 1]
    assert papers.may_read_paper(world.registry, made.file) is True
    assert papers.may_read_paper(world.director, made.file) is False


def test_pack_that_cannot_be_is_refused(world: World) -> None:
    for kinds in ([], [RegisterKind.SECRET_INCOMING]):
        with pytest.raises(InvalidInput):
            pack(world, kinds=kinds)
    with pytest.raises(NotAllowed):
        pack(world, actor=world.officer)
    assert not Reservation.objects.exists()


def test_block_is_reconciled_used_void_and_left(world: World) -> None:
    made = pack(world)
    block = block_of(made, RegisterKind.OUTGOING)
    move_back(block, days=2)
    yesterday = timezone.localdate() - timedelta(days=1)
    counts = continuity.reconcile(
        block=block_of(made, RegisterKind.OUTGOING),
        actor=world.registry,
        written={
            1: Handwritten(
                written_on=yesterday, line=Line(subject="เรื่อง", sender="ก", receiver="ข")
            ),
            2: Handwritten(void_reason="เขียนผิด"),
        },
    )
    assert vars(counts) == {"used": 1, "void": 1, "left": 1}
    used, void, left = block.entries.order_by("number")
    assert (used.reference, used.dated, used.state) == ("ศธ 04108/1", yesterday, "given")
    assert timezone.localdate(used.registered_at) == yesterday
    assert (void.void_reason, left.state) == ("เขียนผิด", "reserved")
    assert reservations.usable_numbers(unit=block.register.unit, kind=RegisterKind.OUTGOING) == []


def test_incoming_block_keeps_the_senders_date(world: World) -> None:
    block = block_of(pack(world), RegisterKind.INCOMING)
    sent = timezone.localdate() - timedelta(days=30)
    line = Line(subject="เรื่อง", reference="ที่ 9", sender="ก", receiver="ข", dated=sent)
    hand = Handwritten(written_on=timezone.localdate(), line=line)
    continuity.reconcile(block=block, actor=world.registry, written={1: hand})
    entry = block.entries.get(number=1)
    assert (entry.reference, entry.dated) == ("ที่ 9", sent)


@pytest.mark.parametrize(
    ("hand", "field"),
    [
        (Handwritten(void_reason=" "), "1-void_reason"),
        (Handwritten(line=Line(subject="ก")), "1-written_on"),
        (
            Handwritten(
                written_on=timezone.localdate() - timedelta(days=3), line=Line(subject="ก")
            ),
            "1-written_on",
        ),
        (
            Handwritten(
                written_on=timezone.localdate() + timedelta(days=1), line=Line(subject="ก")
            ),
            "1-written_on",
        ),
        (Handwritten(written_on=timezone.localdate(), line=Line()), "1-subject"),
    ],
)
def test_wrong_line_by_hand_is_refused_and_nothing_is_written(
    world: World, hand: Handwritten, field: str
) -> None:
    block = block_of(pack(world), RegisterKind.OUTGOING)
    fine = Handwritten(void_reason="เขียนผิด")
    with pytest.raises(InvalidInput) as refusal:
        continuity.reconcile(block=block, actor=world.registry, written={2: fine, 1: hand})
    assert refusal.value.field == field
    assert block.entries.unused().count() == 3


def test_number_is_reconciled_once_and_only_by_the_registry(world: World) -> None:
    block = block_of(pack(world), RegisterKind.OUTGOING)
    written = {1: Handwritten(void_reason="เขียนผิด")}
    with pytest.raises(NotAllowed):
        continuity.reconcile(block=block, actor=world.director, written=written)
    with pytest.raises(NotAllowed):
        continuity.reconcile(block=reserved(world), actor=world.registry, written=written)
    continuity.reconcile(block=block, actor=world.registry, written=written)
    with pytest.raises(StaleAction):
        continuity.reconcile(block=block, actor=world.registry, written=written)

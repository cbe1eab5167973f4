"""The Word file has the fields of the PDF, in its order."""

import io

import pytest
from django.urls import reverse
from docx import Document
from docx.shared import Pt

from circulars.docx import letter_docx
from circulars.enums import LetterKind, Secrecy
from portal.audit.models import AuditRow
from tests.factories import kinds as make
from tests.factories import letters as usual
from tests.factories.letters import World


def words(data: bytes) -> list[str]:
    return [p.text.strip() for p in Document(io.BytesIO(data)).paragraphs if p.text.strip()]


@pytest.mark.parametrize("kind", LetterKind.values)
def test_docx_of_each_kind_is_a4_in_sarabun_with_the_name_at_its_end(
    world: World, kind: str
) -> None:
    letter = make.signed(world, kind)
    document = Document(io.BytesIO(letter_docx(letter)))
    section = document.sections[0]
    sides = (section.page_width, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [210, 30, 20]
    normal = document.styles["Normal"].font
    assert (normal.name, normal.size) == ("Sarabun", Pt(16))
    assert document.core_properties.title == letter.subject
    found = "".join(p.text for p in document.paragraphs)
    body = letter.body.replace("<p>", "").replace("</p>", "")
    assert found.replace("\n", "").count(body.split("จึงเรียน")[0]) >= 1 or kind in ("rule", "bylaw")
    # Sealed letters, statements and news are not signed by name.
    unsigned = (LetterKind.SEALED, LetterKind.STATEMENT, LetterKind.NEWS)
    assert found.count(letter.signer_name) == (0 if kind in unsigned else 1)


def test_docx_of_an_order_reads_like_the_form(world: World) -> None:
    letter = make.signed(world, LetterKind.ORDER)
    year = letter.number_text.partition("/")[2].translate(
        str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    )
    found = words(letter_docx(letter))
    assert found[1:3] == [f"ที่ ๑/{year}", "เรื่อง แต่งตั้งคณะกรรมการดำเนินงาน"]
    assert found[4:6] == [
        "เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงแต่งตั้งคณะกรรมการดังต่อไปนี้",
        "ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป",
    ]
    assert found[6].startswith("สั่ง ณ วันที่ ")


def test_docx_writes_lists_tables_and_letters_of_the_text(world: World) -> None:
    body = (
        "<p>ก <strong>ข</strong> <em>ค</em> <u>ง</u><br>จ</p>"
        "<ol><li><p>หนึ่ง</p><ul><li>ย่อย</li></ul></li><li>สอง</li></ol>"
        "<table><tbody><tr><td>ที่</td><td>ชื่อ</td></tr><tr><td>1</td><td>น้ำ</td></tr></tbody></table>"
        "ท้าย"
    )
    document = Document(io.BytesIO(letter_docx(usual.draft(world, body=body))))
    found = [p.text for p in document.paragraphs if p.text.strip()]
    start = found.index("ก ข ค ง\nจ")
    assert found[start : start + 5] == ["ก ข ค ง\nจ", "๑. หนึ่ง", "- ย่อย", "๒. สอง", "ท้าย"]
    (first,) = [p for p in document.paragraphs if p.text.startswith("ก ข")]
    assert [run.text for run in first.runs if run.bold] == ["ข"]
    assert [run.text for run in first.runs if run.italic] == ["ค"]
    assert [run.text for run in first.runs if run.underline] == ["ง"]
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [["ที่", "ชื่อ"], ["1", "น้ำ"]]


def test_docx_of_a_draft_says_so_and_a_secret_one_says_that(world: World) -> None:
    found = words(letter_docx(usual.draft(world, secrecy=Secrecy.SECRET, speed="urgent")))
    assert found[:4] == ["ร่าง", "ลับมาก", "ด่วน", "ที่ ศธ ๐๔๑๐๘/ล"]


def test_docx_is_given_to_those_who_see_the_letter_and_noted(world: World, browse) -> None:
    letter = make.signed(world, LetterKind.LETTER)
    url = reverse("circulars:letter_docx", args=[letter.pk])
    answer = browse(world.officer).get(url)
    year = letter.entry.register.year
    assert answer["Content-Disposition"] == f'attachment; filename="{year}_MOE04108_1.docx"'
    assert words(answer.content)[0] == "ที่ ศธ ๐๔๑๐๘/๑"
    assert AuditRow.objects.filter(action="letter.docx", actor=world.officer).count() == 1
    assert browse(world.principals[0]).get(url).status_code == 404


def test_docx_of_a_draft_is_named_so(world: World, browse) -> None:
    letter = usual.draft(world)
    answer = browse(world.officer).get(reverse("circulars:letter_docx", args=[letter.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="draft-{letter.pk}.docx"'

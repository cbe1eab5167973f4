"""Legal file names (appendix 7, 4.3)."""

import pytest

from circulars.filenames import attachment_file_name, letter_file_name, named_files
from circulars.models import Attachment, Letter
from circulars.services import letters
from portal.org.models import Office, Unit
from tests.factories import letters as make
from tests.factories.letters import World


def year(letter: Letter) -> int:
    return letter.entry.register.year


def test_letter_file_name_is_year_agency_and_number(world: World) -> None:
    letter = make.signed(world)
    assert letter_file_name(letter) == f"{year(letter)}_MOE04108_1.pdf"


@pytest.mark.parametrize(
    ("stored", "name"),
    [("ประกาศ.PDF", "_2.pdf"), ("ตาราง.xlsx", "_2.xlsx"), ("ไม่มีนามสกุล", "_2")],
)
def test_attachment_file_name_keeps_the_ending(world: World, stored: str, name: str) -> None:
    letter = make.signed(world)
    assert attachment_file_name(letter, 2, stored) == f"{year(letter)}_MOE04108_1{name}"


@pytest.mark.parametrize(
    ("roman", "code", "agency"),
    [
        ("MOE04108", "ศธ 04108.012", "MOE04108_012"),
        ("MOE04108", "ศธ ๐๔๑๐๘/๗", "MOE04108_7"),
        ("04108", "ศธ 04108.3", "04108_3"),
        ("MOE04108", "", "MOE04108"),
        ("MOE.04108-2", "", "MOE_04108_2"),
    ],
)
def test_school_file_name_has_its_own_number(
    world: World, roman: str, code: str, agency: str
) -> None:
    Office.objects.filter(pk=world.office.pk).update(roman_code=roman)
    Unit.objects.filter(pk=world.schools[0].pk).update(letter_code=code)
    draft = letters.submit(
        letter=make.school_letter(world, to=[world.schools[1]]), actor=world.clerks[0]
    )
    letters.sign(letter=draft, actor=world.principals[0], revision=draft.revision)
    letter = Letter.objects.get(pk=draft.pk)
    assert letter_file_name(letter) == f"{year(letter)}_{agency}_1.pdf"


def test_unsigned_letter_has_no_legal_file_name(world: World) -> None:
    with pytest.raises(ValueError, match="without a number"):
        letter_file_name(make.draft(world))


def test_named_files_are_the_letter_and_its_attachments_in_order(world: World) -> None:
    draft = make.draft(world)
    rows = [("ก.pdf", 2), ("ข.xlsx", 1)]
    for name, position in rows:
        file = make.some_file(world.office, name, name.encode())
        Attachment.objects.create(letter=draft, file=file, title="x", position=position)
    letters.submit(letter=draft, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=draft, actor=actor, revision=draft.revision)
    signed = letters.sign(letter=draft, actor=world.director, revision=draft.revision)
    stem = f"{year(signed)}_MOE04108_1"
    assert [name for _file, name in named_files(signed)] == [f"{stem}_1.xlsx", f"{stem}_2.pdf"]
    ready = letters.attach_pdf(letter=signed, pdf=make.some_file(world.office))
    assert [name for _file, name in named_files(ready)] == [
        f"{stem}.pdf", f"{stem}_1.xlsx", f"{stem}_2.pdf",
    ]  # fmt: skip

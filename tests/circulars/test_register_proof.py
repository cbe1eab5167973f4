"""The proof of a register, also against what was changed behind the portal's back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from circulars.enums import RegisterKind
from circulars.models import Letter, Register, RegisterEntry
from circulars.services import letters
from circulars.services.register_proof import BookProof, prove
from tests.factories import letters as make
from tests.factories.letters import World, make_world
from tests.factories.registers import reserved

pytestmark = pytest.mark.django_db


@contextmanager
def behind_its_back() -> Iterator[None]:
    """Constraints and triggers are off, as for somebody with the database in their hands."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE circulars_registerentry "
            "DROP CONSTRAINT circulars_entry_number_unique, "
            "DROP CONSTRAINT circulars_entry_void_has_reason"
        )
        cursor.execute("ALTER TABLE circulars_registerentry DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE circulars_registerentry ENABLE TRIGGER USER")


def filled(world: World) -> Register:
    """Numbers 1 to 6: given, reserved and void ones."""
    for _letter in range(3):
        make.signed(world)
    reserved(world, count=2)
    void = make.signed(world)
    letters.void(letter=void, actor=world.officer, reason="พิมพ์ผิด")
    return Register.objects.get()


def verify(*options: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("register_verify", *options, stdout=out, stderr=out)
    except SystemExit as end:
        code = int(str(end.code))
    return code, out.getvalue()


def only(**where: object) -> BookProof:
    (book,) = prove(**where)
    return book


def test_whole_register_is_proved(world: World) -> None:
    register = filled(world)
    book = only()
    assert (book.last_number, book.given, book.reserved, book.void) == (6, 3, 2, 1)
    assert book.is_whole
    code, said = verify()
    assert code == 0
    assert said.splitlines() == [
        (
            f"whole  {world.office.code}  {register.year}  circular  {register.unit}: 1–6, "
            "3 given, 2 reserved, 1 void"
        ),
        "1 registers, 0 broken",
    ]


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("DELETE FROM circulars_registerentry WHERE number = 4", {"missing": [4]}),
        (
            "UPDATE circulars_registerentry SET number = 5 WHERE number = 4",
            {"missing": [4], "doubled": [5]},
        ),
        (
            "UPDATE circulars_registerentry SET number = 9 WHERE number = 5",
            {"missing": [5], "beyond_last": [9], "outside_reservation": [9]},
        ),
        (
            "UPDATE circulars_registerentry SET void_reason = '' WHERE number = 6",
            {"void_without_reason": [6]},
        ),
        (
            "UPDATE circulars_registerentry SET reference = 'ศธ 1/1' WHERE number = 2",
            {"other_than_letter": [2]},
        ),
        (
            (
                "UPDATE circulars_registerentry SET voided_at = now(), void_reason = 'ก' "
                "WHERE number = 1"
            ),
            {"other_than_letter": [1]},
        ),
    ],
)
def test_tampered_row_is_found(world: World, tamper: str, fault: dict[str, list[int]]) -> None:
    filled(world)
    with behind_its_back():
        with connection.cursor() as cursor:
            cursor.execute(tamper)
        assert {name: list(found) for name, found in only().faults.items()} == fault
        code, said = verify()
        assert code == 1
        assert said.splitlines()[0].startswith("BROKEN")
        name, numbers = next(iter(fault.items()))
        assert said.splitlines()[1].strip() == (
            f"{name.replace('_', ' ')}: {', '.join(map(str, numbers))}"
        )


def test_tampered_last_number_is_found(world: World) -> None:
    filled(world)
    Register.objects.update(last_number=8)
    assert only().faults == {"missing": (7, 8)}


def test_json_is_for_machines(world: World) -> None:
    register = filled(world)
    code, said = verify("--json")
    assert code == 0
    (book,) = json.loads(said)
    assert book["whole"] is True
    assert (book["kind"], book["year"], book["missing"]) == ("circular", register.year, [])


def test_one_office_and_one_year_can_be_chosen(world: World) -> None:
    filled(world)
    other = make_world(schools=1)
    make.signed(other)
    year = timezone.localdate().year + 543
    assert only(office=other.office.code).last_number == 1
    assert len(prove(year=year)) == 2
    assert prove(year=2500) == []
    assert verify("--office", "nowhere")[0] == 2
    assert verify("--office", other.office.code, "--year", str(year))[0] == 0


def test_empty_installation_is_whole(world: World) -> None:
    assert verify() == (0, "0 registers, 0 broken\n")
    assert not Letter.objects.exists()
    assert not RegisterEntry.objects.filter(register__kind=RegisterKind.INCOMING).exists()

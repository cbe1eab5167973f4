"""Old register books in Excel: taken over whole, or with every error named and nothing written."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from circulars.enums import RegisterKind
from circulars.models import Register, RegisterEntry, RegisterImport
from circulars.resources import read_book, register_workbook
from circulars.services import deliveries, register_imports
from circulars.services.register_proof import prove
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.service import central_registry
from tests.factories import letters as make
from tests.factories.files import upload
from tests.factories.letters import World

pytestmark = pytest.mark.django_db

HEAD = (
    "วันที่ลงทะเบียน", "เลขทะเบียนรับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ",
    "หมายเหตุ",
)  # fmt: skip
YEAR = 2568


def line(number: object, **cells: object) -> list[object]:
    values: dict[str, object] = {
        "registered_on": "6 ม.ค. 2568", "number": number, "reference": f"ศธ 04001/{number}",
        "dated": "3/1/2568", "sender": "สพฐ.", "receiver": "ผอ.สพป.", "subject": f"เรื่องที่ {number}",
        "action": "กลุ่มอำนวยการ", "note": "",
    }  # fmt: skip
    return list({**values, **cells}.values())


def sheet(*rows: list[object], head: tuple[str, ...] = HEAD, above: int = 2) -> bytes:
    book = Workbook()
    for _row in range(above):
        book.active.append(["ทะเบียนหนังสือรับ"])
    book.active.append(list(head))
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def opened(world: World, *, last: int, gap_reason: str = "", **fields: Any) -> RegisterImport:
    values = {
        "unit": central_registry(world.office), "kind": RegisterKind.INCOMING, "year": YEAR,
        "actor": world.registry, "file": make.some_file(world.office, "book.xlsx"),
    }  # fmt: skip
    return register_imports.open_import(
        last_number=last, gap_reason=gap_reason, **{**values, **fields}
    )


def found(world: World, data: bytes, *, last: int, **fields: Any) -> list[tuple[int, str]]:
    """What is wrong with a sheet."""
    rows, problems = read_book(BytesIO(data))
    book = opened(world, last=last, **fields)
    return register_imports.look_through(book=book, rows=rows, problems=problems).problems


def taken_over(world: World, data: bytes, *, last: int, **fields: Any) -> Register:
    rows, problems = read_book(BytesIO(data))
    assert problems == []
    book = opened(world, last=last, **fields)
    return register_imports.take_over(book=book, rows=rows, actor=world.registry)


def test_book_is_taken_over_and_its_numbers_go_on(world: World) -> None:
    data = sheet(
        line(2), line(1, registered_on=datetime(2568, 1, 6)),
        line("๓", registered_on=datetime(2025, 1, 7), dated="-", note="ยกเลิก พิมพ์ผิด", subject=""),
    )  # fmt: skip
    register = taken_over(world, data, last=3)
    entries = list(register.entries.order_by("number"))
    assert [(entry.number, entry.state, entry.subject) for entry in entries] == [
        (1, "given", "เรื่องที่ 1"), (2, "given", "เรื่องที่ 2"), (3, "void", ""),
    ]  # fmt: skip
    assert entries[2].void_reason == "ยกเลิก พิมพ์ผิด"
    assert [timezone.localdate(entry.registered_at) for entry in entries] == [
        date(2025, 1, 6), date(2025, 1, 6), date(2025, 1, 7),
    ]  # fmt: skip
    assert entries[0].dated == date(2025, 1, 3)
    assert {entry.batch for entry in entries} == {RegisterImport.objects.get()}
    assert (register.year, Register.objects.get().last_number) == (YEAR, 3)
    assert [book.is_whole for book in prove()] == [True]


def test_current_years_register_goes_on_after_the_book(world: World) -> None:
    year = timezone.localdate().year + 543
    school, clerk = world.schools[0], world.clerks[0]
    day = f"1/1/{year}"
    data = sheet(line(1, registered_on=day, dated=day), line(2, registered_on=day, dated=day))
    rows, _problems = read_book(BytesIO(data))
    book = opened(world, last=2, unit=school, actor=clerk, year=year)
    register_imports.take_over(book=book, rows=rows, actor=clerk)

    received = make.delivery(make.dispatched(world), school)
    assert deliveries.register(delivery=received, actor=clerk).entry.number == 3


@pytest.mark.parametrize(
    ("rows", "last", "problem"),
    [
        ([line(1), line(3)], 3, (0, "Number 2 is missing.")),
        ([line(1)], 2, (0, "Number 2 is missing.")),
        ([line(1), line(1)], 1, (5, "Number 1 stands in row 4 already.")),
        ([line(1), line(7)], 1, (5, "Number 7 is beyond the last number 1.")),
        ([line("")], 1, (4, "The register number is missing.")),
        ([line("1ก")], 1, (4, "“1ก” is no register number.")),
        ([line(1, subject="")], 1, (4, "The subject is missing.")),
        ([line(1, registered_on="")], 1, (4, "The registration date is missing.")),
        (
            [line(1, registered_on="6/1/2025")], 1,
            (4, "2025 looks like a year CE. Write it in the Buddhist era: 2568."),
        ),
        (
            [line(1, dated="6/1/2025")], 1,
            (4, "2025 looks like a year CE. Write it in the Buddhist era: 2568."),
        ),
        (
            [line(1, registered_on="31/12/2567")], 1,
            (4, "The registration date 31 ธ.ค. 2567 is not in 2568."),
        ),
        ([line(1, dated="31/2/2568")], 1, (4, "There is no such day in the calendar.")),
        (
            [line(1, sender="ก" * 201)], 1,
            (4, f"“{'ก' * 20}…” is longer than 200 characters."),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_book_is_named_by_row(
    world: World, rows: list[list[object]], last: int, problem: tuple[int, str]
) -> None:
    problems = found(world, sheet(*rows), last=last)
    assert problem in problems
    if rows[0][1] != "" and "no register" not in problem[1]:
        assert problems == [problem]
    with pytest.raises(InvalidInput):
        taken_over(world, sheet(*rows), last=last)
    assert not RegisterEntry.objects.exists()


def test_missing_numbers_are_void_when_there_is_a_reason(world: World) -> None:
    data = sheet(line(2, registered_on="7/1/2568"), line(4, registered_on="9/1/2568"))
    register = taken_over(world, data, last=5, gap_reason="เล่มเดิมเขียนข้ามเลข")
    fates = register.entries.order_by("number").values_list("number", "void_reason")
    assert list(fates) == [
        (1, "เล่มเดิมเขียนข้ามเลข"), (2, ""), (3, "เล่มเดิมเขียนข้ามเลข"), (4, ""),
        (5, "เล่มเดิมเขียนข้ามเลข"),
    ]  # fmt: skip
    assert [book.is_whole for book in prove()] == [True]


def test_columns_that_are_missing_are_named_and_nothing_else(world: World) -> None:
    head = tuple(word for word in HEAD if word not in ("จาก", "เรื่อง"))
    problems = found(world, sheet(["1/1/2568", 1], head=head), last=1)
    assert problems == [(0, "Columns are missing: จาก, เรื่อง.")]


def test_book_without_the_last_two_columns_is_read(world: World) -> None:
    data = sheet(line(1)[:7], [None] * 7, head=HEAD[:7], above=0)
    assert taken_over(world, data, last=1).last_number == 1


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a book", b"", b"plain words"])
def test_file_that_is_no_workbook_is_a_problem_of_the_whole_sheet(
    world: World, data: bytes
) -> None:
    assert found(world, data, last=1) == [
        (0, "The file is no Excel workbook (.xlsx) that can be read.")
    ]


def test_sheet_that_is_too_long_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circulars.resources.MOST_ROWS", 2)
    data = sheet(*(line(number) for number in range(1, 30)))
    assert found(world, data, last=29) == [(0, "The sheet has more than 2 rows.")]


def test_empty_book_is_refused(world: World) -> None:
    assert found(world, sheet(), last=1) == [(0, "No line of the sheet can be taken over.")]


def test_numbers_that_the_register_has_are_not_given_twice(world: World) -> None:
    taken_over(world, sheet(line(1), line(2)), last=2)
    assert found(world, sheet(line(2), line(3)), last=3) == [
        (4, "Number 2 is in the portal's register, which goes to 2.")
    ]
    register = taken_over(world, sheet(line(3), line(4)), last=4)
    assert list(register.entries.order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4,
    ]  # fmt: skip


def test_book_is_taken_over_once(world: World) -> None:
    rows, _problems = read_book(BytesIO(sheet(line(1))))
    book = opened(world, last=1)
    register_imports.take_over(book=book, rows=rows, actor=world.registry)
    with pytest.raises(StaleAction):
        register_imports.take_over(book=book, rows=rows, actor=world.registry)
    assert RegisterEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"year": 2025}, "year"), ({"year": 2999}, "year"), ({"last": 0}, "last_number"),
     ({"last": 50_001}, "last_number")],
)  # fmt: skip
def test_impossible_books_are_refused(world: World, fields: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        opened(world, **{"last": 1, **fields})
    assert refusal.value.field == field


def test_only_who_keeps_the_book_takes_it_over(world: World) -> None:
    book = opened(world, last=1)
    for user in (world.director, world.officer, world.clerks[0]):
        assert not register_imports.may_see(user, book)
        with pytest.raises(NotAllowed):
            opened(world, last=1, actor=user)
        with pytest.raises(NotAllowed):
            register_imports.take_over(book=book, rows=[], actor=user)
    assert register_imports.may_see(world.registry, book)


def test_secret_book_is_taken_over_without_its_subjects(world: World) -> None:
    data = sheet(line(1, subject="เรื่องลับ"))
    register = taken_over(world, data, last=1, kind=RegisterKind.SECRET_INCOMING)
    assert list(register.entries.values_list("subject", flat=True)) == [""]


def test_own_export_is_read_again(world: World) -> None:
    register = taken_over(world, sheet(line(1), line(2, note="ยกเลิก ซ้ำ")), last=2)
    rows, problems = read_book(BytesIO(register_workbook(register)))
    assert problems == []
    assert [row.cells["number"] for row in rows] == [1, 2]
    assert rows[1].cells["note"] == "ยกเลิก ซ้ำ"


def post_book(client: Client, world: World, data: bytes, **fields: object) -> Any:
    unit = central_registry(world.office)
    return client.post(
        reverse("circulars:register_import_new"),
        {
            "book": f"{unit.pk}-incoming", "year": YEAR, "last_number": 2, "gap_reason": "",
            "file": upload(data, "ทะเบียน.xlsx"), **fields,
        },
    )  # fmt: skip


def test_page_looks_through_shows_and_takes_over(world: World, browse) -> None:
    client = browse(world.registry)
    assert client.get(reverse("circulars:register_import_new")).status_code == 200
    answer = post_book(client, world, sheet(line(1), line(2)))
    book = RegisterImport.objects.get()
    assert answer.url == book.get_absolute_url()
    shown = client.get(answer.url).content.decode()
    assert "2 lines are ready." in shown
    assert not RegisterEntry.objects.exists()
    confirm = reverse("circulars:register_import_confirm", args=[book.pk])
    answer = client.post(confirm)
    assert answer.url == Register.objects.get().get_absolute_url()
    assert RegisterEntry.objects.count() == 2
    assert "This book was taken over." in client.get(book.get_absolute_url()).content.decode()
    assert "from the old book" in client.get(answer.url).content.decode()
    assert client.post(confirm).status_code == 302
    assert RegisterEntry.objects.count() == 2


def test_page_names_the_errors_and_takes_nothing_over(world: World, browse) -> None:
    client = browse(world.registry)
    answer = post_book(client, world, sheet(line(1), line(1)))
    book = RegisterImport.objects.get()
    shown = client.get(answer.url).content.decode()
    assert "Number 1 stands in row 4 already." in shown
    assert "Number 2 is missing." in shown
    client.post(reverse("circulars:register_import_confirm", args=[book.pk]))
    assert not RegisterEntry.objects.exists()
    other = browse(world.director)
    assert other.get(book.get_absolute_url()).status_code == 404


def test_page_refuses_a_file_of_another_kind_and_a_wrong_year(world: World, browse) -> None:
    client = browse(world.registry)
    assert post_book(client, world, b"%PDF-1.7").status_code == 422
    assert post_book(client, world, sheet(line(1)), year=2025).status_code == 422
    assert not RegisterImport.objects.exists()


def test_broken_workbook_cannot_be_confirmed(world: World, browse) -> None:
    client = browse(world.registry)
    book = opened(world, last=1, file=make.some_file(world.office, "book.xlsx", b"PK broken"))
    shown = client.get(book.get_absolute_url()).content.decode()
    assert "no Excel workbook" in shown
    client.post(reverse("circulars:register_import_confirm", args=[book.pk]))
    assert not RegisterEntry.objects.exists()

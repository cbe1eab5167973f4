"""One letter for many people: the list, one signature, and exactly one document for each."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from circulars.effects import merging as effects
from circulars.enums import LetterKind, LetterState, RegisterKind
from circulars.models import Letter, MergeRow, MergeRun, Register, RegisterEntry
from circulars.people_lists import PeopleList, read_list
from circulars.services import letters, merging
from circulars.services.routes import usual_stops
from circulars.tasks_merging import merge_letters
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.models import DeferredTask
from portal.core.refs import ref
from portal.files.models import StoredFile
from portal.notifications.models import Notice
from tests.factories import kinds as make
from tests.factories import letters as usual
from tests.factories.letters import World

FIELDS = {
    "subject": "รับรอง {ชื่อ}",
    "body": "<p>เป็นครูโรงเรียน{โรงเรียน}จริง</p>",
    "details": {"certified": "{ชื่อ}"},
    "send_when_signed": True,
}


def people(count: int) -> PeopleList:
    rows = [
        {"ชื่อ": f"นางสาวครู คนที่ {number}", "โรงเรียน": f"บ้าน<ที่>{number}"}
        for number in range(1, count + 1)
    ]
    return PeopleList(["ชื่อ", "โรงเรียน"], rows)


def with_list(world: World, count: int, **fields: object) -> Letter:
    letter = make.draft(world, LetterKind.CERTIFICATE, **{**FIELDS, **fields})
    merging.set_list(
        letter=letter, actor=world.officer, revision=letter.revision, people=people(count)
    )
    letter.refresh_from_db()
    return letter


def sign(world: World, letter: Letter) -> Letter:
    letter = letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    return letters.sign(letter=letter, actor=world.director, revision=letter.revision)


def document(world: World, letter: Letter) -> StoredFile:
    return usual.some_file(world.office, data=f"%PDF {letter.pk}".encode())


def numbers() -> list[int]:
    entries = RegisterEntry.objects.filter(register__kind=RegisterKind.CERTIFICATE)
    return list(entries.order_by("number").values_list("number", flat=True))


def assert_each_has_one(count: int) -> None:
    rows = list(MergeRow.objects.order_by("position").select_related("letter__entry"))
    assert [row.letter.details["certified"] for row in rows] == [row.values["ชื่อ"] for row in rows]
    assert [row.letter.entry.number for row in rows] == list(range(1, count + 1))
    assert numbers() == list(range(1, count + 1))
    assert Letter.objects.filter(kind=LetterKind.CERTIFICATE).count() == count


# --- reading a list ---


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_list_from_excel_names_rows_that_cannot_be_used() -> None:
    data = xlsx(
        ["ชื่อ", "เลขที่"], ["นายหนึ่ง", 1.0], [None, 2], [None, None], ["นายหนึ่ง", 1], ["น" * 201, 3],
        ["นายสอง", 4.5],
    )  # fmt: skip
    found = read_list(data, "คน.XLSX")
    assert found.columns == ["ชื่อ", "เลขที่"]
    assert found.rows == [{"ชื่อ": "นายหนึ่ง", "เลขที่": "1"}, {"ชื่อ": "นายสอง", "เลขที่": "4.5"}]
    assert found.errors == [
        (3, "“ชื่อ” is empty."),
        (5, "The same as row 2."),
        (6, "A field is longer than 200 letters."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp874"])
def test_list_from_csv_in_either_encoding(encoding: str) -> None:
    found = read_list("ชื่อ,ที่\nนายหนึ่ง,1\nนายสอง\n".encode(encoding), "a.csv")
    assert found.rows == [{"ชื่อ": "นายหนึ่ง", "ที่": "1"}]
    assert found.errors == [(3, "“ที่” is empty.")]


NO_ROWS = "The file needs a first row with names and a row for each person."
NO_NAMES = "Each column needs a name of its own in the first row."
TOO_WIDE = (",".join("abcdefghijklmnopqrstu") + "\n1\n").encode()
TOO_LONG = b"a\n" + b"".join(b"%d\n" % number for number in range(2001))


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"not a workbook", "a.xlsx", "This file is not an Excel workbook."),
        ("ชื่อ\n".encode(), "a.csv", NO_ROWS),
        ("ก,ก\n1,2\n".encode(), "a.csv", NO_NAMES),
        ("ก,,ข\n1,2,3\n".encode(), "a.csv", NO_NAMES),
        (TOO_WIDE, "a.csv", "A list has no more than 20 columns."),
        (b"\xff\xfe\xdb\xdc", "a.csv", "The file’s letters cannot be read: save it as CSV UTF-8."),
        (TOO_LONG, "a.csv", "A list has no more than 2000 people."),
    ],
)  # fmt: skip
def test_file_that_is_no_list_is_refused(data: bytes, name: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_list(data, name)
    assert str(refused.value) == words


# --- the draft ---


def test_list_makes_the_revision_grow_and_replaces_an_earlier_one(world: World) -> None:
    letter = with_list(world, 3)
    before = letter.revision
    merging.set_list(letter=letter, actor=world.officer, revision=before, people=people(2))
    letter.refresh_from_db()
    assert (letter.revision, letter.merge_run.rows.count()) == (before + 1, 2)
    merging.drop_list(letter=letter, actor=world.officer, revision=letter.revision)
    assert MergeRun.objects.count() == 0
    with pytest.raises(StaleAction):
        merging.drop_list(letter=letter, actor=world.officer, revision=letter.revision)


def test_list_is_refused_for_nobody_and_for_kinds_with_one_reader(world: World) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE)
    with pytest.raises(InvalidInput):
        merging.set_list(
            letter=letter, actor=world.officer, revision=letter.revision, people=people(0)
        )
    memo = make.draft(world, LetterKind.MEMO)
    with pytest.raises(NotAllowed):
        merging.set_list(
            letter=memo, actor=world.officer, revision=memo.revision, people=people(1)
        )


def test_secret_letter_has_no_list(world: World) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE, secrecy="confidential")
    with pytest.raises(NotAllowed):
        merging.set_list(
            letter=letter, actor=world.officer, revision=letter.revision, people=people(2)
        )


def test_list_as_a_table_in_one_order(world: World) -> None:
    letter = make.draft(world, LetterKind.ORDER)
    changed = merging.add_table(
        letter=letter, actor=world.officer, revision=letter.revision, people=people(2)
    )
    table = changed.body[changed.body.index("<table>") :]
    assert table.count("<tr>") == 3
    assert table.count("<td>บ้าน&lt;ที่&gt;2</td>") == 1
    with pytest.raises(InvalidInput):
        merging.add_table(
            letter=changed, actor=world.officer, revision=changed.revision, people=people(0)
        )


def test_blank_that_no_column_fills_keeps_the_letter_back(world: World) -> None:
    letter = with_list(world, 2, body="<p>{ชื่อ} {อายุ}</p>")
    assert merging.unknown_names(letter, letter.merge_run.columns) == ["อายุ"]
    with pytest.raises(InvalidInput) as refused:
        letters.submit(letter=letter, actor=world.officer)
    assert str(refused.value) == "Still to be filled in: {อายุ}."


# --- making the documents ---


def test_one_signature_makes_a_numbered_document_for_each(world: World) -> None:
    letter = sign(world, with_list(world, 5))
    assert numbers() == [1]
    merge_letters(letter.merge_run.pk)
    assert_each_has_one(5)
    third = MergeRow.objects.get(position=3).letter
    assert third.subject == "รับรอง นางสาวครู คนที่ 3"
    assert third.body == "<p>เป็นครูโรงเรียนบ้าน&lt;ที่&gt;3จริง</p>"
    assert (third.signer, third.signer_name) == (world.director, letter.signer_name)
    assert (third.state, third.signed_at) == (LetterState.SIGNED_PENDING, letter.signed_at)
    assert third.content_hash != letter.content_hash
    assert third.number_text == f"3/{third.entry.register.year}"
    tasks = DeferredTask.objects.filter(name="circulars.build_pdf")
    assert sorted(task.args[0] for task in tasks) == sorted(
        Letter.objects.values_list("pk", flat=True)
    )
    run = MergeRun.objects.get()
    assert run.finished_at is not None
    assert merging.make_documents(run.pk) == 0


def test_list_of_an_unsigned_letter_makes_nothing(world: World) -> None:
    letter = with_list(world, 2)
    assert merging.make_documents(letter.merge_run.pk) == 0
    assert numbers() == []


def test_signed_without_a_list_fills_nothing(world: World) -> None:
    letter = make.signed(world, LetterKind.CERTIFICATE)
    assert (letter.details["certified"], MergeRun.objects.count()) == ("นางสาวมาลี ดีงาม", 0)


def test_drafter_is_told_once_for_all_documents(world: World) -> None:
    letter = sign(world, with_list(world, 3))
    merge_letters(letter.merge_run.pk)
    for one in Letter.objects.all():
        letters.attach_pdf(
            letter=one, pdf=usual.some_file(world.office, data=f"%PDF {one.pk}".encode())
        )
    told = Notice.objects.filter(kind="circulars.signed")
    assert [notice.about for notice in told] == [ref(letter)]
    assert merging.progress(letter.merge_run) == merging.Progress(total=3, made=3, ready=3)
    assert merging.progress(letter.merge_run).is_complete
    assert DeferredTask.objects.filter(name="circulars.send_signed").count() == 0


def test_numbers_stay_in_the_year_of_the_signature(world: World, monkeypatch) -> None:
    """Signed at 23:59:59 on the last day; the task goes on in the new year."""
    last_second = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
    letter = with_list(world, 3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: last_second)
    letter = sign(world, letter)
    monkeypatch.undo()
    merge_letters(letter.merge_run.pk)
    assert [(book.year, book.last_number) for book in Register.objects.filter(
        kind=RegisterKind.CERTIFICATE)] == [(2569, 3)]  # fmt: skip
    assert {one.letter_date.isoformat() for one in Letter.objects.all()} == {"2026-12-31"}


@pytest.mark.parametrize("broken_at", [1, 2, 249, 499])
def test_restart_in_the_middle_of_500_gives_each_exactly_one(
    world: World, monkeypatch, broken_at: int
) -> None:
    letter = sign(world, with_list(world, 500))
    calls = iter(range(1, 1000))
    number = effects.give_number

    def breaks(*args: object, **kwargs: object) -> None:
        number(*args, **kwargs)  # the number is taken when the machine goes down
        if next(calls) == broken_at:
            raise SystemExit

    monkeypatch.setattr(effects, "give_number", breaks)
    with pytest.raises(SystemExit):
        merge_letters(letter.merge_run.pk)
    assert MergeRow.objects.exclude(letter=None).count() == broken_at
    assert numbers() == list(range(1, broken_at + 1))
    merge_letters(letter.merge_run.pk)
    assert_each_has_one(500)


KILLED = """
import django; django.setup()
from circulars.tasks_merging import merge_letters
print("ready", flush=True)
merge_letters({run})
"""


@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_of_500_leaves_no_double(transactional_db: None) -> None:
    world = usual.make_world(schools=0)
    letter = sign(world, with_list(world, 500))
    settings = connection.settings_dict
    script = KILLED.format(run=letter.merge_run.pk)
    prepare = (
        "from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {settings['NAME']!r}\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", prepare + script], stdout=subprocess.PIPE, env=os.environ
    )
    deadline = time.monotonic() + 60
    while MergeRow.objects.exclude(letter=None).count() < 40 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    made = MergeRow.objects.exclude(letter=None).count()
    assert 40 <= made < 500
    assert numbers() == list(range(1, made + 1))
    merge_letters(letter.merge_run.pk)
    assert_each_has_one(500)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_document_once(transactional_db: None) -> None:
    world = usual.make_world(schools=0)
    letter = sign(world, with_list(world, 40))
    made: list[int] = []

    def work() -> None:
        close_old_connections()
        made.append(merging.make_documents(letter.merge_run.pk))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(made) == 39  # the first person's is the letter that was signed
    assert_each_has_one(40)


# --- pages ---


def upload(client: Client, letter: Letter, data: bytes, name: str = "a.csv", **more: str):
    file = io.BytesIO(data)
    file.name = name
    url = reverse("circulars:people", args=[letter.pk])
    return client.post(url, {"file": file, "revision": letter.revision, **more})


def test_list_from_the_page_to_the_zip(world: World, browse) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE, **FIELDS)
    client = browse(world.officer)
    answer = upload(client, letter, "ชื่อ,โรงเรียน\nนายหนึ่ง,ก\nนายสอง,ข\n".encode())
    assert answer.url == reverse("circulars:documents", args=[letter.pk])
    look = client.get(reverse("circulars:person_text", args=[letter.pk, 2]))
    assert look.content.decode().count("เป็นครูโรงเรียนขจริง") == 1
    assert Letter.objects.get(pk=letter.pk).subject == "รับรอง {ชื่อ}"
    letter = sign(world, Letter.objects.get(pk=letter.pk))
    merge_letters(letter.merge_run.pk)
    for one in Letter.objects.all():
        letters.attach_pdf(
            letter=one, pdf=usual.some_file(world.office, data=f"%PDF {one.pk}".encode())
        )
    page = client.get(reverse("circulars:documents", args=[letter.pk])).content.decode()
    assert page.count("2 of 2 have their number, 2 documents are made.") == 1
    year = letter.entry.register.year
    answer = client.get(reverse("circulars:documents_zip", args=[letter.pk]))
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    assert names == [f"{year}_MOE04108_1.pdf", f"{year}_MOE04108_2.pdf"]
    second = MergeRow.objects.get(position=2).letter
    person = client.get(reverse("circulars:person_text", args=[letter.pk, 2]))
    assert person.url == second.get_absolute_url()
    assert browse(world.principals[0]).get(
        reverse("circulars:documents_zip", args=[letter.pk])
    ).status_code == 404  # fmt: skip


def test_page_names_rows_that_cannot_be_used_and_goes_on_without_them(
    world: World, browse
) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE, **FIELDS)
    client, data = browse(world.officer), "ชื่อ,โรงเรียน\nนายหนึ่ง,ก\nนายสอง,\n".encode()
    answer = upload(client, letter, data)
    assert (answer.status_code, answer.content.decode().count("“โรงเรียน” is empty.")) == (422, 1)
    assert MergeRun.objects.count() == 0
    upload(client, letter, data, anyway="on")
    assert [row.values["ชื่อ"] for row in MergeRow.objects.all()] == ["นายหนึ่ง"]
    letter.refresh_from_db()
    page = client.get(reverse("circulars:people", args=[letter.pk])).content.decode()
    assert page.count("The letter is for 1 person of a list.") == 1
    client.post(reverse("circulars:people_drop", args=[letter.pk]))
    assert MergeRun.objects.count() == 0


def test_people_of_the_portal_in_one_order(world: World, browse) -> None:
    letter = make.draft(world, LetterKind.ORDER)
    chosen = [world.membership(user).pk for user in (world.deputy, world.officer)]
    url = reverse("circulars:people", args=[letter.pk])
    browse(world.officer).post(
        url, {"people": chosen, "revision": letter.revision, "table": "yes"}
    )
    letter.refresh_from_db()
    names = [user.get_full_name() for user in (world.deputy, world.officer)]
    assert [letter.body.count(name) for name in names] == [1, 1]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"x", "a.txt", "Choose an Excel (.xlsx) or CSV file."),
        (b"x", "a.xlsx", "This file is not an Excel workbook."),
        (b"x" * (5 * 1024 * 1024 + 1), "a.csv", "The file is larger than 5 MB."),
    ],
    ids=["txt", "broken", "large"],
)
def test_page_refuses_files(world: World, browse, data: bytes, name: str, words: str) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE)
    answer = upload(browse(world.officer), letter, data, name)
    assert (answer.status_code, answer.content.decode().count(words) > 0) == (422, True)


def test_page_wants_a_file_or_people(world: World, browse) -> None:
    letter = make.draft(world, LetterKind.CERTIFICATE)
    url = reverse("circulars:people", args=[letter.pk])
    answer = browse(world.officer).post(url, {"revision": letter.revision})
    assert answer.content.decode().count("Choose a file or people.") == 1


def test_list_is_for_the_drafter_alone(world: World, browse) -> None:
    letter = with_list(world, 2)
    for user in (world.group_director, world.registry):
        assert browse(user).get(reverse("circulars:people", args=[letter.pk])).status_code == 404
    letters.submit(letter=letter, actor=world.officer)
    url = reverse("circulars:people", args=[letter.pk])
    assert browse(world.officer).get(url).status_code == 404
    documents = reverse("circulars:documents", args=[letter.pk])
    assert browse(world.group_director).get(documents).status_code == 200
    assert [stop.role for stop in usual_stops(letter)] == ["group_director", "deputy", "director"]


def test_documents_page_costs_the_same_with_1_and_with_30(world: World, browse) -> None:
    client = browse(world.officer)
    counts = []
    for number in (1, 30):
        letter = sign(world, with_list(world, number))
        merge_letters(letter.merge_run.pk)
        url = reverse("circulars:documents", args=[letter.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        counts.append(len(queries))
        assert page.count('data-label="โรงเรียน"') == number
    assert counts[0] == counts[1]

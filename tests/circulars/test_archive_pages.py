"""The pages of the archive."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from circulars.enums_archive import DestructionState, KeptState, ListKind, LoanState
from circulars.models import (
    ArchiveList,
    Destruction,
    DestructionVote,
    Folder,
    KeptLetter,
    Letter,
    Loan,
)
from circulars.registrations.archive import (
    ChainTile,
    LoanTile,
    OverdueLoanTile,
    ToFileTile,
)
from circulars.services import (
    archive,
    archive_destruction,
    archive_lists,
    archive_loans,
    deliveries,
)
from portal.core.thai.dates import numeric
from portal.users.models import User
from tests.circulars.test_archive_filing import plan_file, registered
from tests.factories import archive as make
from tests.factories import letters as make_letters
from tests.factories.archive import OLD, Chain
from tests.factories.letters import World

D = DestructionState
Browse = Callable[[User], Client]


def page(name: str, *args: object) -> str:
    return reverse(f"circulars:{name}", args=args)


def today() -> str:
    return numeric(timezone.localdate())


def test_every_page_opens_for_its_people_and_for_nobody_else(world: World, browse: Browse) -> None:
    kept = make.paper(world, finished_on=OLD.replace(year=2000))[0]
    listed = archive_lists.begin(
        house=make.central(world), kind=ListKind.HANDOVER, year=2568, actor=world.registry
    )
    make.paper(world)
    chain = Chain(world)
    loan = archive_loans.ask(
        kept=kept, actor=world.registry, purpose="x", due_on=timezone.localdate()
    )
    own = [
        page("kept", kept.pk),
        page("loan_card", kept.pk, "xlsx"),
        page("storing_list", kept.storing_list_id, "xlsx"),
        page("kept_register", kept.unit_id, "xlsx"),
        page("loan", loan.pk),
        page("archive_list", listed.pk),
        page("archive_list_paper", listed.pk, "xlsx"),
        page("destruction", chain.destruction.pk),
        page("destruction_paper", chain.destruction.pk, "xlsx"),
        page("folder", kept.folder_id),
    ]
    shared = [
        page(name)
        for name in (
            "archive", "to_file", "archive_paper", "archive_plan", "folder_new", "plan_import",
            "plan_example", "loans", "archive_lists", "destructions",
        )
    ]  # fmt: skip
    keeper, stranger = browse(world.registry), browse(world.clerks[0])
    assert {url: keeper.get(url).status_code for url in own} == dict.fromkeys(own, 200)
    assert {url: stranger.get(url).status_code for url in own} == dict.fromkeys(own, 404)
    assert {url: keeper.get(url).status_code for url in shared} == dict.fromkeys(shared, 200)
    assert {url: stranger.get(url).status_code for url in shared} == dict.fromkeys(shared, 200)


def one_more_loan(world: World, kept: KeptLetter, number: int) -> None:
    archive_loans.ask(kept=kept, actor=world.registry, purpose="x", due_on=timezone.localdate())


def one_more_finished(world: World, kept: KeptLetter, number: int) -> None:
    if number < 4:
        letter = make_letters.dispatched(world, to=[make.central(world)])
        got = make_letters.delivery(letter, make.central(world))
        deliveries.register(delivery=got, actor=world.registry)


def one_more_list(world: World, kept: KeptLetter, number: int) -> None:
    archive_lists.begin(
        house=make.central(world), kind=ListKind.OWN, year=2568, actor=world.registry
    )


def one_more_destruction(world: World, kept: KeptLetter, number: int) -> None:
    year = 2568 - Destruction.objects.count()
    archive_destruction.begin(house=make.central(world), actor=world.registry, year=year)


MORE = {
    "loans": one_more_loan,
    "to_file": one_more_finished,
    "archive_lists": one_more_list,
    "destructions": one_more_destruction,
}


@pytest.mark.parametrize(
    "name", ["archive", "to_file", "loans", "archive_lists", "destructions", "destruction"]
)
def test_lists_ask_as_often_for_many_rows(world: World, browse: Browse, name: str) -> None:
    client = browse(world.registry)
    folder = make.folder(world, make.central(world))
    made: list[Destruction] = []

    def more(count: int) -> None:
        kept = make.paper(world, count, into=folder)
        if name in MORE:
            for number, row in enumerate(kept):
                MORE[name](world, row, number)
        if name == "destruction" and not made:
            made.append(Chain(world).destruction)
        elif name == "destruction":
            archive_destruction.survey_again(destruction=made[0], actor=world.registry)

    counts = []
    for count in (1, 29):
        more(count)
        url = page(name, made[0].pk) if made else page(name)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_several_letters_are_put_away_from_the_page(world: World, browse: Browse) -> None:
    got = registered(world)
    folder = make.folder(world, world.schools[0])
    client = browse(world.clerks[0])
    assert client.post(page("to_file"), {"folder": folder.pk}).status_code == 422
    answer = client.post(page("to_file"), {"folder": folder.pk, "letter": [got.pk, "x"]})
    assert answer.status_code == 302
    kept = KeptLetter.objects.get()
    assert kept.delivery == got
    letter = make_letters.dispatched(world)
    group = make.folder(world)
    browse(world.group_registry).post(
        page("to_file") + "?tab=sent", {"folder": group.pk, "letter": [letter.pk]}
    )
    assert KeptLetter.objects.get(letter=letter, delivery=None).folder == group


def test_letter_pages_lead_to_the_archive(world: World, browse: Browse) -> None:
    got = registered(world)
    client = browse(world.clerks[0])
    assert page("to_file") in client.get(got.get_absolute_url()).content.decode()
    archive.file_letters(
        actor=world.clerks[0], folder=make.folder(world, world.schools[0]), deliveries=[got]
    )
    kept = KeptLetter.objects.get()
    assert kept.get_absolute_url() in client.get(got.get_absolute_url()).content.decode()


def test_destroyed_letter_leads_to_its_stub(world: World, browse: Browse) -> None:
    letter = make_letters.dispatched(world)
    archive.file_letters(actor=world.registry, folder=make.folder(world), letters=[letter])
    KeptLetter.objects.update(finished_on=OLD)
    chain = Chain(world)
    chain.do(
        "order_electronic", world.director, before=timezone.localdate(), order_number="5/2569",
        reason="x",
    )  # fmt: skip
    chain.to(D.DESTROYED)
    kept = KeptLetter.objects.get()
    client = browse(world.group_registry)
    answer = client.get(letter.get_absolute_url())
    assert answer.status_code == 409
    assert kept.get_absolute_url() in answer.content.decode()
    stub = client.get(kept.get_absolute_url()).content.decode()
    assert "This letter is destroyed" in stub
    assert "12/2569" in stub
    school = browse(world.clerks[0])
    got = make_letters.delivery(Letter.objects.get(), world.schools[0])
    assert school.get(got.get_absolute_url()).status_code == 200


def test_old_paper_letter_is_entered(world: World, browse: Browse) -> None:
    folder = make.folder(world)
    data = {
        "folder": folder.pk, "subject": "หนังสือเก่า", "dated": "1/6/2550", "note": "ก",
        "reference": "ศธ 1",
    }  # fmt: skip
    client = browse(world.group_registry)
    assert client.post(page("archive_paper"), data).status_code == 302
    kept = KeptLetter.objects.get()
    assert (kept.subject, kept.keep_until, kept.note) == ("หนังสือเก่า", 2560, "ก")
    late = {**data, "finished_on": "1/6/2750"}
    assert client.post(page("archive_paper"), late).status_code == 422


def test_folder_is_made_and_changed(world: World, browse: Browse) -> None:
    client = browse(world.group_registry)
    data = {
        "unit": world.group.pk, "code": "1", "title": "ทั่วไป", "retention": "ten",
        "clause": "57", "is_open": "on",
    }  # fmt: skip
    assert client.post(page("folder_new"), data).status_code == 302
    folder = Folder.objects.get()
    changed = {**data, "title": "ใหม่", "retention": "custom"}
    assert client.post(page("folder", folder.pk), changed).status_code == 422
    changed |= {"years": "3", "reason": "สัญญา"}
    assert client.post(page("folder", folder.pk), changed).status_code == 302
    folder.refresh_from_db()
    assert (folder.title, folder.period) == ("ใหม่", 3)
    assert browse(world.officer).get(page("folder", folder.pk)).status_code == 404


def test_plan_is_taken_over_after_a_look(world: World, browse: Browse) -> None:
    client = browse(world.group_registry)

    def send(*rows: tuple[object, ...], **more: str) -> Any:
        file = SimpleUploadedFile("plan.xlsx", plan_file(*rows))
        return client.post(page("plan_import"), {"unit": world.group.pk, "file": file, **more})

    answer = send((1, "ดี"), (None, "เสีย"))
    assert (answer.context["good"], len(answer.context["bad"])) == (1, 1)
    assert Folder.objects.count() == 0
    assert send((1, "ดี"), (None, "เสีย"), save="1").context["made"] == 1
    assert send((2, "ดี"), save="1").status_code == 302
    assert send().status_code == 422
    assert Folder.objects.count() == 2


def test_kept_letter_is_moved_held_and_released(world: World, browse: Browse) -> None:
    kept = make.paper(world)[0]
    other = make.folder(world)
    client = browse(world.group_registry)
    client.post(page("kept_change", kept.pk, "move"), {"folder": other.pk})
    head = browse(world.group_director)
    assert head.post(page("kept_change", kept.pk, "hold"), {"reason": ""}).status_code == 422
    head.post(page("kept_change", kept.pk, "hold"), {"reason": "คดี"})
    kept.refresh_from_db()
    assert (kept.folder, kept.legal_hold) == (other, True)
    head.post(page("kept_change", kept.pk, "release"))
    kept.refresh_from_db()
    assert kept.legal_hold is False
    assert client.post(page("kept_change", kept.pk, "hold"), {"reason": "x"}).status_code == 404


def test_loan_goes_its_way_on_the_pages(world: World, browse: Browse) -> None:
    letter = make_letters.dispatched(world)
    archive.file_letters(actor=world.registry, folder=make.folder(world), letters=[letter])
    kept = KeptLetter.objects.get()
    officer, head = browse(world.officer), browse(world.group_director)
    borrow = page("kept_borrow", kept.pk)
    assert officer.post(borrow, {"purpose": "x", "due_on": "1/1/2500"}).status_code == 422
    officer.post(borrow, {"purpose": "x", "due_on": today()})
    loan = Loan.objects.get()
    assert officer.get(page("loan_read", loan.pk)).status_code == 404
    assert officer.get(page("loan_move", loan.pk, "confirm")).status_code == 404
    assert officer.get(page("loan_move", loan.pk, "approve")).status_code == 409
    assert officer.get(page("loan_move", loan.pk, "expire")).status_code == 404
    tile = LoanTile()
    assert (tile.count(world.group_director), tile.items(world.group_director, 5)[0].url) == (
        1, loan.get_absolute_url(),
    )  # fmt: skip
    assert head.get(page("loan_move", loan.pk, "confirm")).status_code == 200
    head.post(page("loan_move", loan.pk, "confirm"), {"expected": "asked"})
    head.post(page("loan_move", loan.pk, "approve"), {"expected": "confirmed"})
    loan.refresh_from_db()
    assert loan.state == LoanState.LENT
    read = officer.get(page("loan_read", loan.pk))
    assert letter.pdf.get_absolute_url() in read.content.decode()  # type: ignore[union-attr]
    assert head.get(page("loan_read", loan.pk)).status_code == 404
    gone = head.post(page("loan_move", loan.pk, "approve"))
    assert gone.status_code == 302
    assert officer.get(page("loans") + "?state=overdue").context["page"].items == []
    late = timezone.localdate() - timedelta(days=1)
    Loan.objects.update(due_on=late, is_paper=True)
    assert OverdueLoanTile().count(world.officer) == 1
    assert OverdueLoanTile().items(world.officer, 5)[0].tone == "danger"
    assert len(officer.get(page("loans") + "?state=overdue").context["page"].items) == 1


def test_keeper_enters_a_loan_for_somebody(world: World, browse: Browse) -> None:
    kept = make.paper(world)[0]
    data = {"purpose": "x", "due_on": today(), "borrower": world.officer.pk}
    browse(world.registry).post(page("kept_borrow", kept.pk), data)
    assert Loan.objects.get().borrower == world.officer


def test_list_goes_its_way_on_the_pages(world: World, browse: Browse) -> None:
    kept = make.paper(world, 3, finished_on=OLD.replace(year=2000))
    client, head = browse(world.registry), browse(world.director)
    house = make.central(world).pk
    data = {"house": house, "kind": "handover", "year": "2025"}
    assert client.post(page("archive_lists"), data).status_code == 422
    client.post(page("archive_lists"), {**data, "year": "๒๕๖๘"})
    made = ArchiveList.objects.get()
    lines = list(made.lines.values_list("pk", flat=True))
    client.post(page("archive_list_line", made.pk, lines[0], "off"))
    client.post(page("archive_list_line", made.pk, lines[1], "keep"))
    assert made.lines.count() == 1
    client.post(page("archive_list_add", made.pk), {"kept": [kept[0].pk, "x"]})
    assert made.lines.count() == 2
    assert client.get(page("archive_list_move", made.pk, "propose")).status_code == 200
    client.post(page("archive_list_move", made.pk, "propose"))
    assert ChainTile().count(world.director) == 1
    assert ChainTile().items(world.director, 3)[0].url == made.get_absolute_url()
    head.post(page("archive_list_move", made.pk, "approve"))
    bad = client.post(
        page("archive_list_move", made.pk, "send"), {"sent_on": "1/1/2550", "reference": "1"}
    )
    assert bad.status_code == 422
    client.post(page("archive_list_move", made.pk, "send"), {"sent_on": today(), "reference": "1"})
    client.post(
        page("archive_list_move", made.pk, "receive"),
        {"received_on": today(), "receiver": "ผู้รับ"},
    )
    made.refresh_from_db()
    kept[0].refresh_from_db()
    assert (made.state, kept[0].state) == ("received", KeptState.HANDED_OVER)


def test_destruction_goes_its_way_on_the_pages(world: World, browse: Browse) -> None:
    make.paper(world, 5)
    members = make.committee(world)
    client, head = browse(world.registry), browse(world.director)
    data = {"house": make.central(world).pk, "year": "2568"}
    assert client.post(page("destructions"), {**data, "year": "2750"}).status_code == 422
    client.post(page("destructions"), data)
    chain = Destruction.objects.get()

    def go(who: Client, name: str, **inputs: object) -> int:
        return who.post(page("destruction_move", chain.pk, name), inputs).status_code

    line = chain.lines.get(position=5)
    client.post(page("destruction_drop", chain.pk, line.pk))
    client.post(page("destruction_act", chain.pk, "survey"))
    assert chain.lines.count() == 5
    assert go(client, "propose") == 302
    appoint = {
        "chair": members[0].pk, "members": [members[1].pk], "order_number": "1",
        "order_date": today(),
    }  # fmt: skip
    assert go(head, "appoint", **appoint) == 422
    appoint["members"] = [member.pk for member in members[1:]]
    assert go(head, "appoint", **appoint) == 302
    chair, vote = browse(members[0]), page("destruction_vote", chain.pk)
    assert chair.post(vote, {"choice": "keep", "lines": "x"}).status_code == 422
    assert chair.post(vote, {"choice": "keep", "lines": "9-3"}).status_code == 422
    early = {"choice": "keep", "lines": "1", "keep_until": "2500", "reason": "x"}
    assert chair.post(vote, early).status_code == 422
    assert ChainTile().count(members[1]) == 1
    for member in members:
        own = browse(member)
        own.post(vote, {"choice": "keep", "lines": "๑", "reason": "ยังใช้", "keep_until": "2575"})
        own.post(vote, {"choice": "destroy"})
    assert DestructionVote.objects.count() == 15
    assert ChainTile().count(members[1]) == 0
    assert go(chair, "report") == 302
    assert go(head, "approve", keep="99") == 422
    assert go(head, "approve", keep="2") == 302
    assert go(client, "send", sent_on=today(), reference="1") == 302
    keep = page("destruction_keep", chain.pk)
    assert head.post(keep, {"line": "3"}).status_code == 422
    head.post(keep, {"line": "3", "note": "คดี"})
    assert go(client, "answer", answered_on=today(), reference="2", until="4", year="") == 422
    answer = {"answered_on": today(), "reference": "2", "until": "4", "year": "2580"}
    assert go(client, "answer", **answer) == 302
    done = {"destroyed_on": today(), "method": "shred", "place": "ห้อง"}
    assert client.get(page("destruction_certificate", chain.pk)).status_code == 404
    assert go(chair, "destroy", **done) == 302
    for member in members:
        browse(member).post(page("destruction_act", chain.pk, "sign"))
    assert go(head, "note") == 302
    outcomes = chain.lines.values_list("outcome", "kept_by", "keep_until").order_by("position")
    assert list(outcomes) == [
        ("keep", "committee", 2575), ("keep", "head", 2569), ("keep", "head", 2569),
        ("keep", "archives", 2580), ("destroy", "", None),
    ]  # fmt: skip
    shown = head.get(page("destruction", chain.pk))
    assert shown.context["counts"] == {"all": 5, "destroy": 1, "keep": 4}
    assert len(shown.context["steps"]) == 8
    certificate = head.get(page("destruction_certificate", chain.pk))
    text = PdfReader(BytesIO(certificate.content)).pages[0].extract_text()
    assert "บันทึกการทำลายหนังสือ" in text


def test_ended_chain_shows_what_was_done(world: World, browse: Browse) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.COMMITTEE)
    chain.do("cancel", world.director, remark="ยุติ")
    shown = browse(world.director).get(chain.destruction.get_absolute_url())
    assert [step["state"] for step in shown.context["steps"]] == [
        "done", "done", *["skipped"] * 6,
    ]  # fmt: skip


def test_tile_names_what_is_to_be_put_away(world: World) -> None:
    got = registered(world)
    tile = ToFileTile()
    assert tile.count(world.clerks[0]) == 1
    assert [item.url for item in tile.items(world.clerks[0], 3)] == [got.get_absolute_url()]
    assert (tile.count(world.director), tile.items(world.director, 3)) == (0, [])


def test_register_is_narrowed(world: World, browse: Browse) -> None:
    due = make.paper(world)[0]
    new = make.paper(world, finished_on=timezone.localdate())[0]
    archive.hold(kept=new, actor=world.group_director, reason="คดี")
    client = browse(world.group_registry)

    def found(query: str) -> list[KeptLetter]:
        return list(client.get(f"{page('archive')}?{query}").context["page"].items)

    assert found("due=due") == [due]
    assert found("due=held") == [new]
    assert found("due=for_ever") == []
    assert found("q=หนังสือเก่า") == [new, due]
    assert found(f"folder={due.folder_id}") == [due]

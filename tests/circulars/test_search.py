"""Letters and lines of registers are found by those who may see them, and by nobody else."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from circulars.enums import Secrecy, Speed
from circulars.models import Letter, RegisterEntry
from circulars.services import deliveries, letters
from portal.core.registry import search_sources
from portal.files.models import BlobText
from portal.org.enums import Role
from portal.search import service
from portal.search.models import Document, Pending
from portal.users.models import User
from tests.factories import OfficeFactory, person
from tests.factories.letters import (
    World,
    delivery,
    dispatched,
    draft,
    make_world,
    ready,
    some_file,
    submitted,
)

Browse = Callable[[User], Client]


def found(user: User, typed: str, source: str = "circulars.letters", *labels: str) -> list[int]:
    service.index_pending()
    narrowed = tuple(frozenset({label}) for label in labels)
    query = service.Query(service.words_of(typed), narrowed)
    return service.find(search_sources.get(source), user, query, 50)


def everybody(world: World) -> dict[str, User]:
    people = {
        "officer": world.officer,
        "group_director": world.group_director,
        "group_registry": world.group_registry,
        "deputy": world.deputy,
        "director": world.director,
        "registry": world.registry,
        "colleague": person(Role.OFFICER, world.group),
        "stranger": make_world(schools=0).director,
        "administrator": person(Role.SYSADMIN, office=world.office),
    }
    for number, (principal, clerk) in enumerate(zip(world.principals, world.clerks, strict=True)):
        people[f"principal{number}"], people[f"clerk{number}"] = principal, clerk
    return people


def finders(world: World, typed: str, source: str = "circulars.letters") -> set[str]:
    return {name for name, user in everybody(world).items() if found(user, typed, source)}


def test_letter_is_found_by_both_sides_and_nobody_else(world: World) -> None:
    dispatched(world, to=world.schools[:2], subject="ขออนุญาตใช้อาคาร")

    assert finders(world, "อนุญาต") == {
        "officer", "group_director", "group_registry", "deputy", "director", "registry",
        "colleague", "principal0", "clerk0", "principal1", "clerk1",
    }  # fmt: skip


def test_draft_is_found_by_its_drafter_alone(world: World) -> None:
    draft(world, subject="ขออนุญาตใช้อาคาร")

    assert finders(world, "อนุญาต") == {"officer"}


def test_submitted_letter_is_found_by_those_who_have_it(world: World) -> None:
    submitted(world, subject="ขออนุญาตใช้อาคาร")

    assert finders(world, "อนุญาต") == {
        "officer", "group_director", "group_registry", "deputy", "director", "registry",
    }  # fmt: skip


@pytest.mark.parametrize("secrecy", [Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_secret_letter_is_in_no_index(world: World, secrecy: str) -> None:
    letter = dispatched(world, subject="สอบวินัยร้ายแรง", secrecy=secrecy)
    deliveries.register(delivery=delivery(letter, world.schools[0]), actor=world.principals[0])

    assert finders(world, "วินัย") == set()
    assert finders(world, letter.number_text) == set()
    assert finders(world, letter.number_text, "circulars.entries") == set()
    assert not Document.objects.filter(source__startswith="circulars").exists()


def test_letter_that_becomes_secret_leaves_the_index(world: World) -> None:
    letter = draft(world, subject="สอบวินัยร้ายแรง")
    assert found(world.officer, "วินัย") == [letter.pk]
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.SECRET)

    assert found(world.officer, "วินัย") == []
    assert not Document.objects.filter(source="circulars.letters").exists()


def test_page_leaves_out_a_letter_that_is_secret_since_a_moment(
    world: World, browse: Browse
) -> None:
    letter = draft(world, subject="สอบวินัยร้ายแรง")
    service.index_pending()
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.SECRET)

    page = browse(world.officer).get("/search/", {"q": "วินัย"}).content.decode()
    assert "ร้ายแรง" not in page


def test_letter_of_somebody_who_sees_much_is_asked_for_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.search.finding.FEW", 1)
    first, second = (dispatched(world, to=world.schools[:1]) for _one in range(2))
    draft(world)

    assert found(world.clerks[0], "ประชุม") == [second.pk, first.pk]
    assert found(world.clerks[1], "ประชุม") == []
    assert found(world.director, "ประชุม") == [second.pk, first.pk]


def test_newest_hit_in_a_subject_comes_before_hits_in_texts(world: World) -> None:
    old = draft(world, subject="งบประมาณปีก่อน")
    new = draft(world, subject="งบประมาณปีนี้")
    newest = draft(world, subject="อื่น ๆ", body="<p>รายการงบประมาณ</p>")

    assert found(world.officer, "งบประมาณ") == [new.pk, old.pk, newest.pk]


def test_words_may_stand_in_subject_body_and_attachment(world: World, run_deferred) -> None:
    letter = draft(world, subject="ส่งแบบสำรวจ", body="<p>ภายในวันศุกร์</p>")
    file = some_file(world.office, "plan.txt", "แผนที่ตั้งโรงเรียน".encode())
    letter.attachments.create(file=file, title="แผนผัง")
    BlobText.objects.create(blob=file.blob, text="แผนที่ตั้งโรงเรียน")

    assert found(world.officer, "สำรวจ ศุกร์ ที่ตั้ง แผนผัง") == [letter.pk]
    assert found(world.officer, "สำรวจ ศุกร์ ที่ตั้ง พฤหัส") == []


@pytest.mark.parametrize("typed", ["๐๔๑๐๘/ว ๑", "04108/ว1", "ศธ 04108/ว 1", "ศธ๐๔๑๐๘/ว๑"])
def test_letter_is_found_by_its_number_in_either_digits(world: World, typed: str) -> None:
    letter = dispatched(world)

    assert letter.number_text == "ศธ 04108/ว 1"
    assert found(world.officer, typed) == [letter.pk]


def test_changed_words_are_followed(world: World) -> None:
    letter = draft(world, subject="เดิม")
    assert found(world.officer, "เดิม") == [letter.pk]
    letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, subject="แก้ไขแล้ว"
    )

    assert (found(world.officer, "เดิม"), found(world.officer, "แก้ไข")) == ([], [letter.pk])


def test_discarded_draft_is_no_longer_found(world: World) -> None:
    letter = draft(world, subject="ไม่ใช้แล้ว")
    assert found(world.officer, "ไม่ใช้") == [letter.pk]
    letters.discard(letter=letter, actor=world.officer)

    assert found(world.officer, "ไม่ใช้") == []


def test_filters_narrow_letters(world: World) -> None:
    letter = dispatched(world, to=world.schools[:1], speed=Speed.URGENT)
    sender, receiver, other = world.group.pk, world.schools[0].pk, world.schools[1].pk

    def narrowed(*labels: str) -> bool:
        return found(world.director, "ประชุม", "circulars.letters", *labels) == [letter.pk]

    assert narrowed("speed=urgent", f"sender={sender}", f"unit={receiver}", "kind=circular")
    assert narrowed(f"person={world.director.pk}")
    assert [
        label
        for label in ("speed=ordinary", f"sender={receiver}", f"unit={other}", "kind=letter",
                      "year=2400", f"person={world.registry.pk}")
        if narrowed(label)
    ] == []  # fmt: skip


def test_letter_handed_to_somebody_went_through_their_hands(world: World) -> None:
    teacher = person(Role.TEACHER, world.schools[0])
    letter = dispatched(world, to=world.schools[:1])
    assert found(teacher, "ประชุม") == []
    deliveries.forward(
        delivery=delivery(letter, world.schools[0]), actor=world.clerks[0], person=teacher, note=""
    )

    fresh = User.objects.get(pk=teacher.pk)
    assert found(fresh, "ประชุม", "circulars.letters", f"person={teacher.pk}") == [letter.pk]


def test_line_of_a_register_is_found_by_its_registry_alone(world: World) -> None:
    letter = dispatched(world, to=world.schools[:2])
    line = deliveries.register(
        delivery=delivery(letter, world.schools[0]), actor=world.clerks[0], note="ด่วนพิเศษ"
    ).entry

    assert finders(world, "ด่วนพิเศษ", "circulars.entries") == {"principal0", "clerk0"}
    typed = f"{line.number}/{line.register.year}"
    assert line.pk in found(world.clerks[0], typed, "circulars.entries")


def test_search_page_says_where_the_words_stand(world: World, browse: Browse) -> None:
    letter = draft(world, subject="ส่งแบบสำรวจ", body="<p>ภายในวัน<b>ศุกร์</b> & เสาร์</p>")
    file = some_file(world.office, "plan.pdf", b"%PDF-1.7\n")
    letter.attachments.create(file=file, title="แผนผัง")
    file.blob.read_state, file.blob.read_confidence = "scanned", 87
    file.blob.save()
    BlobText.objects.create(blob=file.blob, text="ที่ตั้ง โรงเรียน ๑๒ แห่ง")
    service.index_pending()

    page = (
        browse(world.officer)
        .get("/search/", {"q": "ศุกร์ 12", "in": "circulars.letters"})
        .content.decode()
    )

    assert "ภายในวัน<mark>ศุกร์</mark> &amp; เสาร์" in page
    assert "In “แผนผัง”, read from a scan, 87 % sure:" in page
    assert "โรงเรียน <mark>๑๒</mark> แห่ง" in page
    assert f'href="/circulars/{letter.pk}/"' in page


def test_recipient_is_led_to_their_own_copy(world: World, browse: Browse) -> None:
    letter = dispatched(world, to=world.schools[:1])
    service.index_pending()

    page = browse(world.clerks[0]).get("/search/", {"q": "ประชุมผู้บริหาร"}).content.decode()
    assert f'href="/circulars/received/{letter.pk}/"' in page


@pytest.mark.parametrize(("count", "queries"), [(1, 17), (30, 16)])
def test_search_page_asks_no_more_for_many_hits_than_for_one(
    world: World, browse: Browse, django_assert_num_queries, count: int, queries: int
) -> None:
    for _one in range(count):
        draft(world)
    service.index_pending()
    client = browse(world.officer)
    client.get("/search/", {"q": "ประชุม", "in": "circulars.letters"})

    with django_assert_num_queries(queries):  # texts are not asked once subjects fill the page
        page = client.get("/search/", {"q": "ประชุม", "in": "circulars.letters"})
    assert page.content.decode().count('class="search-hit"') == min(count, 20)


def test_pages_follow_one_another_without_gap_or_double(world: World, browse: Browse) -> None:
    pks = {draft(world, subject=f"เรื่องที่ {n}", body="<p>ประชุม</p>").pk for n in range(45)}
    service.index_pending()
    client, seen = browse(world.officer), []
    for number in ("", "2", "3"):
        page = client.get(
            "/search/", {"q": "ประชุม", "in": "circulars.letters", "cursor": number}
        ).content.decode()
        seen += [pk for pk in pks if f'href="/circulars/{pk}/"' in page]

    assert sorted(seen) == sorted(pks)


def test_rebuild_writes_what_is_missing_and_drops_what_is_gone(world: World, capsys) -> None:
    letter = draft(world, subject="สร้างใหม่")
    Pending.objects.all().delete()
    Document.objects.create(source="circulars.letters", object_id=0, title="x", text="x")
    Document.objects.create(source="no.such", object_id=1, title="x", text="x")
    call_command("search_rebuild", "circulars.letters")

    assert found(world.officer, "สร้างใหม่") == [letter.pk]
    assert set(Document.objects.values_list("source", "object_id")) == {
        ("circulars.letters", letter.pk)
    }
    assert capsys.readouterr().out.startswith("circulars.letters: 1 (")


def test_line_without_letter_leads_to_its_book(world: World, browse: Browse) -> None:
    letter = ready(world)
    RegisterEntry.objects.filter(pk=letter.entry_id).update(note="เล่มเก่า")
    Letter.objects.filter(pk=letter.pk).update(entry=None, state="draft")
    service.index_pending()
    line = RegisterEntry.objects.get(pk=letter.entry_id)

    page = browse(world.registry).get("/search/", {"q": "เล่มเก่า"}).content.decode()
    assert f'href="/circulars/registers/{line.register_id}/?q={line.reference}' in page


def test_office_without_letters_finds_nothing(world: World) -> None:
    dispatched(world)

    assert found(person(Role.DIRECTOR, office=OfficeFactory()), "ประชุม") == []


def test_parts_of_what_is_seen_are_all_of_it(world: World) -> None:
    """The search asks for the reasons one by one; nobody sees more or less by that."""
    submitted(world)
    ready(world)
    dispatched(world, to=world.schools[:1], secrecy=Secrecy.SECRET)
    draft(world)

    def both(user: User) -> tuple[set[int], set[int]]:
        whole = set(Letter.objects.visible_to(user).values_list("pk", flat=True))
        parts = (part.values_list("pk", flat=True) for part in Letter.objects.seen_by_reason(user))
        return whole, {pk for part in parts for pk in part}

    seen = {name: both(user) for name, user in everybody(world).items()}
    assert [name for name, (whole, parts) in seen.items() if whole != parts] == []
    assert max(len(whole) for whole, _parts in seen.values()) == 4


@pytest.mark.parametrize("address", ["/circulars/drafts/", "/circulars/inbox/"])
def test_lists_find_the_words_of_texts_as_well(world: World, browse: Browse, address: str) -> None:
    if "inbox" in address:
        dispatched(world, to=world.schools[:1], body="<p>แบบสำรวจการสื่อสาร</p>")
        reader = world.clerks[0]
    else:
        draft(world, body="<p>แบบสำรวจการสื่อสาร</p>")
        reader = world.officer
    service.index_pending()
    client = browse(reader)

    def rows(typed: str) -> int:
        return client.get(address, {"q": typed}).content.decode().count('class="row-link"')

    assert (rows("สํารวจ"), rows("ไม่มีคำนี้")) == (1, 0)

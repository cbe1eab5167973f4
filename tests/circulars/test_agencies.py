"""The directory of agencies outside: reading, correcting, merging."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from circulars.models import Letter, Recipient
from circulars.services import agencies, outside, paper
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World, make_world

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db

LIST = reverse("circulars:agencies")


@pytest.fixture
def world() -> World:
    return make_world(schools=1)


def agency(world: World, name: str, **facts: str) -> Unit:
    return outside.agency(office=world.office, name=name, actor=world.registry, **facts)


def letter_from(world: World, sender: str, reference: str = "1") -> Letter:
    return paper.take_in(
        unit=central_registry(world.office), actor=world.registry, sender=sender, subject="x",
        reference=reference, dated=date(2026, 11, 2),
    ).delivery.letter  # fmt: skip


def posted(unit: Unit, **facts: str) -> dict[str, str]:
    return {name: getattr(unit, name) for name in agencies.FACTS} | facts


def test_list_is_in_the_order_of_the_dictionary(world: World, browse: Browse) -> None:
    for name in ("แขวงทางหลวง", "กรมอุตุนิยมวิทยา", "เทศบาลตำบล"):
        agency(world, name)
    agency(make_world(schools=0), "ของสำนักงานอื่น")

    page = browse(world.registry).get(LIST).context["page"]

    assert [row.name for row in page] == ["กรมอุตุนิยมวิทยา", "แขวงทางหลวง", "เทศบาลตำบล"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("สพฐ", ["สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"]),
        ("04002", ["สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"]),
        ("๐๔๐๐๒", ["สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"]),
        ("เขต 3", ["สถานีตำรวจ เขต ๓"]),
        ("การศึกษา สำนักงาน", ["สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"]),
        ("ไม่มี", []),
    ],
)
def test_search_finds_name_short_name_and_code(
    world: World, browse: Browse, words: str, found: list[str]
) -> None:
    agency(world, "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน", short_name="สพฐ.", letter_code="ศธ 04002")
    agency(world, "สถานีตำรวจ เขต ๓")

    page = browse(world.registry).get(LIST, {"q": words}).context["page"]

    assert [row.name for row in page] == found


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_however_long_it_is(
    world: World, browse: Browse, rows: int, django_assert_num_queries: Callable
) -> None:
    for number in range(rows):
        agency(world, f"หน่วยงาน {number}")
    page = browse(world.registry)
    page.get(LIST)

    with django_assert_num_queries(9):
        page.get(LIST)


def test_who_reads_and_who_keeps_the_directory(world: World, browse: Browse) -> None:
    row = agency(world, "สพฐ.")
    everybody = {
        "registry": world.registry, "group_registry": world.group_registry,
        "group_director": world.group_director, "officer": world.officer,
        "director": world.director, "clerk": world.clerks[0], "principal": world.principals[0],
        "auditor": person(Role.AUDITOR, office=world.office),
    }  # fmt: skip
    address = reverse("circulars:agency", args=[row.pk])

    reads = {name for name, user in everybody.items() if browse(user).get(LIST).status_code == 200}
    keeps = {
        name
        for name, user in everybody.items()
        if browse(user).post(address, posted(row, phone="1")).status_code == 302
    }

    assert reads == {
        "registry", "group_registry", "group_director", "clerk", "principal",
    }  # fmt: skip
    assert keeps == {"registry", "group_registry"}
    shown = browse(world.clerks[0]).get(address).content.decode()
    assert "<dd>1</dd>" in shown
    assert "id_letter_code" not in shown


def test_agency_of_another_office_is_not_there(world: World, browse: Browse) -> None:
    other = make_world(schools=0)
    theirs = agency(other, "สพฐ.")

    assert (
        browse(world.registry).get(reverse("circulars:agency", args=[theirs.pk])).status_code
        == 404
    )
    for act in (agencies.change_agency, agencies.merge_agencies):
        with pytest.raises(NotAllowed):
            act(
                agency=theirs,
                actor=world.registry,
                **(
                    {"into": agency(world, "ก")}
                    if act is agencies.merge_agencies
                    else {"phone": "1"}
                ),
            )  # type: ignore[operator]
    assert list(agencies.directory(world.officer)) == []


def test_correcting_is_recorded_and_printed_words_stay(world: World, browse: Browse) -> None:
    letter = letter_from(world, "สำนักงานศึกษาธิการ")
    row = letter.unit
    facts = {
        "name": "สำนักงานศึกษาธิการจังหวัด", "short_name": "ศธจ.", "letter_code": "ศธ 0274",
        "email": "saraban@example.com", "phone": "0 7461 0000",
    }  # fmt: skip

    browse(world.registry).post(reverse("circulars:agency", args=[row.pk]), facts)

    row.refresh_from_db()
    assert {name: getattr(row, name) for name in facts} == facts
    assert letter.deliveries.get().entry.sender == "สำนักงานศึกษาธิการ"  # type: ignore[union-attr]
    recorded = AuditRow.objects.get(action="agency.change")
    assert (recorded.actor_id, recorded.data) == (world.registry.pk, {"fields": sorted(facts)})


def test_correcting_nothing_records_nothing(world: World) -> None:
    row = agency(world, "สพฐ.")
    agencies.change_agency(agency=row, actor=world.registry, name=" สพฐ. ")

    assert not AuditRow.objects.filter(action="agency.change").exists()
    with pytest.raises(TypeError):
        agencies.change_agency(agency=row, actor=world.registry, kind="school")


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        (
            {"name": "กรมที่ดิน"}, "name",
            "Another agency has this name already. Merge the two instead.",
        ),
        ({"name": ""}, "name", "This field is required."),
        ({"email": "saraban"}, "email", "Enter a valid email address."),
    ],
)  # fmt: skip
def test_wrong_facts_are_said_beside_their_field(
    world: World, browse: Browse, facts: dict[str, str], field: str, message: str
) -> None:
    agency(world, "กรมที่ดิน")
    row = agency(world, "สพฐ.")

    answer = browse(world.registry).post(
        reverse("circulars:agency", args=[row.pk]), posted(row, **facts)
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    with pytest.raises(InvalidInput):
        agencies.change_agency(agency=row, actor=world.registry, name=" ")


def test_merging_moves_letters_and_drafts_and_keeps_the_name_working(
    world: World, browse: Browse
) -> None:
    first, second = letter_from(world, "สพฐ."), letter_from(world, "สนง.คณะกรรมการ", "2")
    wrong, right = second.unit, first.unit
    Unit.objects.filter(pk=wrong.pk).update(phone="0 2000 0000", email="a@example.com")
    Unit.objects.filter(pk=right.pk).update(phone="0 2288 0000")
    both, one = make.draft(world), make.draft(world)
    Recipient.objects.bulk_create(
        [Recipient(letter=both, unit=wrong), Recipient(letter=both, unit=right)]
    )
    Recipient.objects.create(letter=one, unit=wrong)

    answer = browse(world.registry).post(
        reverse("circulars:agency_merge", args=[wrong.pk]), {"into": "สพฐ."}
    )

    assert answer["Location"] == reverse("circulars:agency", args=[right.pk])
    assert set(Letter.objects.filter(unit=right)) == {first, second}
    assert agencies.letter_count(right) == 2
    right.refresh_from_db()
    assert (right.phone, right.email) == ("0 2288 0000", "a@example.com")
    for letter in (both, one):
        assert letter.recipients.filter(unit__in=[wrong, right]).get().unit == right
    assert outside.known_agency(office=world.office, name="สนง.คณะกรรมการ") == right
    assert letter_from(world, "สนง.คณะกรรมการ", "3").unit == right
    assert [row.name for row in agencies.directory(world.registry)] == ["สพฐ."]
    recorded = AuditRow.objects.get(action="agency.merge")
    assert recorded.data == {"into": right.pk, "letters": 1}


def test_merging_twice_leads_to_the_last(world: World) -> None:
    first, second, third = (agency(world, name) for name in ("ก", "ข", "ค"))
    agencies.merge_agencies(agency=first, into=second, actor=world.registry)
    agencies.merge_agencies(agency=second, into=third, actor=world.registry)

    assert outside.known_agency(office=world.office, name="ก") == third
    with pytest.raises(StaleAction):
        agencies.merge_agencies(agency=first, into=third, actor=world.registry)
    with pytest.raises(StaleAction):
        agencies.change_agency(agency=first, actor=world.registry, phone="1")


@pytest.mark.parametrize(
    ("into", "message"),
    [
        ("ไม่มีชื่อนี้", "There is no agency of this name."),
        ("สพฐ.", "Choose another agency than this one."),
        ("", "This field is required."),
    ],
)
def test_merging_with_nothing_is_refused(
    world: World, browse: Browse, into: str, message: str
) -> None:
    row = agency(world, "สพฐ.")

    answer = browse(world.registry).post(
        reverse("circulars:agency_merge", args=[row.pk]), {"into": into}
    )

    assert answer.status_code == 422
    assert answer.context["merge_form"].errors == {"into": [message]}


def test_only_registries_merge(world: World, browse: Browse) -> None:
    row, other = agency(world, "สพฐ."), agency(world, "กรม")
    address = reverse("circulars:agency_merge", args=[row.pk])

    assert browse(world.clerks[0]).post(address, {"into": "กรม"}).status_code == 404
    with pytest.raises(NotAllowed):
        agencies.merge_agencies(agency=row, into=other, actor=world.director)


def test_short_name_means_the_agency_that_alone_has_it(world: World) -> None:
    one = agency(world, "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน", short_name="สพฐ.")
    assert agency(world, "สพฐ.") == one

    agency(world, "สำนักงานสอง", short_name="สพฐ.")
    assert agency(world, "สพฐ.").name == "สพฐ."
    assert outside.known_agency(office=world.office, name="") is None

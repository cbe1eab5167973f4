"""The directory, schools, phone book and committees: exact visible sets, exact query counts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import AuditRow
from portal.core.registry import menu_entries, school_panels
from portal.org.enums import OFFICE_KINDS, ActingKind, Role, SchoolSize
from portal.org.models import Membership, Office, Unit
from portal.org.querysets import today
from portal.users.models import User
from tests.factories import (
    CommitteeFactory,
    CommitteeMemberFactory,
    ExecutiveUnitFactory,
    GroupFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeFactory,
    PhoneLineFactory,
    SchoolFactory,
    SectionFactory,
    UserFactory,
    acting,
    person,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = ("directory", "schools", "phone_book", "committees")


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


@pytest.fixture
def reader(office: Office, client: Client) -> User:
    """An officer of the office, signed in."""
    user = person(Role.OFFICER, office=office, first_name="ผู้อ่าน", phone="08 0000 0001")
    client.force_login(user)
    return user


def context_of(client: Client, page: str, *args: object, **query: str) -> Any:
    response = client.get(reverse(f"org:{page}", args=args), query)
    assert response.status_code == 200
    return response.context


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", Role)
def test_every_role_opens_the_pages(client: Client, office: Office, role: Role, page: str) -> None:
    client.force_login(person(role, office=office))
    context_of(client, page)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_closed_to_people_without_a_post(client: Client, page: str) -> None:
    gone = person(Role.OFFICER)
    gone.memberships.update(ends_on=today() - DAY)
    root = UserFactory(office=None, is_superuser=True)
    statuses = []
    for user in (person(None), gone, root):
        client.force_login(user)
        statuses.append(client.get(reverse(f"org:{page}")).status_code)
    assert statuses == [404, 404, 404]


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_visitors_to_sign_in(client: Client, page: str) -> None:
    response = client.get(reverse(f"org:{page}"))
    assert (response.status_code, response["Location"].startswith("/accounts/")) == (302, True)


def test_a_denial_is_in_the_audit(client: Client) -> None:
    client.force_login(person(None))
    client.get(reverse("org:directory"))
    assert AuditRow.objects.filter(action__contains="denied").count() == 1


def test_the_directory_shows_todays_staff_of_the_own_office(
    client: Client, office: Office, reader: User
) -> None:
    head = person(Role.DIRECTOR, office=office)
    group = reader.memberships.get().unit
    section = SectionFactory(office=office, parent=group)
    member = person(Role.OFFICER, section)
    hidden = [
        person(Role.OFFICER),
        person(Role.TEACHER, office=office),
        person(Role.OFFICER, office=office, is_active=False),
        person(Role.OFFICER, GroupFactory(office=office, closed_on=today() - DAY)),
    ]
    for days in ({"ends_on": today() - DAY}, {"starts_on": today() + DAY}):
        hidden.append(person(Role.OFFICER, group))
        hidden[-1].memberships.update(**days)
    staff = context_of(client, "directory")["staff"]
    shown = {entry.unit: [post.person for post in entry.posts] for entry in staff}
    open_units = Unit.objects.open().filter(office=office, kind__in=OFFICE_KINDS)
    assert set(shown) == set(open_units)
    assert {unit: people for unit, people in shown.items() if people} == {
        ExecutiveUnitFactory(office=office): [head],
        group: [reader],
        section: [member],
    }
    assert len(hidden) == 6


def test_sections_stand_below_their_group(client: Client, office: Office, reader: User) -> None:
    first, last = GroupFactory(office=office, position=1), GroupFactory(office=office, position=9)
    section = SectionFactory(office=office, parent=first, position=99)
    orphan = SectionFactory(
        office=office, parent=GroupFactory(office=office, closed_on=date(2020, 1, 1))
    )
    units = [entry.unit for entry in context_of(client, "directory")["staff"]]
    assert units.index(section) == units.index(first) + 1
    assert units.index(last) > units.index(section)
    assert units[-1] == orphan


def test_the_highest_position_stands_first(client: Client, reader: User) -> None:
    group = reader.memberships.get().unit
    for rank, name in ((50, "ข"), (10, "ค"), (50, "ก")):
        MembershipFactory(unit=group, position__rank=rank, person__first_name=name)
    (entry,) = [e for e in context_of(client, "directory")["staff"] if e.unit == group]
    assert [post.person.first_name for post in entry.posts] == ["ค", "ก", "ข", "ผู้อ่าน"]


def test_who_acts_stands_below_the_post_holder(
    client: Client, office: Office, reader: User
) -> None:
    director = person(Role.DIRECTOR, office=office)
    stand_in = acting(reader, director.memberships.get(), kind=ActingKind.IN_PLACE)
    acting(reader, director.memberships.get(), starts_on=today() + DAY, ends_on=today() + DAY)
    other = person(Role.DIRECTOR)
    acting(UserFactory(office=other.office), other.memberships.get())
    context = context_of(client, "directory")
    assert context["acting"] == {director.memberships.get().pk: [stand_in]}


SEARCHES = [
    ("สมชาย", {"somchai"}),
    ("มชา", {"somchai"}),
    ("สมชาย ใจดี", {"somchai"}),
    ("ใจ", {"somchai", "somsri"}),
    ("สมชาย สมศรี", set()),
    ("ผู้อำนวยการโรงเรียน", {"somsri"}),
    ("บ้านพน", {"somsri"}),
    ("0812345", {"somchai"}),
    ("๐๘๑-๒๓๔", {"somchai"}),
    ("08", set()),
    ("ชำนาญ", {"somchai"}),
    ("%", set()),
    ("เเผน", {"somchai"}),
]


@pytest.mark.parametrize(("query", "expected"), SEARCHES)
def test_people_are_found_by_part(
    client: Client, office: Office, reader: User, query: str, expected: set[str]
) -> None:
    # The numbers in made-up names would be found as well.
    User.objects.filter(pk=reader.pk).update(first_name="วันดี", last_name="มีสุข")
    group = GroupFactory(office=office, name="กลุ่มแผน")
    person(
        Role.OFFICER, group, username="somchai", first_name="สมชาย", last_name="ใจดี",
        phone="081-234-5678", position="นักวิเคราะห์ชำนาญการ",
    )  # fmt: skip
    school = SchoolFactory(office=office, name="โรงเรียนบ้านพน").unit
    principal = person(
        Role.PRINCIPAL, school, username="somsri", first_name="สมศรี", last_name="ใจเย็น"
    )
    head = principal.memberships.get().position
    head.title, head.names_unit = "ผู้อำนวยการ", True
    head.save()
    person(Role.OFFICER, first_name="สมชาย", last_name="ใจดี", username="stranger")
    page = context_of(client, "directory", q=query)["page"]
    assert {post.person.username for post in page} == expected


@pytest.mark.parametrize("page", ["directory", "schools", "phone_book", "committees"])
def test_lists_cost_the_same_with_more_rows(
    client: Client,
    office: Office,
    reader: User,
    own_menu: None,
    django_assert_num_queries: Callable[..., Any],
    page: str,
) -> None:
    numbers = {"directory": 5, "schools": 7, "phone_book": 5, "committees": 4}
    for count in (1, 29):
        for _row in range(count):
            school = SchoolFactory(office=office, network=NetworkFactory(office=office)).unit
            person(Role.PRINCIPAL, school, phone="08 0000 0002")
            PhoneLineFactory(office=office, unit=GroupFactory(office=office))
            MembershipFactory(unit=reader.memberships.get().unit, person__phone="08 0000 0003")
            CommitteeFactory(office=office)
        with django_assert_num_queries(BASE_QUERIES + numbers[page]):
            client.get(reverse(f"org:{page}"))


BASE_QUERIES = 1
"""The person; the session is in the cache."""


def test_the_search_costs_the_same_with_more_rows(
    client: Client, reader: User, own_menu: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    group = reader.memberships.get().unit
    for count in (1, 29):
        for _row in range(count):
            MembershipFactory(unit=group)
        with django_assert_num_queries(BASE_QUERIES + 4):
            client.get(reverse("org:directory"), {"q": "ทดสอบ"})


def test_a_units_page_shows_its_people_lines_and_sections(
    client: Client, office: Office, reader: User
) -> None:
    group = reader.memberships.get().unit
    section = SectionFactory(office=office, parent=group)
    SectionFactory(office=office, parent=group, closed_on=date(2020, 1, 1))
    line = PhoneLineFactory(office=office, unit=group, is_public=False)
    PhoneLineFactory(office=office)
    gone = person(Role.OFFICER, group)
    gone.memberships.update(ends_on=today() - DAY)
    context = context_of(client, "unit", group.pk)
    assert [post.person for post in context["posts"]] == [reader]
    assert (list(context["lines"]), list(context["sections"])) == ([line], [section])


def test_a_closed_school_says_who_continues(client: Client, office: Office, reader: User) -> None:
    target = SchoolFactory(office=office).unit
    school = SchoolFactory(
        office=office, unit__closed_on=date(2025, 9, 30), unit__merged_into=target
    ).unit
    response = client.get(reverse("org:unit", args=[school.pk]))
    text = response.content.decode()
    assert ("30 ก.ย. 2568" in text, reverse("org:unit", args=[target.pk]) in text) == (True, True)


class Panel:
    """What an app shows on the page of some schools."""

    code = "tests.panel"
    order = 1
    title = "Pupils"
    template = "org/_span.html"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def context(self, user: User, unit: Unit) -> dict[str, Any] | None:
        return {"row": Membership(starts_on=date(2026, 5, 16))} if unit == self.unit else None


def test_apps_show_their_panels_on_a_schools_page(
    client: Client, office: Office, reader: User
) -> None:
    school, other = SchoolFactory(office=office).unit, SchoolFactory(office=office).unit
    school_panels.register(Panel(school))
    try:
        shown = [
            [panel["title"] for panel in context_of(client, "unit", unit.pk)["panels"]]
            for unit in (school, other, reader.memberships.get().unit)
        ]
    finally:
        school_panels.unregister(Panel.code)
    assert [panels.count("Pupils") for panels in shown] == [1, 0, 0]


def test_a_persons_page_tells_now_later_and_before(
    client: Client, office: Office, reader: User
) -> None:
    user = person(Role.OFFICER, office=office)
    now = user.memberships.get()
    later, before = (
        MembershipFactory(person=user, unit=GroupFactory(office=office), **days)
        for days in (
            {"starts_on": today() + DAY},
            {"starts_on": date(2015, 1, 1), "ends_on": date(2019, 12, 31)},
        )
    )
    director = person(Role.DIRECTOR, office=office).memberships.get()
    stands_in = acting(user, director)
    acting(user, director, starts_on=today() - 9 * DAY, ends_on=today() - 8 * DAY)
    seat = CommitteeMemberFactory(committee__office=office, person=user)
    CommitteeMemberFactory(
        committee__office=office, committee__ends_on=date(2021, 1, 1), person=user
    )
    context = context_of(client, "person", user.pk)
    found = {name: context[name] for name in ("posts", "coming", "past", "actings", "seats")}
    assert found == {
        "posts": [now],
        "coming": [later],
        "past": [before],
        "actings": [stands_in],
        "seats": [seat],
    }


def test_somebody_who_left_can_still_be_looked_up(
    client: Client, office: Office, reader: User
) -> None:
    gone = person(Role.OFFICER, office=office, is_active=False)
    gone.memberships.update(ends_on=today() - DAY)
    context = context_of(client, "person", gone.pk)
    assert (context["posts"], context["past"]) == ([], [gone.memberships.get()])


def test_another_offices_pages_do_not_exist(client: Client, reader: User) -> None:
    other = person(Role.OFFICER)
    committee = CommitteeFactory(office=other.office)
    pages = [
        ("person", other.pk),
        ("unit", other.memberships.get().unit_id),
        ("committee", committee.pk),
    ]
    assert [client.get(reverse(f"org:{n}", args=[pk])).status_code for n, pk in pages] == [404] * 3


def test_only_reading_is_offered(client: Client, reader: User) -> None:
    statuses = {client.post(reverse(f"org:{page}")).status_code for page in PAGES}
    assert statuses == {405}


@pytest.fixture
def schools(office: Office) -> dict[str, Any]:
    network = NetworkFactory(office=office, name="สองเกาะ")
    rows = {
        "a": SchoolFactory(office=office, name="โรงเรียนเกาะ", amphoe="ปากพะยูน", network=network),
        "b": SchoolFactory(
            office=office, name="โรงเรียนขนุน", amphoe="กงหรา", size=SchoolSize.SMALL
        ),
        "c": SchoolFactory(office=office, name="โรงเรียนกาหลง", amphoe="กงหรา", level="มัธยม"),
        "closed": SchoolFactory(office=office, unit__closed_on=today() - DAY),
        "elsewhere": SchoolFactory(amphoe="กงหรา"),
    }
    return {row: name for name, row in rows.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["c", "a", "b"]),
        ({"sort": "-name"}, ["b", "a", "c"]),
        ({"sort": "amphoe"}, ["c", "b", "a"]),
        ({"sort": "nonsense"}, ["c", "a", "b"]),
        ({"q": "ขนุน"}, ["b"]),
        ({"amphoe": "กงหรา"}, ["c", "b"]),
        ({"level": "มัธยม"}, ["c"]),
        ({"size": "small"}, ["b"]),
        ({"state": "closed"}, ["closed"]),
    ],
)
def test_schools_are_filtered_and_sorted(
    client: Client,
    reader: User,
    schools: dict[Any, str],
    query: dict[str, str],
    expected: list[str],
) -> None:
    context = context_of(client, "schools", **query)
    assert [schools[school] for school in context["page"]] == expected
    assert context["count"] == len(expected)


def test_schools_are_found_by_network_and_code(
    client: Client, reader: User, schools: dict[Any, str]
) -> None:
    (island,) = [school for school, name in schools.items() if name == "a"]
    for query in ({"network": str(island.network_id)}, {"q": island.smis_code}):
        assert list(context_of(client, "schools", **query)["page"]) == [island]


def test_the_choices_of_the_filter_are_the_offices_own(
    client: Client, office: Office, reader: User, schools: dict[Any, str]
) -> None:
    hidden = NetworkFactory()
    SchoolFactory(office=hidden.office, amphoe="ลับ", level="ลับ", network=hidden)
    form = context_of(client, "schools")["filter"].form
    choices = {
        name: {str(value) for value, _label in form.fields[name].choices if value}
        for name in ("amphoe", "level", "network")
    }
    assert choices == {
        "amphoe": {"ปากพะยูน", "กงหรา", "เมืองทดสอบ"},
        "level": {"อนุบาล-ประถมศึกษา", "มัธยม"},
        "network": {str(network.pk) for network in office.networks.all()},
    }


def numbers_of(context: Any) -> dict[str, set[str]]:
    """What the phone book shows, by kind."""
    found: dict[str, set[str]] = {"units": set(), "lines": set(), "people": set()}
    for entry in context["entries"]:
        if entry.unit is not None and entry.unit.phone:
            found["units"].add(entry.unit.phone)
        found["lines"] |= {line.number for line in entry.lines}
        found["people"] |= {post.person.phone for post in entry.posts}
    return found


@pytest.fixture
def phones(office: Office) -> None:
    """Lines and numbers of the office, and some that must not show."""
    group = GroupFactory(office=office, phone="1000", name="กลุ่มแผน")
    GroupFactory(office=office, phone="1001", closed_on=today() - DAY)
    GroupFactory(phone="1002")
    PhoneLineFactory(office=office, number="2000", label="กลาง")
    PhoneLineFactory(office=office, number="2001", unit=group, is_public=False)
    PhoneLineFactory(office=office, number="2002", unit=Unit.objects.get(phone="1001"))
    PhoneLineFactory(number="2003")
    person(Role.DIRECTOR, office=office, phone="3000", phone_is_public=True)
    person(Role.OFFICER, group, phone="3001")
    person(Role.TEACHER, office=office, phone="3002", phone_is_public=True)
    person(Role.OFFICER, office=office, phone="3003", phone_is_public=True, is_active=False)
    person(Role.OFFICER, phone="3004", phone_is_public=True)
    gone = person(Role.OFFICER, office=office, phone="3005", phone_is_public=True)
    gone.memberships.update(ends_on=today() - DAY)
    person(Role.OFFICER, office=office)


def test_the_internal_phone_book_has_all_numbers_of_the_own_office(
    client: Client, office: Office, reader: User, phones: None
) -> None:
    assert numbers_of(context_of(client, "phone_book")) == {
        "units": {"1000"},
        "lines": {"2000", "2001"},
        "people": {"08 0000 0001", "3000", "3001", "3002"},
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("แผน", {"1000", "2001", "3001"}),
        ("กลาง", {"2000"}),
        ("300", {"1000", "3000", "3001", "3002"}),
        ("๓๐๐๑", {"1000", "3001"}),
        ("08-0000", {"08 0000 0001"}),
        ("ไม่มีใคร", set()),
    ],
)
def test_numbers_are_found_by_part(
    client: Client, reader: User, phones: None, query: str, expected: set[str]
) -> None:
    found = numbers_of(context_of(client, "phone_book", q=query))
    assert set().union(*found.values()) == expected


def test_a_person_with_two_posts_in_a_unit_stands_there_once(client: Client, reader: User) -> None:
    unit = reader.memberships.get().unit
    MembershipFactory(person=reader, unit=unit, role=Role.PR_OFFICER)
    (entry,) = context_of(client, "phone_book")["entries"]
    assert [post.person for post in entry.posts] == [reader]


def test_the_office_stands_first_and_schools_last(
    client: Client, office: Office, reader: User
) -> None:
    school = SchoolFactory(office=office, unit__phone="1", unit__position=0).unit
    group = GroupFactory(office=office, phone="2", position=50)
    PhoneLineFactory(office=office)
    units = [entry.unit for entry in context_of(client, "phone_book")["entries"]]
    assert units == [None, reader.memberships.get().unit, group, school]


def test_committees_are_the_own_offices_by_term(
    client: Client, office: Office, reader: User
) -> None:
    running = CommitteeFactory(office=office, name="ก")
    last_day = CommitteeFactory(office=office, name="ข", ends_on=today())
    over = CommitteeFactory(office=office, ends_on=today() - DAY)
    CommitteeFactory()
    CommitteeMemberFactory(committee=running)
    context = context_of(client, "committees")
    assert list(context["running"]) == [running, last_day]
    assert list(context["over"]) == [over]
    assert [row.seats for row in context["running"]] == [1, 0]


def test_a_committees_seats_stand_in_order(client: Client, office: Office, reader: User) -> None:
    committee = CommitteeFactory(office=office, ends_on=today() - DAY)
    second = CommitteeMemberFactory(committee=committee, position=2)
    outside = CommitteeMemberFactory(
        committee=committee, position=1, person=None, outside_name="คนนอก"
    )
    context = context_of(client, "committee", committee.pk)
    assert (list(context["seats"]), context["is_over"]) == ([outside, second], True)
    assert [str(seat) for seat in context["seats"]] == ["คนนอก", str(second.person)]


def test_the_menu_offers_the_pages_to_who_may_open_them(office: Office) -> None:
    def offered(user: User) -> set[str]:
        own = {e for e in menu_entries if e.code.startswith("org.")}
        return {entry.url_name for entry in own if entry.visible_to(user)}

    pages = {"org:directory", "org:schools", "org:phone_book"}
    managers = {Role.DIRECTOR, Role.REGISTRY, Role.SYSADMIN}
    for role in Role:
        expected = pages | ({"org:acting"} if role in managers else set())
        assert offered(person(role, office=office)) == expected
    assert offered(person(None, office=office)) == set()
    assert offered(UserFactory(office=None, is_superuser=True)) == set()

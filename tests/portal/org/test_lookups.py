from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal.org import service
from portal.org.enums import ActingKind, Role
from portal.org.models import Unit
from portal.org.querysets import today
from tests.factories import (
    ExecutiveUnitFactory,
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    RegistryUnitFactory,
    SchoolFactory,
    SectionFactory,
    UserFactory,
    acting,
    person,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_holders_are_current_active_people_of_the_unit_with_acting_last() -> None:
    director = person(Role.DIRECTOR, position="ผู้อำนวยการ")
    unit = director.memberships.get().unit
    deputy = person(Role.DEPUTY, office=director.office)
    acting(deputy, director.memberships.get())
    person(Role.DIRECTOR)  # of another office
    gone = person(Role.DIRECTOR, office=director.office)
    gone.memberships.update(ends_on=today() - DAY)
    coming = person(Role.DIRECTOR, office=director.office)
    coming.memberships.update(starts_on=today() + DAY)
    person(Role.DIRECTOR, office=director.office, is_active=False)
    assert service.holders(unit=unit, roles=[Role.DIRECTOR]) == [director, deputy]


def test_holders_on_another_day() -> None:
    director = person(Role.DIRECTOR)
    unit = director.memberships.get().unit
    director.memberships.update(starts_on=date(2021, 10, 1), ends_on=date(2024, 9, 30))
    days = (date(2021, 9, 30), date(2021, 10, 1), date(2024, 9, 30), date(2024, 10, 1))
    found = [service.holders(unit=unit, roles=[Role.DIRECTOR], on=day) for day in days]
    assert found == [[], [director], [director], []]


def test_holders_names_nobody_twice() -> None:
    director = person(Role.DIRECTOR)
    membership = director.memberships.get()
    MembershipFactory(person=director, unit=membership.unit, role=Role.DEPUTY)
    acting(director, membership)
    held = service.holders(unit=membership.unit, roles=[Role.DIRECTOR, Role.DEPUTY])
    assert held == [director]


def test_holders_query_equals_holders_over_many_units_in_one_query() -> None:
    office = OfficeFactory()
    schools = [SchoolFactory(office=office) for _ in range(3)]
    clerks = [person(Role.SCHOOL_CLERK, school.unit) for school in schools]
    stand_in = person(Role.TEACHER, schools[0].unit)
    acting(stand_in, clerks[0].memberships.get(), kind=ActingKind.ON_BEHALF)
    person(Role.SCHOOL_CLERK, schools[1].unit, is_active=False)
    person(Role.SCHOOL_CLERK)  # another school
    units = Unit.objects.filter(school__in=schools)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = set(service.holders_query(units, [Role.SCHOOL_CLERK]))
    assert (found, len(queries)) == ({*clerks, stand_in}, 1)
    as_ids = service.holders_query([s.unit_id for s in schools[:1]], [Role.SCHOOL_CLERK])
    assert set(as_ids) == {clerks[0], stand_in}


def test_heads_of_each_kind_of_unit() -> None:
    office = OfficeFactory()
    school, group = SchoolFactory(office=office).unit, GroupFactory(office=office)
    director, deputy = (person(r, office=office) for r in (Role.DIRECTOR, Role.DEPUTY))
    principal, leader = person(Role.PRINCIPAL, school), person(Role.GROUP_DIRECTOR, group)
    clerk = person(Role.REGISTRY, office=office)
    person(Role.OFFICER, group)
    assert service.heads(unit=school) == [principal]
    assert service.heads(unit=group) == [leader]
    assert set(service.heads(unit=ExecutiveUnitFactory(office=office))) == {director, deputy}
    assert service.heads(unit=RegistryUnitFactory(office=office)) == [clerk]


def test_central_registry_is_the_offices_own() -> None:
    office, _other = OfficeFactory(), OfficeFactory()
    assert service.central_registry(office) == RegistryUnitFactory(office=office)


def test_superior_chain_of_a_section_ends_with_the_executives() -> None:
    section = SectionFactory()
    executives = ExecutiveUnitFactory(office=section.office)
    assert service.superior_chain(section) == [section, section.parent, executives]
    assert service.superior_chain(executives) == [executives]


def test_superior_chain_of_a_school_is_the_school() -> None:
    school = SchoolFactory()
    assert service.superior_chain(school.unit) == [school.unit]


def test_superior_chain_survives_a_ring_and_closed_executives() -> None:
    group = GroupFactory()
    section = SectionFactory(office=group.office, parent=group)
    Unit.objects.filter(pk=group.pk).update(parent=section)
    Unit.objects.filter(kind="executive").update(closed_on=today() - DAY)
    group.refresh_from_db()
    assert service.superior_chain(group) == [group, section]


def test_position_names_the_unit_where_the_title_asks_for_it() -> None:
    office = OfficeFactory(name="สำนักงานเขตทดสอบ")
    school = SchoolFactory(office=office, name="โรงเรียนบ้านทดสอบ").unit
    fields = {"position__title": "ผู้อำนวยการ", "position__names_unit": True}
    head = MembershipFactory(unit=ExecutiveUnitFactory(office=office), **fields)
    principal = MembershipFactory(unit=school, position=head.position)
    officer = MembershipFactory(unit=school, position__title="ครูชำนาญการ")
    titles = [row.position_title for row in (head, principal, officer)]
    assert titles == ["ผู้อำนวยการสำนักงานเขตทดสอบ", "ผู้อำนวยการโรงเรียนบ้านทดสอบ", "ครูชำนาญการ"]


def test_position_on_follows_the_dates() -> None:
    user = UserFactory()
    group = GroupFactory(office=user.office)
    for title, starts_on, ends_on in (
        ("ปฏิบัติการ", date(2020, 10, 1), date(2023, 3, 31)),
        ("ชำนาญการ", date(2023, 4, 1), None),
    ):
        dates = {"starts_on": starts_on, "ends_on": ends_on}
        MembershipFactory(person=user, unit=group, position__title=title, **dates)
    days = (date(2019, 1, 1), date(2023, 3, 31), date(2023, 4, 1), None)
    titles = [service.position_on(user, group, day) for day in days]
    assert titles == ["", "ปฏิบัติการ", "ชำนาญการ", "ชำนาญการ"]
    assert service.position_on(user, None) == "ชำนาญการ"
    assert service.position_on(user, GroupFactory(office=user.office)) == ""


def test_signature_block_of_a_post_holder() -> None:
    director = person(
        Role.DIRECTOR, position="ผู้อำนวยการทดสอบ", title="นาง", first_name="ก", last_name="ข"
    )
    unit = director.memberships.get().unit
    block = service.signature_block(director, unit=unit, roles=[Role.DIRECTOR])
    assert block == service.SignatureBlock("นางก ข", ["ผู้อำนวยการทดสอบ"])


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ActingKind.IN_PLACE, "รักษาราชการแทน"), (ActingKind.ON_BEHALF, "ปฏิบัติราชการแทน")],
)
def test_signature_block_of_somebody_acting(kind: ActingKind, words: str) -> None:
    director = person(Role.DIRECTOR, position="ผู้อำนวยการทดสอบ")
    membership = director.memberships.get()
    deputy = person(Role.DEPUTY, office=director.office, position="รองผู้อำนวยการทดสอบ")
    acting(deputy, membership, kind=kind)
    block = service.signature_block(deputy, unit=membership.unit, roles=[Role.DIRECTOR])
    assert block is not None
    assert block.lines == [f"รองผู้อำนวยการทดสอบ {words}", "ผู้อำนวยการทดสอบ"]


def test_signature_block_of_somebody_acting_without_a_post() -> None:
    director = person(Role.DIRECTOR, position="ผู้อำนวยการทดสอบ")
    newcomer = person(None, office=director.office)
    acting(newcomer, director.memberships.get())
    block = service.signature_block(newcomer, unit=director.memberships.get().unit)
    assert block is not None
    assert block.lines == ["รักษาราชการแทน", "ผู้อำนวยการทดสอบ"]


def test_signature_block_of_somebody_without_the_role_is_none() -> None:
    director = person(Role.DIRECTOR)
    unit = director.memberships.get().unit
    deputy = person(Role.DEPUTY, office=director.office)
    assert service.signature_block(deputy, unit=unit, roles=[Role.DIRECTOR]) is None
    yesterday = date(2019, 1, 1)
    assert service.signature_block(director, unit=unit, on=yesterday) is None


def test_a_post_without_a_position_prints_its_role_in_thai() -> None:
    membership = MembershipFactory(position=None, role=Role.OFFICER)
    with translation.override("th"):
        label = str(Role.OFFICER.label)
    with translation.override("en"):
        assert membership.position_title == label

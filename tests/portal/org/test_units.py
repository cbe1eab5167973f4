from datetime import date, timedelta

import pytest

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org import service
from portal.org.enums import Role, SchoolSize
from portal.org.models import Acting, Membership, Office, OfficeClosure, School, Unit
from portal.org.querysets import today
from tests.factories import (
    ExecutiveUnitFactory,
    GroupFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeFactory,
    RegistryUnitFactory,
    SchoolFactory,
    SectionFactory,
    UserFactory,
    acting,
    person,
)
from tests.portal.org.conftest import Heard

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_close_unit_ends_memberships_and_acting_with_its_last_day(heard: Heard) -> None:
    school = SchoolFactory().unit
    principal, teacher = person(Role.PRINCIPAL, school), person(Role.TEACHER, school)
    acting(teacher, principal.memberships.get(), starts_on=today() - DAY, ends_on=today() + DAY)
    before = MembershipFactory(unit=school, role=Role.TEACHER, ends_on=today() - 9 * DAY)
    service.close_unit(actor=None, unit=school, on=today())
    school.refresh_from_db()
    assert (school.closed_on, school.merged_into, school.is_open) == (today(), None, True)
    assert not Membership.objects.filter(unit=school, ends_on=None).exists()
    assert Acting.objects.get().ends_on == today()
    before.refresh_from_db()
    assert before.ends_on == today() - 9 * DAY
    assert sorted(what for _user, what, _on in heard.changes) == ["acting", "ended", "ended"]


def test_a_closed_unit_leaves_the_open_ones_the_day_after() -> None:
    office = OfficeFactory()
    today_last, gone, stays = (SchoolFactory(office=office).unit for _ in range(3))
    service.close_unit(actor=None, unit=gone, on=today() - DAY)
    service.close_unit(actor=None, unit=today_last, on=today())
    schools = Unit.objects.filter(kind="school")
    assert set(schools.open()) == {today_last, stays}
    assert set(School.objects.open()) == {today_last.school, stays.school}
    gone.refresh_from_db()
    assert gone.is_open is False


def test_close_unit_with_a_merge_moves_people_but_not_the_head() -> None:
    school = SchoolFactory().unit
    target = SchoolFactory(office=school.office).unit
    principal, teacher = person(Role.PRINCIPAL, school), person(Role.TEACHER, school)
    both = person(Role.TEACHER, school)
    MembershipFactory(person=both, unit=target, role=Role.TEACHER)
    service.close_unit(actor=None, unit=school, on=today(), merged_into=target)
    tomorrow = today() + DAY
    held = {
        user: list(user.memberships.on(tomorrow).values_list("unit", "role"))
        for user in (principal, teacher, both)
    }
    there = [(target.pk, Role.TEACHER)]
    assert held == {principal: [], teacher: there, both: there}
    assert service.holders(unit=school, roles=[Role.TEACHER]) == [teacher, both]
    row = AuditRow.objects.get(action="org.close_unit")
    assert row.data == {"on": today().isoformat(), "merged_into": target.pk}


def test_close_unit_twice_says_that_it_is_closed() -> None:
    group = GroupFactory()
    service.close_unit(actor=None, unit=group, on=today())
    with pytest.raises(StaleAction):
        service.close_unit(actor=None, unit=group, on=today())


def test_close_unit_of_the_registry_or_the_executives_is_refused() -> None:
    office = OfficeFactory()
    for unit in (RegistryUnitFactory(office=office), ExecutiveUnitFactory(office=office)):
        with pytest.raises(InvalidInput):
            service.close_unit(actor=None, unit=unit, on=today())


def test_close_unit_with_open_sections_is_refused() -> None:
    section = SectionFactory()
    with pytest.raises(InvalidInput):
        service.close_unit(actor=None, unit=section.parent, on=today())
    service.close_unit(actor=None, unit=section, on=today() - DAY)
    service.close_unit(actor=None, unit=section.parent, on=today())


def test_close_unit_before_somebody_arrives_is_refused() -> None:
    membership = MembershipFactory(starts_on=today() + DAY)
    with pytest.raises(InvalidInput) as refused:
        service.close_unit(actor=None, unit=membership.unit, on=today())
    assert refused.value.field == "on"


def test_close_unit_with_an_unfit_merge_changes_nothing() -> None:
    school = SchoolFactory().unit
    office = school.office
    teacher = person(Role.TEACHER, school)
    closed = SchoolFactory(office=office, unit__closed_on=today()).unit
    for target in (school, SchoolFactory().unit, GroupFactory(office=office), closed):
        with pytest.raises(InvalidInput) as refused:
            service.close_unit(actor=None, unit=school, on=today(), merged_into=target)
        assert refused.value.field == "merged_into"
    school.refresh_from_db()
    assert (school.closed_on, teacher.memberships.get().ends_on) == (None, None)


def test_close_unit_by_a_stranger_is_refused() -> None:
    group = GroupFactory()
    for actor in (person(Role.SYSADMIN), person(Role.DIRECTOR, office=group.office)):
        with pytest.raises(NotAllowed):
            service.close_unit(actor=actor, unit=group, on=today())


def test_open_school_stands_below_the_central_registry() -> None:
    office = OfficeFactory()
    network = NetworkFactory(office=office)
    admin = person(Role.SYSADMIN, office=office)
    school = service.open_school(
        actor=admin,
        office=office,
        name="โรงเรียนบ้านใหม่",
        short_name="รร.บ้านใหม่",
        smis_code="93019999",
        moe_code="1093349999",
        level="ประถมศึกษา",
        network=network,
    )
    assert (school.unit.parent, str(school)) == (RegistryUnitFactory(office=office), "รร.บ้านใหม่")
    assert (school.network, school.level) == (network, "ประถมศึกษา")
    assert AuditRow.objects.get(action="org.open_school").data == {"smis_code": "93019999"}


@pytest.mark.parametrize("field", ["smis_code", "moe_code"])
def test_open_school_with_a_code_in_use_is_refused(field: str) -> None:
    known = SchoolFactory()
    codes = {"smis_code": "93019999", "moe_code": "1093349999"} | {field: getattr(known, field)}
    with pytest.raises(InvalidInput) as refused:
        service.open_school(actor=None, office=known.unit.office, name="ก", **codes)
    assert (refused.value.field, Unit.objects.filter(name="ก").count()) == (field, 0)


def test_set_school_facts_writes_and_audits_what_changed() -> None:
    school = SchoolFactory(level="ประถมศึกษา")
    facts = {"size": SchoolSize.SMALL, "level": "ประถมศึกษา", "latitude": 7.4}
    service.set_school_facts(actor=None, school=school, **facts)
    school.refresh_from_db()
    assert (school.size, school.latitude) == (SchoolSize.SMALL, 7.4)
    assert AuditRow.objects.get().data == {"fields": ["latitude", "size"]}
    service.set_school_facts(actor=None, school=school, **facts)
    assert AuditRow.objects.count() == 1


def test_set_school_facts_refuses_what_is_no_choice_or_strange() -> None:
    school = SchoolFactory()
    with pytest.raises(InvalidInput) as size:
        service.set_school_facts(actor=None, school=school, size="huge")
    with pytest.raises(InvalidInput) as network:
        service.set_school_facts(actor=None, school=school, network=NetworkFactory())
    assert (size.value.field, network.value.field) == ("size", "network")
    with pytest.raises(TypeError):
        service.set_school_facts(actor=None, school=school, smis_code="1")
    with pytest.raises(NotAllowed):
        service.set_school_facts(actor=person(Role.SYSADMIN), school=school, size="small")
    school.refresh_from_db()
    assert (school.size, school.network) == ("", None)


def test_is_working_day_knows_weekends_holidays_and_the_offices_closures() -> None:
    office, other = OfficeFactory(), OfficeFactory()
    flood = date(2026, 11, 20)
    service.close_office_on(actor=None, office=office, day=flood, reason="น้ำท่วม")
    days = (flood, date(2026, 11, 19), date(2026, 11, 21), date(2026, 12, 7))
    assert [service.is_working_day(office, day) for day in days] == [False, True, False, False]
    assert service.is_working_day(other, flood)
    assert service.closure_days(office) == {flood}


def test_close_office_on_the_same_day_twice_is_refused() -> None:
    office = OfficeFactory()
    admin = person(Role.SYSADMIN, office=office)
    service.close_office_on(actor=admin, office=office, day=today(), reason="น้ำท่วม")
    with pytest.raises(InvalidInput):
        service.close_office_on(actor=admin, office=office, day=today(), reason="น้ำท่วม")
    with pytest.raises(NotAllowed):
        service.close_office_on(actor=UserFactory(), office=office, day=today() + DAY, reason="")
    assert OfficeClosure.objects.count() == 1
    assert str(OfficeClosure.objects.get()) == f"{today()} น้ำท่วม"


def test_units_and_people_keep_their_dictionary_order() -> None:
    office = OfficeFactory()
    for name in ("เกาะ", "ขนุน", "กา"):
        SchoolFactory(office=office, name=name)
        UserFactory(office=office, first_name=name)
    in_order = ["กา", "เกาะ", "ขนุน"]
    assert [school.unit.name for school in School.objects.all()] == in_order
    assert [user.first_name for user in office.users.all()] == in_order


def test_a_new_name_moves_in_the_order_also_when_only_the_name_is_saved() -> None:
    first, second = GroupFactory(name="ก"), GroupFactory(name="ข")
    first.name = "ค"
    first.save(update_fields=["name"])
    assert list(Unit.objects.filter(kind="group")) == [second, first]
    user, other = UserFactory(first_name="ก"), UserFactory(first_name="ข")
    user.first_name = "ค"
    user.save(update_fields=["first_name"])
    assert list(type(user).objects.all()) == [other, user]


def test_found_office_is_for_the_installations_administrator() -> None:
    for actor in (person(Role.SYSADMIN), UserFactory(is_superuser=True)):
        with pytest.raises(NotAllowed):
            service.found_office(actor=actor, office=Office(code="new"))
    found = Office(code="new", name="ใหม่", short_name="ใหม่", address="ที่อยู่")
    office = service.found_office(actor=None, office=found)
    assert (office.units.count(), AuditRow.objects.get().action) == (2, "org.found_office")

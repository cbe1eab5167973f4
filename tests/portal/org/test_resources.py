from datetime import date, datetime
from typing import Any

import pytest
from import_export.results import Result
from tablib import Dataset

from portal.audit.models import AuditRow
from portal.org.enums import Role, SchoolSector, SchoolSize
from portal.org.models import Membership, Office, School
from portal.org.querysets import today
from portal.org.resources import PersonResource, SchoolResource
from portal.org.resources.base import MAX_ROWS
from portal.users.models import User
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeFactory,
    PositionFactory,
    SchoolFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

SCHOOL = {"smis_code": "93019999", "moe_code": "1093349999", "name": "โรงเรียนใหม่"}
PERSON = {"username": "somsri", "first_name": "สมศรี", "unit": "กลุ่มแผน", "role": "officer"}


def sheet(*rows: dict[str, Any]) -> Dataset:
    """A sheet with every column that any row names."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    return Dataset(*[[row.get(name) for name in headers] for row in rows], headers=headers)


def run(resource: type, actor: User, *rows: dict[str, Any], dry_run: bool = False) -> Result:
    return resource().import_data(
        sheet(*rows), dry_run=dry_run, user=actor, rollback_on_validation_errors=True
    )


def errors_of(result: Result) -> list[tuple[int, dict[str, list[str]]]]:
    assert not result.has_errors(), [e.error for r in result for e in r.errors]
    return [(row.number, row.field_specific_errors) for row in result.invalid_rows]


@pytest.fixture
def admin() -> User:
    return person(Role.SYSADMIN)


@pytest.fixture
def office(admin: User) -> Office:
    GroupFactory(office=admin.office, name="กลุ่มแผน")
    return admin.office


def test_a_new_school_is_opened_with_its_facts(admin: User, office: Office) -> None:
    NetworkFactory(office=office, name="สองเกาะ")
    facts = {
        "level": "ประถมศึกษา",
        "sector": "private",
        "size": "small",
        "network": "สอง เกาะ",
        "tambon": "เกาะหมาก",
        "amphoe": "ปากพะยูน",
        "tambon_code": 930507,
        "latitude": "7.36",
        "longitude": 100.1,
    }
    result = run(SchoolResource, admin, SCHOOL | facts)
    assert errors_of(result) == []
    school = School.objects.get()
    assert (school.unit.name, school.unit.office, school.moe_code) == (
        "โรงเรียนใหม่",
        office,
        "1093349999",
    )
    assert (school.sector, school.size, school.network.name) == (
        SchoolSector.PRIVATE,
        SchoolSize.SMALL,
        "สองเกาะ",
    )
    assert (school.tambon_code, school.latitude, school.longitude) == ("930507", 7.36, 100.1)
    assert AuditRow.objects.get(action="org.open_school").actor == admin


def test_a_known_school_gets_what_differs_and_keeps_what_is_absent(
    admin: User, office: Office
) -> None:
    school = SchoolFactory(office=office, size=SchoolSize.SMALL, tambon="เดิม")
    result = run(SchoolResource, admin, {"smis_code": school.smis_code, "size": "LARGE"})
    school.refresh_from_db()
    assert (school.size, school.tambon) == (SchoolSize.LARGE, "เดิม")
    assert (result.totals["update"], result.totals["new"]) == (1, 0)
    assert [row.action for row in AuditRow.objects.all()] == ["org.set_school_facts"]


def test_the_preview_shows_what_changes_without_inline_styles(admin: User, office: Office) -> None:
    school = SchoolFactory(office=office, size=SchoolSize.SMALL, tambon="<b>")
    change = {"smis_code": school.smis_code, "size": "large", "tambon": ""}
    changed, new = run(SchoolResource, admin, change, SCHOOL, dry_run=True).valid_rows()
    columns = SchoolResource.Meta.fields
    shown = dict(zip(columns, changed.diff, strict=True))
    assert {name: shown[name] for name in ("smis_code", "size", "tambon")} == {
        "smis_code": school.smis_code,
        "size": "<del>small</del> <ins>large</ins>",
        "tambon": "<del>&lt;b&gt;</del> ",
    }
    assert dict(zip(columns, new.diff, strict=True))["name"] == "<ins>โรงเรียนใหม่</ins>"


def test_an_export_of_schools_read_back_in_changes_nothing(admin: User, office: Office) -> None:
    SchoolFactory(office=office, network=NetworkFactory(office=office), latitude=7.1)
    SchoolFactory(office=office, size=SchoolSize.SMALL)
    exported = SchoolResource().export(School.objects.all())
    result = SchoolResource().import_data(
        Dataset().load(exported.export("csv"), format="csv"), user=admin
    )
    assert (errors_of(result), result.totals["skip"]) == ([], 2)
    assert AuditRow.objects.count() == 0


def test_a_dry_run_of_schools_leaves_nothing_behind(admin: User, office: Office) -> None:
    result = run(SchoolResource, admin, SCHOOL, dry_run=True)
    assert (errors_of(result), result.totals["new"]) == ([], 1)
    assert (School.objects.count(), AuditRow.objects.count()) == (0, 0)


def test_schools_with_one_wrong_row_are_not_half_done(admin: User, office: Office) -> None:
    result = run(SchoolResource, admin, SCHOOL, {"smis_code": "1"})
    assert [number for number, _errors in errors_of(result)] == [2]
    assert School.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (SCHOOL | {"smis_code": ""}, {"smis_code"}),
        (SCHOOL | {"smis_code": "9301999"}, {"smis_code"}),
        (SCHOOL | {"moe_code": ""}, {"moe_code"}),
        (SCHOOL | {"name": " "}, {"name"}),
        (SCHOOL | {"size": "huge", "sector": "?", "network": "?"}, {"size", "sector", "network"}),
        (SCHOOL | {"latitude": "north", "longitude": "nan"}, {"latitude", "longitude"}),
        (SCHOOL | {"amphoe": "ก" * 61}, {"amphoe"}),
        (SCHOOL | {"office": "0000"}, {"office"}),
    ],
)
def test_a_wrong_school_is_told_at_its_columns(
    admin: User, office: Office, row: dict[str, Any], wrong: set[str]
) -> None:
    ((number, errors),) = errors_of(run(SchoolResource, admin, row))
    assert (number, set(errors)) == (1, wrong)


def test_a_school_twice_in_the_file_is_told(admin: User, office: Office) -> None:
    ((number, errors),) = errors_of(run(SchoolResource, admin, SCHOOL, SCHOOL))
    assert (number, set(errors)) == (2, {"smis_code"})


def test_an_import_does_not_rename_a_school(admin: User, office: Office) -> None:
    school = SchoolFactory(office=office)
    row = {"smis_code": school.smis_code, "name": "ชื่ออื่น", "moe_code": "1093340000"}
    ((_number, errors),) = errors_of(run(SchoolResource, admin, row))
    assert set(errors) == {"name", "moe_code"}


def test_a_ministry_code_in_use_is_told_by_the_service(admin: User, office: Office) -> None:
    known = SchoolFactory(office=office)
    ((_number, errors),) = errors_of(
        run(SchoolResource, admin, SCHOOL | {"moe_code": known.moe_code})
    )
    assert set(errors) == {"moe_code"}


def test_another_offices_school_is_not_touched(admin: User, office: Office) -> None:
    other = SchoolFactory()
    ((_number, errors),) = errors_of(
        run(SchoolResource, admin, {"smis_code": other.smis_code, "size": "small"})
    )
    assert set(errors) == {"smis_code"}
    other.refresh_from_db()
    assert other.size == ""


def test_an_administrator_of_all_offices_names_the_office() -> None:
    root = UserFactory(office=None, is_superuser=True)
    one, _two = OfficeFactory(), OfficeFactory()
    ((_number, errors),) = errors_of(run(SchoolResource, root, SCHOOL))
    assert set(errors) == {"office"}
    assert errors_of(run(SchoolResource, root, SCHOOL | {"office": one.code})) == []
    assert School.objects.get().unit.office == one


def test_a_file_without_the_needed_headings_is_refused(admin: User, office: Office) -> None:
    for resource, missing in (
        (SchoolResource, "smis_code"),
        (PersonResource, "username, first_name, unit, role"),
    ):
        result = resource().import_data(Dataset(["x"], headers=["what"]), user=admin)
        message = str(result.base_errors[0].error)
        assert message.endswith(missing)


def test_a_file_with_too_many_rows_is_refused(admin: User, office: Office) -> None:
    rows = Dataset(*[[str(number)] for number in range(MAX_ROWS + 1)], headers=["smis_code"])
    result = SchoolResource()
    with pytest.raises(Exception, match=str(MAX_ROWS)):
        result.import_data(rows, user=admin, raise_errors=True)


def test_headings_may_have_capitals_and_spaces(admin: User, office: Office) -> None:
    row = {" SMIS_Code ": "93019999", "MOE_CODE": "1093349999", "Name": "ก"}
    assert errors_of(run(SchoolResource, admin, row)) == []


def test_a_new_person_is_added_and_appointed(admin: User, office: Office) -> None:
    position = PositionFactory(office=office, title="นักวิชาการศึกษา")
    details = {
        "title": "นางสาว",
        "last_name": "ใจดี",
        "email": "somsri@example.com",
        "phone": "08 0000 0000",
        "position": "นักวิชาการ ศึกษา",
        "starts_on": "1 ต.ค. 2568",
        "ends_on": datetime(2026, 9, 30),
    }
    assert errors_of(run(PersonResource, admin, PERSON | details)) == []
    membership = Membership.objects.get(person__username="somsri")
    assert (membership.role, membership.position, membership.unit.name) == (
        Role.OFFICER,
        position,
        "กลุ่มแผน",
    )
    assert (membership.starts_on, membership.ends_on) == (date(2025, 10, 1), date(2026, 9, 30))
    user = membership.person
    assert (user.get_full_name(), user.email, user.office) == (
        "นางสาวสมศรี ใจดี",
        "somsri@example.com",
        office,
    )
    assert user.has_usable_password() is False


def test_a_day_may_be_a_date_cell(admin: User, office: Office) -> None:
    row = PERSON | {"starts_on": date(2025, 10, 1)}
    assert errors_of(run(PersonResource, admin, row)) == []
    assert Membership.objects.get(person__username="somsri").starts_on == date(2025, 10, 1)


def test_a_person_with_two_roles_has_two_rows(admin: User, office: Office) -> None:
    pr = PERSON | {"role": "PR officer"}
    assert errors_of(run(PersonResource, admin, PERSON, pr)) == []
    roles = Membership.objects.filter(person__username="somsri").values_list("role", flat=True)
    assert set(roles) == {Role.OFFICER, Role.PR_OFFICER}
    assert User.objects.filter(username="somsri").count() == 1


def test_a_known_person_gets_a_further_role(admin: User, office: Office) -> None:
    user = person(Role.OFFICER, office=office, username="somsri", first_name="สมศรี", last_name="")
    assert errors_of(run(PersonResource, admin, PERSON)) == []
    assert user.memberships.count() == 2


def test_a_school_is_named_by_its_code(admin: User, office: Office) -> None:
    school = SchoolFactory(office=office)
    row = PERSON | {"unit": float(school.smis_code), "role": "teacher"}
    assert errors_of(run(PersonResource, admin, row)) == []
    assert Membership.objects.get(role=Role.TEACHER).unit == school.unit


def test_an_export_of_people_read_back_in_changes_nothing(admin: User, office: Office) -> None:
    school = SchoolFactory(office=office)
    principal = person(Role.PRINCIPAL, school.unit)
    principal.memberships.update(ends_on=today())
    MembershipFactory(
        person=principal, unit=school.unit, role=Role.TEACHER, starts_on=date(2010, 5, 16)
    )
    exported = PersonResource().export(Membership.objects.filter(unit__office=office))
    before = Membership.objects.count()
    for form in ("csv", "xlsx"):
        data = exported.export(form)
        result = PersonResource().import_data(Dataset().load(data, format=form), user=admin)
        assert (errors_of(result), result.totals["skip"]) == ([], 3)
    assert (Membership.objects.count(), AuditRow.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"username": ""}, {"username"}),
        ({"first_name": ""}, {"first_name"}),
        ({"unit": "กลุ่มที่ไม่มี"}, {"unit"}),
        ({"unit": ""}, {"unit"}),
        ({"role": "king"}, {"role"}),
        ({"role": ""}, {"role"}),
        ({"role": "principal"}, {"role"}),
        ({"position": "ไม่มี"}, {"position"}),
        ({"starts_on": "31/02/2569"}, {"starts_on"}),
        ({"starts_on": "1/10/2026"}, {"starts_on"}),
        ({"starts_on": "1/10/2569", "ends_on": "30/09/2569"}, {"ends_on"}),
        ({"email": "not an address"}, {"email"}),
        ({"email": "TAKEN@example.com"}, {"email"}),
        ({"username": "สมศรี ใจดี"}, {"username"}),
        ({"username": "TAKEN"}, {"username"}),
        ({"username": "elsewhere"}, {"username"}),
    ],
)
def test_a_wrong_person_is_told_at_the_column(
    admin: User, office: Office, change: dict[str, Any], wrong: set[str]
) -> None:
    UserFactory(office=office, username="taken")
    UserFactory(username="elsewhere", first_name="สมศรี", last_name="")
    before = (User.objects.count(), Membership.objects.count())
    ((number, errors),) = errors_of(run(PersonResource, admin, PERSON | change))
    assert (number, set(errors)) == (1, wrong)
    assert (User.objects.count(), Membership.objects.count()) == before


def test_the_same_person_and_role_twice_in_the_file_is_told(admin: User, office: Office) -> None:
    ((number, errors),) = errors_of(run(PersonResource, admin, PERSON, PERSON))
    assert (number, set(errors)) == (2, {"username"})


def test_a_role_held_already_on_other_days_is_told(admin: User, office: Office) -> None:
    assert errors_of(run(PersonResource, admin, PERSON)) == []
    again = PERSON | {"ends_on": "30/09/2599", "starts_on": "1/10/2569"}
    ((_number, errors),) = errors_of(run(PersonResource, admin, again))
    assert set(errors) == {"role"}


def test_a_name_of_several_units_asks_for_the_code(admin: User, office: Office) -> None:
    for _number in range(2):
        SchoolFactory(office=office, name="โรงเรียนวัดใหม่")
    row = PERSON | {"unit": "โรงเรียนวัดใหม่", "role": "teacher"}
    ((_number, errors),) = errors_of(run(PersonResource, admin, row))
    assert set(errors) == {"unit"}


def test_another_offices_unit_is_unknown(admin: User, office: Office) -> None:
    GroupFactory(name="กลุ่มของเขาอื่น")
    ((_number, errors),) = errors_of(run(PersonResource, admin, PERSON | {"unit": "กลุ่มของเขาอื่น"}))
    assert set(errors) == {"unit"}


def test_people_with_one_wrong_row_are_not_half_done(admin: User, office: Office) -> None:
    people = User.objects.count()
    result = run(PersonResource, admin, PERSON, PERSON | {"username": "b", "role": "?"})
    assert [number for number, _errors in errors_of(result)] == [2]
    assert User.objects.count() == people


def test_an_import_by_somebody_who_may_not_is_refused_in_every_row(office: Office) -> None:
    officer = person(Role.OFFICER, office=office)
    for resource, row in ((SchoolResource, SCHOOL), (PersonResource, PERSON)):
        ((_number, errors),) = errors_of(run(resource, officer, row))
        assert set(errors) == {"row"}

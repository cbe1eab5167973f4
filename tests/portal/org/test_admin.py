"""The back-office: own office only, services for what has a history, everything audited."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from tablib import Dataset

from portal.audit.models import AuditRow
from portal.org.admin.sheets import MAX_BYTES
from portal.org.enums import ActingKind, Role, SchoolSize, UnitKind
from portal.org.models import (
    Acting,
    Committee,
    CommitteeMember,
    Membership,
    Network,
    Office,
    OfficeClosure,
    PhoneLine,
    Position,
    School,
    Unit,
)
from portal.org.querysets import today
from portal.users.models import User
from tests.factories import (
    CommitteeFactory,
    GroupFactory,
    MembershipFactory,
    NetworkFactory,
    OfficeFactory,
    PhoneLineFactory,
    PositionFactory,
    SchoolFactory,
    UserFactory,
    acting,
    person,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MODELS = (
    Office, Unit, School, Network, Position, Membership, Acting, Committee, PhoneLine,
    OfficeClosure, User,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_ENFORCED = False


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


@pytest.fixture
def sysadmin(office: Office) -> User:
    return person(Role.SYSADMIN, office=office, is_staff=True, first_name="ดูแล")


@pytest.fixture
def back_office(client: Client, sysadmin: User) -> Client:
    client.force_login(sysadmin)
    return client


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(UserFactory(office=None, is_staff=True, is_superuser=True))
    return client


def url(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def listed(client: Client, model: type[models.Model]) -> set[Any]:
    response = client.get(url(model, "changelist"))
    assert response.status_code == 200
    return set(response.context["cl"].result_list)


def one_of_each(office: Office) -> dict[type[models.Model], models.Model]:
    director = person(Role.DIRECTOR, office=office)
    return {
        Office: office,
        School: SchoolFactory(office=office),
        Unit: GroupFactory(office=office),
        Network: NetworkFactory(office=office),
        Position: PositionFactory(office=office),
        Membership: director.memberships.get(),
        Acting: acting(UserFactory(office=office), director.memberships.get()),
        Committee: CommitteeFactory(office=office),
        PhoneLine: PhoneLineFactory(office=office),
        OfficeClosure: OfficeClosure.objects.create(office=office, day=today(), reason="น้ำท่วม"),
        User: director,
    }


def of_office(model: type[models.Model], office: Office) -> set[Any]:
    path = {
        Office: "pk",
        School: "unit__office",
        Membership: "unit__office",
        Acting: "membership__unit__office",
    }.get(model, "office")
    return set(model._default_manager.filter(**{path: office.pk}))


@pytest.mark.parametrize("model", MODELS)
def test_a_list_shows_exactly_the_own_office(
    back_office: Client, office: Office, model: type[models.Model]
) -> None:
    one_of_each(office)
    one_of_each(OfficeFactory())
    expected = of_office(model, office)
    assert len(expected) > 0
    assert listed(back_office, model) == expected


@pytest.mark.parametrize("model", MODELS)
def test_the_installations_administrator_sees_all_offices(
    root: Client, model: type[models.Model]
) -> None:
    one_of_each(OfficeFactory())
    one_of_each(OfficeFactory())
    assert listed(root, model) == set(model._default_manager.all())


@pytest.mark.parametrize("model", MODELS)
def test_another_offices_row_cannot_be_opened(
    back_office: Client, model: type[models.Model]
) -> None:
    other = one_of_each(OfficeFactory())[model]
    response = back_office.get(url(model, "change", other.pk))
    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))


@pytest.mark.parametrize("model", MODELS)
def test_own_rows_open_and_search(
    back_office: Client, office: Office, model: type[models.Model]
) -> None:
    row = one_of_each(office)[model]
    assert back_office.get(url(model, "change", row.pk)).status_code == 200
    assert back_office.get(url(model, "changelist"), {"q": "ทดสอบ"}).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSADMIN])
def test_staff_without_the_role_may_look_at_nothing(
    client: Client, office: Office, role: Role
) -> None:
    client.force_login(person(role, office=office, is_staff=True))
    statuses = {client.get(url(model, "changelist")).status_code for model in MODELS}
    assert statuses == {403}


def test_every_model_of_org_and_users_is_in_the_back_office() -> None:
    registered = {
        model for model in admin.site._registry if model._meta.app_label in ("org", "users")
    }
    assert registered == set(MODELS)


def test_choices_of_a_form_are_those_of_the_office(back_office: Client, office: Office) -> None:
    own, other = one_of_each(office), one_of_each(OfficeFactory())
    form = back_office.get(url(Membership, "add")).context["adminform"].form
    assert set(form.fields["person"].queryset) == set(User.objects.filter(office=office))
    assert set(form.fields["unit"].queryset) == set(Unit.objects.filter(office=office))
    assert set(form.fields["position"].queryset) == set(Position.objects.filter(office=office))
    seats = back_office.get(url(Committee, "add")).context["inline_admin_formsets"][0]
    people = seats.formset.empty_form.fields["person"].queryset
    assert set(people) == set(User.objects.filter(office=office))
    assert own.keys() == other.keys()


def test_filters_name_nothing_of_other_offices(back_office: Client, office: Office) -> None:
    NetworkFactory(office=office)
    SchoolFactory(office=office, network=Network.objects.get())
    hidden = NetworkFactory(name="เครือข่ายลับ")
    SchoolFactory(office=hidden.office, network=hidden)
    page = back_office.get(url(School, "changelist")).content.decode()
    assert (hidden.name in page, Network.objects.get(office=office).name in page) == (False, True)


def post(client: Client, address: str, data: dict[str, Any]) -> Any:
    return client.post(address, {name: "" if v is None else v for name, v in data.items()})


def membership_data(user: User, unit: Unit, **given: Any) -> dict[str, Any]:
    data = {"person": user.pk, "unit": unit.pk, "role": "officer", "position": "", "ends_on": ""}
    return data | {"starts_on": "1/10/2568"} | given


def test_a_post_is_given_by_the_service(back_office: Client, sysadmin: User) -> None:
    user, group = UserFactory(office=sysadmin.office), GroupFactory(office=sysadmin.office)
    response = post(back_office, url(Membership, "add"), membership_data(user, group))
    assert (response.status_code, user.memberships.get().role) == (302, Role.OFFICER)
    actions = AuditRow.objects.filter(actor=sysadmin).values_list("action", flat=True)
    assert set(actions) == {"org.appoint", "back_office.added"}


def test_what_the_service_refuses_stands_at_the_field(back_office: Client, sysadmin: User) -> None:
    user, group = UserFactory(office=sysadmin.office), GroupFactory(office=sysadmin.office)
    data = membership_data(user, group, role="principal")
    response = post(back_office, url(Membership, "add"), data)
    assert list(response.context["adminform"].form.errors) == ["role"]
    assert not user.memberships.exists()


def test_a_post_can_only_be_ended(back_office: Client, office: Office) -> None:
    membership = MembershipFactory(unit=GroupFactory(office=office))
    address = url(Membership, "change", membership.pk)
    assert post(back_office, address, {"ends_on": "", "role": "auditor"}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.ends_on) == (Role.OFFICER, None)
    post(back_office, address, {"ends_on": "30/09/2569"})
    membership.refresh_from_db()
    assert membership.ends_on is not None
    assert membership.ends_on.isoformat() == "2026-09-30"
    refused = post(back_office, address, {"ends_on": ""})
    assert list(refused.context["adminform"].form.errors) == ["ends_on"]
    assert back_office.get(url(Membership, "delete", membership.pk)).status_code == 403


def test_a_move_keeps_the_old_post(back_office: Client, office: Office) -> None:
    old = MembershipFactory(unit=GroupFactory(office=office))
    target = GroupFactory(office=office)
    address = url(Membership, "move", old.pk)
    page = back_office.get(address)
    assert set(page.context["form"].fields["unit"].queryset) == set(office.units.all())
    data = {"unit": target.pk, "on": "1/10/2569", "role": "officer", "position": ""}
    response = back_office.post(address, data)
    assert response["Location"] == url(Membership, "change", old.pk)
    old.refresh_from_db()
    assert old.ends_on is not None
    assert old.ends_on.isoformat() == "2026-09-30"
    assert old.person.memberships.get(ends_on=None).unit == target


def test_a_move_that_cannot_be_is_told_on_the_page(back_office: Client, office: Office) -> None:
    old = MembershipFactory(unit=GroupFactory(office=office))
    data = {"unit": old.unit_id, "on": "1/10/2569", "role": "principal"}
    response = back_office.post(url(Membership, "move", old.pk), data)
    assert list(response.context["form"].errors) == ["role"]
    old.refresh_from_db()
    assert old.ends_on is None


def test_a_move_of_another_offices_person_does_not_exist(back_office: Client) -> None:
    other = MembershipFactory()
    assert back_office.get(url(Membership, "move", other.pk)).status_code == 404


def test_acting_is_set_and_ended_by_the_service(back_office: Client, office: Office) -> None:
    director = person(Role.DIRECTOR, office=office)
    deputy = person(Role.DEPUTY, office=office)
    data = {
        "membership": director.memberships.get().pk,
        "person": deputy.pk,
        "kind": ActingKind.IN_PLACE,
        "order_number": "1/2569",
        "starts_on": today().isoformat(),
        "ends_on": (today() + 3 * DAY).isoformat(),
    }
    assert post(back_office, url(Acting, "add"), data).status_code == 302
    row = Acting.objects.get()
    again = post(back_office, url(Acting, "add"), data)
    assert list(again.context["adminform"].form.errors) == ["person"]
    address = url(Acting, "change", row.pk)
    assert post(back_office, address, {"ends_on": row.ends_on.isoformat()}).status_code == 302
    post(back_office, address, {"ends_on": today().isoformat()})
    row.refresh_from_db()
    assert row.ends_on == today()
    post(back_office, address, {"ends_on": (today() - DAY).isoformat()})
    assert not Acting.objects.exists()


def test_a_school_is_merged_into_another(back_office: Client, office: Office) -> None:
    school, target = SchoolFactory(office=office), SchoolFactory(office=office)
    address = url(Unit, "close", school.unit_id)
    choices = set(back_office.get(address).context["form"].fields["merged_into"].queryset)
    assert choices == {target.unit}
    response = back_office.post(address, {"on": "30/09/2569", "merged_into": target.unit_id})
    assert response.status_code == 302
    school.unit.refresh_from_db()
    assert school.unit.merged_into == target.unit
    again = back_office.post(address, {"on": "30/09/2569"})
    assert len(again.context["form"].non_field_errors()) == 1


def test_a_units_place_and_end_are_not_typed_over(back_office: Client, office: Office) -> None:
    group = GroupFactory(office=office, name="กลุ่มเดิม")
    data = {"name": "กลุ่มใหม่", "closed_on": "1/1/2569", "kind": "school", "position": 3}
    assert post(back_office, url(Unit, "change", group.pk), data).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.closed_on, group.kind) == ("กลุ่มใหม่", None, UnitKind.GROUP)
    row = AuditRow.objects.get(action="back_office.changed")
    assert set(row.data["fields"]) == {"name", "position", "parent"}


def test_new_units_are_groups_and_sections(back_office: Client) -> None:
    form = back_office.get(url(Unit, "add")).context["adminform"].form
    kinds = {value for value, _label in form.fields["kind"].choices}
    assert kinds == {UnitKind.GROUP, UnitKind.SECTION}


SCHOOL = {
    "name": "โรงเรียนใหม่", "short_name": "", "smis_code": "93019999", "moe_code": "1093349999",
    "level": "ประถมศึกษา", "sector": "public", "size": "", "network": "", "tambon": "ก",
    "amphoe": "ข", "tambon_code": "930101", "latitude": "", "longitude": "",
}  # fmt: skip


def test_a_school_is_opened_and_its_facts_changed(back_office: Client, office: Office) -> None:
    assert post(back_office, url(School, "add"), SCHOOL | {"office": office.pk}).status_code == 302
    school = School.objects.get()
    assert (school.unit.name, school.unit.office) == ("โรงเรียนใหม่", office)
    changed = SCHOOL | {"size": "small", "smis_code": "1"}
    assert post(back_office, url(School, "change", school.pk), changed).status_code == 302
    school.refresh_from_db()
    assert (school.size, school.smis_code) == (SchoolSize.SMALL, "93019999")
    again = post(back_office, url(School, "add"), SCHOOL | {"office": office.pk})
    assert list(again.context["adminform"].form.errors) == ["smis_code"]


def test_a_school_is_not_opened_in_another_office(back_office: Client) -> None:
    other = OfficeFactory()
    response = post(back_office, url(School, "add"), SCHOOL | {"office": other.pk})
    assert list(response.context["adminform"].form.errors) == ["office"]
    assert not School.objects.exists()


def test_a_person_is_added_without_a_password(back_office: Client, office: Office) -> None:
    data = {
        "office": office.pk, "username": "somsri", "title": "นาง", "first_name": "สมศรี",
        "last_name": "ใจดี", "email": "somsri@example.com", "phone": "",
    }  # fmt: skip
    inline = {f"memberships-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = post(back_office, url(User, "add"), data | inline)
    user = User.objects.get(username="somsri")
    assert (response.status_code, user.office, user.has_usable_password()) == (302, office, False)
    refused = post(back_office, url(User, "add"), data | inline | {"username": "b"})
    assert list(refused.context["adminform"].form.errors) == ["email"]


def test_nobody_is_made_more_than_the_office_allows(back_office: Client, sysadmin: User) -> None:
    other = OfficeFactory()
    data = {
        "office": other.pk, "is_superuser": "on", "username": sysadmin.username,
        "first_name": "ใหม่", "email": sysadmin.email, "language": "th", "is_active": "on",
        "is_staff": "on",
    }  # fmt: skip
    inline = {f"memberships-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = post(back_office, url(User, "change", sysadmin.pk), data | inline)
    assert response.status_code == 302
    kept = User.objects.get(pk=sysadmin.pk)
    assert (kept.office, kept.is_superuser, kept.first_name) == (sysadmin.office, False, "ใหม่")


def test_the_installations_administrator_may_change_office_and_rights(root: Client) -> None:
    user = UserFactory()
    form = root.get(url(User, "change", user.pk)).context["adminform"].form
    assert {"office", "is_superuser"} <= set(form.fields)


def test_no_password_is_set_for_somebody_else(back_office: Client, sysadmin: User) -> None:
    address = reverse("admin:auth_user_password_change", args=[sysadmin.pk])
    assert back_office.get(address).status_code == 404


def test_an_office_is_founded_with_its_units(root: Client) -> None:
    data = {
        "code": "9999", "name": "สำนักงานใหม่", "short_name": "ใหม่", "letter_code": "ศธ 1",
        "roman_code": "MOE1", "address": "ที่อยู่", "phone": "", "email": "",
    }  # fmt: skip
    assert post(root, url(Office, "add"), data).status_code == 302
    office = Office.objects.get(code="9999")
    kinds = sorted(office.units.values_list("kind", flat=True))
    assert kinds == [UnitKind.EXECUTIVE, UnitKind.OFFICE]
    post(root, url(Office, "change", office.pk), data | {"phone": "0 7400 0000"})
    office.refresh_from_db()
    assert (office.phone, office.units.count()) == ("0 7400 0000", 2)


def test_an_office_is_not_founded_by_another_ones_administrator(back_office: Client) -> None:
    assert back_office.get(url(Office, "add")).status_code == 403


def test_a_network_in_use_is_not_deleted(back_office: Client, office: Office) -> None:
    network = NetworkFactory(office=office)
    SchoolFactory(office=office, network=network)
    empty = NetworkFactory(office=office)
    for row in (network, empty):
        back_office.post(url(Network, "delete", row.pk), {"post": "yes"})
    assert list(Network.objects.all()) == [network]
    assert AuditRow.objects.get(action="back_office.deleted").about_id == str(empty.pk)


def test_seats_of_a_committee_are_kept(back_office: Client, office: Office) -> None:
    user = UserFactory(office=office)
    data = {
        "office": office.pk, "name": "คณะทำงาน", "order_number": "1/2569",
        "order_date": "1/1/2569", "starts_on": "1/1/2569", "ends_on": "",
        "members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 0,
        "members-0-person": user.pk, "members-0-duty": "กรรมการ", "members-0-position": 1,
    }  # fmt: skip
    assert post(back_office, url(Committee, "add"), data).status_code == 302
    assert CommitteeMember.objects.get().person == user
    both = data | {"members-0-outside_name": "ใครสักคน"}
    refused = post(back_office, url(Committee, "add"), both)
    assert refused.status_code == 200


@pytest.mark.parametrize(
    ("model", "parameter", "values"),
    [(Membership, "held", ("now", "over", "later")), (Unit, "state", ("open", "closed"))],
)
def test_filters_by_time(
    back_office: Client, office: Office, model: Any, parameter: str, values: tuple[str, ...]
) -> None:
    group = GroupFactory(office=office, closed_on=today() - DAY)
    MembershipFactory(unit=group, ends_on=today() - DAY)
    MembershipFactory(unit=GroupFactory(office=office), starts_on=today() + DAY)
    found = []
    for value in values:
        rows = back_office.get(url(model, "changelist"), {parameter: value}).context["cl"]
        found.append(set(rows.result_list))
    everything = set().union(*found)
    assert sum(map(len, found)) == len(everything)
    assert everything == of_office(model, office)


def test_the_list_of_posts_costs_the_same_with_more_rows(
    back_office: Client, office: Office, django_assert_num_queries: Callable[..., Any]
) -> None:
    unit = GroupFactory(office=office)
    for number in (1, 30):
        for _row in range(number):
            MembershipFactory(unit=unit)
        with django_assert_num_queries(9):
            back_office.get(url(Membership, "changelist"))


def upload(client: Client, model: Any, rows: Dataset, form: str = "csv") -> Any:
    data = rows.export(form)
    content = data.encode() if isinstance(data, str) else data
    file = SimpleUploadedFile(f"rows.{form}", content)
    number = {"xlsx": "0", "csv": "1"}[form]
    return client.post(
        url(model, "import"), {"import_file": file, "format": number, "resource": ""}
    )


def people(*rows: list[str]) -> Dataset:
    return Dataset(*rows, headers=["username", "first_name", "unit", "role"])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_people_are_looked_at_and_then_imported(
    back_office: Client, office: Office, sysadmin: User, form: str
) -> None:
    GroupFactory(office=office, name="กลุ่มแผน")
    seen = upload(back_office, Membership, people(["somsri", "สมศรี", "กลุ่มแผน", "officer"]), form)
    assert not User.objects.filter(username="somsri").exists()
    confirm = seen.context["confirm_form"].initial
    done = back_office.post(url(Membership, "process_import"), confirm)
    assert (done.status_code, done["Location"]) == (302, url(Membership, "changelist"))
    (told,) = back_office.get(done["Location"]).context["messages"]
    assert [number in str(told) for number in ("1", "0")] == [True, True]
    assert User.objects.get(username="somsri").memberships.get().role == Role.OFFICER
    row = AuditRow.objects.get(action="back_office.imported")
    assert (row.actor, row.data) == (sysadmin, {"model": "org.membership", "new": 1})


def test_wrong_rows_are_shown_and_cannot_be_confirmed(back_office: Client) -> None:
    seen = upload(back_office, Membership, people(["somsri", "สมศรี", "ไม่มี", "king"]))
    (row,) = seen.context["result"].invalid_rows
    assert set(row.field_specific_errors) == {"unit", "role"}
    assert "confirm_form" not in seen.context
    for messages in row.field_specific_errors.values():
        assert escape(messages[0]) in seen.content.decode()


def test_what_changed_between_looking_and_confirming_stops_all(
    back_office: Client, office: Office
) -> None:
    group = GroupFactory(office=office, name="กลุ่มแผน")
    rows = people(["a", "ก", "กลุ่มแผน", "officer"], ["b", "ข", "กลุ่มแผน", "officer"])
    confirm = upload(back_office, Membership, rows).context["confirm_form"].initial
    UserFactory(office=office, username="B")
    response = back_office.post(url(Membership, "process_import"), confirm)
    assert response["Location"] == url(Membership, "import")
    assert not Membership.objects.filter(unit=group).exists()
    assert not User.objects.filter(username="a").exists()


def test_a_file_without_headings_is_told_without_a_trace(back_office: Client) -> None:
    page = upload(back_office, School, Dataset(["x"], headers=["what"]))
    text = page.content.decode()
    assert (str(page.context["result"].base_errors[0].error) in text, "Traceback" in text) == (
        True,
        False,
    )


def test_a_file_that_is_no_sheet_is_told(back_office: Client) -> None:
    for content, number in ((b"\xff\xfe\x00junk", "1"), (b"no zip", "0")):
        file = SimpleUploadedFile("rows.csv", content)
        data = {"import_file": file, "format": number, "resource": ""}
        page = back_office.post(url(School, "import"), data)
        assert list(page.context["form"].errors) == ["import_file"]


def test_a_file_that_is_too_large_is_told(back_office: Client) -> None:
    file = SimpleUploadedFile("rows.csv", b"x" * (MAX_BYTES + 1))
    data = {"import_file": file, "format": "1", "resource": ""}
    page = back_office.post(url(School, "import"), data)
    assert list(page.context["form"].errors) == ["import_file"]


def test_exports_hold_the_own_office_and_are_audited(
    back_office: Client, office: Office, sysadmin: User
) -> None:
    own, _other = SchoolFactory(office=office), SchoolFactory()
    fields = {"schoolresource_smis_code": "on", "schoolresource_name": "on"}
    response = back_office.post(url(School, "export"), {"format": "1", "resource": "0", **fields})
    rows = Dataset().load(response.content.decode(), format="csv").dict
    assert [row["smis_code"] for row in rows] == [own.smis_code]
    row = AuditRow.objects.get(action="back_office.exported")
    assert (row.actor, row.data) == (sysadmin, {"model": "org.school", "rows": 1})


def test_staff_without_the_role_neither_import_nor_export(client: Client, office: Office) -> None:
    client.force_login(person(Role.REGISTRY, office=office, is_staff=True))
    pages = [url(model, page) for model in (School, Membership) for page in ("import", "export")]
    assert {client.get(page).status_code for page in pages} == {403}


def test_staff_without_the_role_neither_move_nor_close(client: Client, office: Office) -> None:
    user = person(Role.REGISTRY, office=office, is_staff=True)
    client.force_login(user)
    membership = user.memberships.get()
    pages = [url(Membership, "move", membership.pk), url(Unit, "close", membership.unit_id)]
    assert {client.get(page).status_code for page in pages} == {403}


def test_an_export_of_people_holds_the_own_office(back_office: Client, office: Office) -> None:
    MembershipFactory()
    fields = {f"personresource_{name}": "on" for name in ("username", "unit")}
    response = back_office.post(
        url(Membership, "export"), {"format": "1", "resource": "0", **fields}
    )
    rows = Dataset().load(response.content.decode(), format="csv").dict
    own = Membership.objects.filter(unit__office=office)
    assert [row["username"] for row in rows] == [row.person.username for row in own]


def test_an_export_runs_no_formula(back_office: Client, office: Office) -> None:
    SchoolFactory(office=office, name="=HYPERLINK(1)")
    data = {"format": "1", "resource": "0", "schoolresource_name": "on"}
    response = back_office.post(url(School, "export"), data)
    (row,) = Dataset().load(response.content.decode(), format="csv").dict
    assert row["name"] == "HYPERLINK(1)"

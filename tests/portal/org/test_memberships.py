from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org import service
from portal.org.enums import KINDS_OF_ROLE, OFFICE_KINDS, Role, UnitKind, may_be_held
from portal.org.models import Acting, Membership
from portal.org.permissions import has_role
from portal.org.querysets import today
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    PositionFactory,
    SchoolFactory,
    UserFactory,
    acting,
    person,
)
from tests.portal.org.conftest import Heard

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_appoint_gives_the_role_today_audited_and_announced(heard: Heard) -> None:
    admin = person(Role.SYSADMIN)
    user = UserFactory(office=admin.office)
    group = GroupFactory(office=admin.office)
    assert not has_role(user, Role.OFFICER)
    membership = service.appoint(actor=admin, person=user, unit=group, role=Role.OFFICER)
    assert has_role(user, Role.OFFICER, unit_id=group.pk)
    assert (membership.starts_on, membership.ends_on) == (today(), None)
    row = AuditRow.objects.get(action="org.appoint")
    assert (row.actor, row.office_id, row.about_id) == (admin, group.office_id, str(user.pk))
    assert row.data == {"unit": group.pk, "role": "officer", "from": today().isoformat()}
    assert heard.changes == [(user, "appointed", today())]


def test_appoint_by_the_installations_administrator_and_by_the_system() -> None:
    root = UserFactory(office=None, is_superuser=True)
    group = GroupFactory()
    for actor in (root, None):
        user = UserFactory(office=group.office)
        service.appoint(actor=actor, person=user, unit=group, role=Role.OFFICER)
    assert Membership.objects.filter(unit=group).count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSADMIN])
def test_appoint_by_anybody_else_is_refused(role: Role) -> None:
    actor = person(role)
    group = GroupFactory(office=actor.office)
    user = UserFactory(office=actor.office)
    with pytest.raises(NotAllowed):
        service.appoint(actor=actor, person=user, unit=group, role=Role.OFFICER)
    assert not user.memberships.exists()


def test_appoint_in_another_office_is_refused() -> None:
    for actor in (person(Role.SYSADMIN), UserFactory(is_superuser=True)):
        group = GroupFactory()
        user = UserFactory(office=group.office)
        with pytest.raises(NotAllowed):
            service.appoint(actor=actor, person=user, unit=group, role=Role.OFFICER)


def test_appoint_of_a_stranger_or_with_a_strange_position_is_refused() -> None:
    group = GroupFactory()
    with pytest.raises(InvalidInput) as stranger:
        service.appoint(actor=None, person=UserFactory(), unit=group, role=Role.OFFICER)
    user = UserFactory(office=group.office)
    with pytest.raises(InvalidInput) as strange:
        service.appoint(
            actor=None, person=user, unit=group, role=Role.OFFICER, position=PositionFactory()
        )
    assert (stranger.value.field, strange.value.field) == ("person", "position")


@pytest.mark.parametrize(
    ("role", "kind", "possible"),
    [
        (Role.PRINCIPAL, UnitKind.SCHOOL, True),
        (Role.PRINCIPAL, UnitKind.GROUP, False),
        (Role.DIRECTOR, UnitKind.EXECUTIVE, True),
        (Role.DIRECTOR, UnitKind.SCHOOL, False),
        (Role.AUDITOR, UnitKind.GROUP, True),
        (Role.AUDITOR, UnitKind.SCHOOL, False),
        (Role.PR_OFFICER, UnitKind.SCHOOL, True),
    ],
)
def test_a_role_is_held_in_some_kinds_of_unit_only(role: str, kind: str, possible: bool) -> None:
    assert may_be_held(role, kind) is possible


def test_every_role_can_be_held_somewhere() -> None:
    assert {role for role in Role if not KINDS_OF_ROLE.get(role, OFFICE_KINDS)} == set()


def test_appoint_to_a_role_of_another_kind_of_unit_is_refused() -> None:
    group = GroupFactory()
    user = UserFactory(office=group.office)
    with pytest.raises(InvalidInput) as refused:
        service.appoint(actor=None, person=user, unit=group, role=Role.PRINCIPAL)
    assert refused.value.field == "role"


def test_appoint_with_the_last_day_before_the_first_is_refused() -> None:
    group = GroupFactory()
    with pytest.raises(InvalidInput) as refused:
        service.appoint(
            actor=None,
            person=UserFactory(office=group.office),
            unit=group,
            role=Role.OFFICER,
            ends_on=today() - DAY,
        )
    assert refused.value.field == "ends_on"


def test_appoint_in_a_closed_unit_is_refused_unless_it_ends_with_it() -> None:
    group = GroupFactory(closed_on=today())
    user = UserFactory(office=group.office)
    with pytest.raises(InvalidInput) as refused:
        service.appoint(actor=None, person=user, unit=group, role=Role.OFFICER)
    assert refused.value.field == "unit"
    service.appoint(actor=None, person=user, unit=group, role=Role.OFFICER, ends_on=today())
    assert user.memberships.count() == 1


@pytest.mark.parametrize(
    ("starts", "ends", "free"),
    [(0, 0, True), (0, 1, False), (3, 3, False), (5, None, False), (6, None, True)],
)
def test_appoint_twice_on_the_same_days_is_refused(
    starts: int, ends: int | None, free: bool
) -> None:
    first = date(2026, 1, 1)
    held = MembershipFactory(starts_on=first + DAY, ends_on=first + 5 * DAY)
    given = {"person": held.person, "unit": held.unit, "role": held.role, "actor": None}
    given["starts_on"] = first + starts * DAY
    given["ends_on"] = None if ends is None else first + ends * DAY
    if free:
        service.appoint(**given)
        return
    with pytest.raises(InvalidInput) as refused:
        service.appoint(**given)
    assert refused.value.field == "role"


def test_the_database_itself_refuses_the_same_role_twice() -> None:
    held = MembershipFactory()
    twin = Membership(
        person=held.person, unit=held.unit, role=held.role, starts_on=date(2022, 1, 1)
    )
    with pytest.raises(ValidationError) as shown:
        twin.full_clean()
    assert shown.value.messages == [held._meta.constraints[1].violation_error_message]
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_end_membership_keeps_the_row_and_its_actings(heard: Heard) -> None:
    director = person(Role.DIRECTOR)
    membership = director.memberships.get()
    stand_in = acting(person(Role.DEPUTY, office=director.office), membership)
    service.end_membership(actor=None, membership=membership, ends_on=today() - DAY)
    membership.refresh_from_db()
    assert membership.ends_on == today() - DAY
    assert list(Acting.objects.on()) == [stand_in]
    assert heard.changes == [(director, "ended", today() - DAY)]
    assert AuditRow.objects.get(action="org.end_membership").actor is None


def test_end_membership_of_one_that_ended_says_so() -> None:
    membership = MembershipFactory(ends_on=today() - 3 * DAY)
    with pytest.raises(StaleAction) as stale:
        service.end_membership(actor=None, membership=membership, ends_on=today())
    assert stale.value.state == (today() - 3 * DAY).isoformat()


def test_end_membership_before_its_first_day_is_refused() -> None:
    membership = MembershipFactory(starts_on=today())
    with pytest.raises(InvalidInput):
        service.end_membership(actor=None, membership=membership, ends_on=today() - DAY)


def test_end_membership_changes_a_planned_end() -> None:
    membership = MembershipFactory(ends_on=today() + DAY)
    service.end_membership(actor=None, membership=membership, ends_on=today() + 9 * DAY)
    membership.refresh_from_db()
    assert membership.ends_on == today() + 9 * DAY


def test_end_membership_by_a_stranger_is_refused() -> None:
    with pytest.raises(NotAllowed):
        service.end_membership(
            actor=person(Role.SYSADMIN), membership=MembershipFactory(), ends_on=today()
        )


def test_move_person_keeps_the_old_position_on_old_days(heard: Heard) -> None:
    school = SchoolFactory()
    clerk = person(Role.SCHOOL_CLERK, school.unit, position="ธุรการ")
    old = clerk.memberships.get()
    target = SchoolFactory(office=clerk.office).unit
    new = service.move_person(actor=None, membership=old, unit=target, on=today())
    yesterday = today() - DAY
    assert service.position_on(clerk, school.unit, yesterday) == "ธุรการ"
    assert service.position_on(clerk, school.unit) == ""
    assert service.position_on(clerk, target) == "ธุรการ"
    assert (new.role, new.starts_on, new.ends_on) == (Role.SCHOOL_CLERK, today(), None)
    assert heard.changes == [(clerk, "moved", today())]


def test_move_person_with_a_new_role_and_position_inside_the_unit() -> None:
    officer = person(Role.OFFICER, position="ชำนาญการ")
    old = officer.memberships.get()
    position = PositionFactory(office=officer.office, title="ผู้อำนวยการกลุ่ม")
    service.move_person(
        actor=None,
        membership=old,
        unit=old.unit,
        on=today(),
        role=Role.GROUP_DIRECTOR,
        position=position,
    )
    assert service.position_on(officer, old.unit) == "ผู้อำนวยการกลุ่ม"
    assert [row.role for row in officer.memberships.order_by("starts_on")] == [
        Role.OFFICER,
        Role.GROUP_DIRECTOR,
    ]


def test_move_person_takes_a_planned_end_along() -> None:
    end = today() + 30 * DAY
    old = MembershipFactory(ends_on=end)
    unit = GroupFactory(office=old.unit.office)
    new = service.move_person(actor=None, membership=old, unit=unit, on=today())
    assert new.ends_on == end


def test_move_person_that_cannot_arrive_does_not_leave_either() -> None:
    old = MembershipFactory()
    with pytest.raises(InvalidInput):
        service.move_person(actor=None, membership=old, unit=GroupFactory(), on=today())
    old.refresh_from_db()
    assert old.ends_on is None


def test_leave_office_ends_everything_and_keeps_the_history() -> None:
    user = person(Role.OFFICER)
    director = person(Role.DIRECTOR, office=user.office)
    MembershipFactory(person=user, unit=GroupFactory(office=user.office), role=Role.PR_OFFICER)
    acting(user, director.memberships.get())
    admin = person(Role.SYSADMIN, office=user.office)
    service.leave_office(actor=admin, person=user, on=today() - DAY)
    user = type(user).objects.get(pk=user.pk)
    assert not any(has_role(user, role) for role in Role)
    assert user.memberships.count() == 2
    assert not user.actings.exists()  # began today, so it never held
    with pytest.raises(NotAllowed):
        service.leave_office(actor=user, person=director, on=today())


def test_leave_office_of_an_administrator_without_office_changes_nothing() -> None:
    root = UserFactory(office=None, is_superuser=True)
    service.leave_office(actor=root, person=root, on=today())
    assert AuditRow.objects.count() == 0


def test_add_person_cannot_sign_in_yet() -> None:
    office = OfficeFactory()
    admin = person(Role.SYSADMIN, office=office)
    user = service.add_person(
        actor=admin, office=office, username="somchai", first_name="สมชาย", email="S@Example.com"
    )
    assert (user.has_usable_password(), user.email, user.office) == (
        False,
        "s@example.com",
        office,
    )
    assert AuditRow.objects.get(action="org.add_person").about_id == str(user.pk)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": "TAKEN"}, "username"),
        ({"username": "ชื่อ ผิด"}, "username"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"email": "not an address"}, "email"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_add_person_names_the_field_that_is_wrong(fields: dict[str, str], field: str) -> None:
    taken = UserFactory(username="taken")
    given = {"username": "new", "first_name": "ใหม่"} | fields
    with pytest.raises(InvalidInput) as refused:
        service.add_person(actor=None, office=taken.office, **given)
    assert refused.value.field == field

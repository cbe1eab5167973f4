from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from portal.core.errors import NotAllowed
from portal.org.admin.scope import may_look_after
from portal.org.enums import Role
from portal.org.permissions import (
    has_role,
    is_auditor,
    is_member,
    is_sysadmin,
    manages_acting,
    manages_office,
    roles_of,
    unit_ids,
)
from portal.org.querysets import today
from portal.org.templatetags.org_tags import of_post, phone_link
from portal.users.models import User
from portal.users.requests import signed_in
from tests.factories import MembershipFactory, OfficeFactory, UserFactory, acting, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_roles_of_holds_own_and_acting_roles_of_the_day() -> None:
    deputy = person(Role.DEPUTY)
    director = person(Role.DIRECTOR, office=deputy.office).memberships.get()
    acting(deputy, director, starts_on=today() - DAY, ends_on=today())
    own = (Role.DEPUTY, deputy.memberships.get().unit_id)
    stood_in = (Role.DIRECTOR, director.unit_id)
    assert roles_of(deputy) == {own, stood_in}
    assert roles_of(deputy, today() + DAY) == {own}
    assert roles_of(deputy, date(2019, 1, 1)) == frozenset()


def test_roles_of_a_closed_or_unsaved_account_are_none() -> None:
    user = person(Role.SYSADMIN, is_active=False)
    assert (roles_of(user), roles_of(User(is_active=True))) == (frozenset(), frozenset())


def test_todays_roles_are_asked_for_once(django_assert_num_queries) -> None:
    user = person(Role.OFFICER)
    with django_assert_num_queries(1):
        assert (has_role(user, Role.OFFICER), has_role(user, Role.AUDITOR)) == (True, False)


def test_unit_ids_of_some_roles() -> None:
    user = person(Role.OFFICER)
    other = MembershipFactory(person=user, unit__office=user.office, role=Role.PR_OFFICER)
    office_unit = user.memberships.get(role=Role.OFFICER).unit_id
    assert unit_ids(user) == {office_unit, other.unit_id}
    assert unit_ids(user, [Role.PR_OFFICER]) == {other.unit_id}
    assert has_role(user, Role.PR_OFFICER, unit_id=other.unit_id) is True
    assert has_role(user, Role.PR_OFFICER, unit_id=office_unit) is False


@pytest.mark.parametrize("role", Role)
def test_named_predicates_by_role(role: Role) -> None:
    user = person(role)
    office = user.office_id
    assert (is_auditor(user), is_sysadmin(user), is_member(user)) == (
        role == Role.AUDITOR,
        role == Role.SYSADMIN,
        True,
    )
    assert manages_office(user, office) is (role == Role.SYSADMIN)
    managers = {Role.SYSADMIN, Role.DIRECTOR, Role.REGISTRY}
    assert manages_acting(user, office) is (role in managers)
    other = OfficeFactory().pk
    assert (manages_office(user, other), manages_acting(user, other)) == (False, False)


def test_the_installations_administrator_manages_every_office() -> None:
    root = UserFactory(office=None, is_superuser=True)
    office = OfficeFactory().pk
    assert (manages_office(root, office), manages_acting(root, office)) == (True, True)
    assert is_member(root) is False
    root.is_active = False
    assert manages_office(root, office) is False


def test_visitors_look_after_nothing() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert may_look_after(request) is False
    with pytest.raises(NotAllowed):
        signed_in(request)


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("0 7469 5911-17", "tel:074695911"),
        ("0 7469 5912", "tel:074695912"),
        ("๐๘-๑๒๓๔-๕๖๗๘", "tel:0812345678"),
        ("074-695911", "tel:074695911"),
        ("ต่อ 199", None),
    ],
)
def test_phone_link_dials_the_first_number(number: str, dialled: str | None) -> None:
    expected = f'<a class="phone-number" href="{dialled}">{number}</a>' if dialled else number
    assert phone_link(number) == expected


def test_of_post_without_anybody_acting() -> None:
    assert of_post({}, MembershipFactory()) == []

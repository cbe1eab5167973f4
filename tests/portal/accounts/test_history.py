"""Who sees whose sign-ins."""

import pytest
from django.urls import reverse

from portal.accounts.enums import SignInResult
from portal.accounts.models import SignIn
from portal.audit.models import AuditRow
from portal.org.enums import Role
from tests.factories import OfficeFactory, UserFactory, acting, person, role_holders

pytestmark = pytest.mark.django_db

OFFICE = "/accounts/history/office/"


def signed_in_once(user, result=SignInResult.SIGNED_IN) -> SignIn:
    return SignIn.objects.create(user=user, result=result, ip="192.0.2.1")


@pytest.fixture
def people():
    """One person per role in an office, each of whom signed in; and somebody elsewhere."""
    office = OfficeFactory()
    holders = role_holders(office)
    for user in holders.values():
        signed_in_once(user)
    signed_in_once(person(Role.DIRECTOR))
    return holders


@pytest.mark.parametrize("role", Role)
def test_visible_rows_per_role(people, role):
    user = people[role]
    seen = set(SignIn.objects.visible_to(user).values_list("user_id", flat=True))
    everybody = {holder.pk for holder in people.values()}
    assert seen == (everybody if role in {Role.AUDITOR, Role.SYSADMIN} else {user.pk})


def test_who_acts_for_the_auditor_sees_the_office(people):
    stand_in = person(Role.OFFICER, office=people[Role.AUDITOR].office)
    acting(stand_in, people[Role.AUDITOR].memberships.get())
    assert SignIn.objects.visible_to(stand_in).count() == len(people)


def test_administrator_of_the_installation_sees_all_offices(people):
    root = UserFactory(office=None, is_superuser=True)
    assert SignIn.objects.visible_to(root).count() == len(people) + 1


def test_superuser_of_an_office_sees_the_own_rows(people):
    user = UserFactory(office=people[Role.AUDITOR].office, is_superuser=True)
    mine = signed_in_once(user)
    assert list(SignIn.objects.visible_to(user)) == [mine]


def test_own_page_shows_own_rows_only(client, people):
    user = people[Role.AUDITOR]
    client.force_login(user)
    page = client.get(reverse("accounts:history")).context["page"]
    assert [row.user_id for row in page] == [user.pk]


@pytest.mark.parametrize("role", Role)
def test_page_of_the_office_is_there_for_whom_it_concerns(client, people, role):
    client.force_login(people[role])
    status = client.get(OFFICE).status_code
    assert status == (200 if role in {Role.AUDITOR, Role.SYSADMIN} else 404)


def test_reading_the_office_is_audited(client, people):
    auditor = people[Role.AUDITOR]
    client.force_login(auditor)
    client.get(OFFICE)
    row = AuditRow.objects.get(action="account.history_read")
    assert (row.actor, row.office_id) == (auditor, auditor.office_id)


def test_filter_by_name_and_result(client, people):
    teacher = people[Role.TEACHER]
    teacher.first_name, teacher.last_name = "มาลี", "ดีงาม"
    teacher.save()
    failed = signed_in_once(teacher, SignInResult.WRONG_PASSWORD)
    client.force_login(people[Role.AUDITOR])
    page = client.get(OFFICE, {"person": "มาลี ดีงาม", "result": "wrong_password"}).context["page"]
    assert list(page) == [failed]
    assert list(client.get(OFFICE, {"person": "nobody"}).context["page"]) == []


def test_lost_factor_is_offered_to_system_administrators_only(client, people):
    link = reverse("accounts:reset_factor", args=[people[Role.TEACHER].pk])
    found = {}
    for role in (Role.AUDITOR, Role.SYSADMIN):
        client.force_login(people[role])
        found[role] = link in client.get(OFFICE).content.decode()
    assert found == {Role.AUDITOR: False, Role.SYSADMIN: True}


def test_page_of_the_office_takes_the_same_queries_for_many_rows(
    client, people, django_assert_num_queries
):
    client.force_login(people[Role.AUDITOR])
    client.get(OFFICE)
    with django_assert_num_queries(7):
        client.get(OFFICE)
    for user in people.values():
        for _time in range(2):
            signed_in_once(user)
    with django_assert_num_queries(7):
        client.get(OFFICE)


def test_own_page_takes_the_same_queries_for_many_rows(client, people, django_assert_num_queries):
    user = people[Role.TEACHER]
    client.force_login(user)
    page = reverse("accounts:history")
    client.get(page)
    with django_assert_num_queries(6):
        client.get(page)
    for _time in range(40):
        signed_in_once(user)
    with django_assert_num_queries(6):
        assert len(client.get(page).context["page"].items) == 41

"""The profile: what people keep up themselves, their roles with dates, the ways on."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput
from portal.desk import services
from portal.desk.roles import roles_with_dates
from portal.org.enums import ActingKind, Role
from portal.users.models import User
from tests.factories import MembershipFactory, acting, person

pytestmark = pytest.mark.django_db

URL = "/desk/profile/"
# Person, office, own roles, acting ones; the session comes from the cache.
PAGE_QUERIES = 4


@pytest.fixture
def user() -> User:
    return person(Role.OFFICER, phone="081 234 5678", language="en")


@pytest.fixture
def client(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def rows() -> list[tuple[str, int, dict[str, object]]]:
    found = AuditRow.objects.filter(action="person.profile_changed")
    return [(row.about_id, row.actor_id, row.data) for row in found.order_by("pk")]


def test_profile_is_saved_and_audited_without_the_number(client, user):
    response = client.post(
        URL, {"phone": "๐๘๙ ๑๑๑  ๒๒๒๒", "phone_is_public": "on", "language": "th"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, URL)
    user.refresh_from_db()
    assert (user.phone, user.phone_is_public, user.language) == ("089 111 2222", True, "th")
    assert rows() == [
        (
            str(user.pk),
            user.pk,
            {"fields": ["language", "phone", "phone_is_public"], "phone_is_public": True},
        )
    ]


def test_consent_taken_back_is_audited(client, user):
    user.phone_is_public = True
    user.save()
    client.post(URL, {"phone": user.phone, "language": "en"})
    assert rows() == [
        (str(user.pk), user.pk, {"fields": ["phone_is_public"], "phone_is_public": False})
    ]


def test_saving_without_a_change_writes_nothing(client, user):
    response = client.post(URL, {"phone": user.phone, "language": "en"})
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert (said, rows()) == (["Your profile is saved."], [])


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (
            {"phone": "call me"},
            {"phone": ["This is not a phone number. Write it as 081 234 5678."]},
        ),
        ({"phone": "12345"}, {"phone": ["This is not a phone number. Write it as 081 234 5678."]}),
        (
            {"phone": "", "phone_is_public": "on"},
            {"phone": ["Write the number that the public phone book shall show."]},
        ),
        (
            {"language": "fr"},
            {"language": ["Select a valid choice. fr is not one of the available choices."]},
        ),
        ({"language": ""}, {"language": ["This field is required."]}),
    ],
)
def test_wrong_input_is_told_beside_the_field_and_kept(client, user, given, errors):
    response = client.post(URL, {"phone": "081 234 5678", "language": "en", **given})
    assert response.status_code == 200
    with translation.override("en"):
        assert response.context["form"].errors == errors
    user.refresh_from_db()
    assert (user.phone, user.language, rows()) == ("081 234 5678", "en", [])


@pytest.mark.parametrize(
    ("phone", "clean"),
    [
        ("", ""),
        (" 0 7469  5911 ", "0 7469 5911"),
        ("+66 81 234 5678", "+66 81 234 5678"),
        ("074-695911", "074-695911"),
    ],
)
def test_phone_is_cleaned(phone, clean):
    assert services.check_phone(phone) == clean


def test_service_refuses_consent_without_a_number(user):
    with pytest.raises(InvalidInput) as refused:
        services.update_profile(actor=user, phone="", phone_is_public=True, language="th")
    assert (refused.value.field, rows()) == ("phone", [])


def test_roles_stand_with_their_dates_the_present_first(user):
    user.memberships.all().delete()
    today = timezone.localdate()

    def held(name: str, start: int, end: int | None) -> None:
        MembershipFactory(
            person=user, unit__office=user.office, position__title=name,
            starts_on=today + timedelta(days=start),
            ends_on=None if end is None else today + timedelta(days=end),
        )  # fmt: skip

    held("past", -400, -100)
    held("older", -900, -401)
    held("now", -99, None)
    held("to come", 10, None)
    chief = MembershipFactory(
        unit__office=user.office, role=Role.GROUP_DIRECTOR, position__title="chief"
    )
    acting(user, chief, ActingKind.IN_PLACE)
    roles = roles_with_dates(user)
    assert [(role.name, bool(role.acting), role.holds_today) for role in roles] == [
        ("chief", True, True),
        ("now", False, True),
        ("to come", False, False),
        ("past", False, False),
        ("older", False, False),
    ]


def test_role_without_a_position_goes_by_its_name(user):
    user.memberships.update(position=None)
    membership = user.memberships.get()
    other = MembershipFactory(role=Role.DIRECTOR, unit__office=user.office, position=None)
    acting(user, other)
    names = {role.name for role in roles_with_dates(user)}
    assert names == {membership.get_role_display(), other.get_role_display()}


@pytest.mark.parametrize("number", [1, 30])
def test_profile_costs_the_same_with_one_and_many_roles(
    client, user, number, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch
):
    from portal.core.registry import menu_entries

    monkeypatch.setattr(menu_entries, "_items", {})
    MembershipFactory.create_batch(number - 1, person=user, unit__office=user.office)
    with django_assert_num_queries(PAGE_QUERIES):
        response = client.get(URL)
    assert len(response.context["roles"]) == number


def test_profile_without_roles_says_so(client, user):
    user.memberships.all().delete()
    html = client.get(URL).content.decode()
    assert html.count("No role yet") == 1


def test_profile_leads_to_the_pages_of_the_account(client):
    links = client.get(URL).context["links"]
    assert [link.url for link in links] == [
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/sessions/",
        "/accounts/history/",
        "/notifications/preferences/",
    ]


def test_profile_shows_nobody_else(client, user):
    other = person(Role.OFFICER, office=user.office, first_name="Somebodyelse")
    assert other.first_name not in client.get(URL).content.decode()


def test_other_methods_are_refused(client):
    assert client.put(URL).status_code == 405

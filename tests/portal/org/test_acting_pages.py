"""The pages where who acts is recorded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.org.enums import ActingKind, Role
from portal.org.models import Acting, Membership, Office
from portal.org.querysets import today
from portal.users.models import User
from tests.factories import (
    ActingFactory,
    GroupFactory,
    OfficeFactory,
    SchoolFactory,
    UserFactory,
    acting,
    person,
    role_holders,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


@pytest.fixture
def registry(office: Office, client: Client) -> User:
    user = person(Role.REGISTRY, office=office)
    client.force_login(user)
    return user


@pytest.fixture
def post(office: Office) -> Membership:
    return person(Role.DIRECTOR, office=office).memberships.get()


def test_the_pages_are_for_director_registry_and_administrator(
    client: Client, office: Office
) -> None:
    people = role_holders(office)
    row = acting(people[Role.DEPUTY], people[Role.DIRECTOR].memberships.get())
    pages = [
        reverse("org:acting"),
        reverse("org:acting_choose"),
        reverse("org:acting_new", args=[row.membership_id]),
        reverse("org:acting_end", args=[row.pk]),
    ]
    may = set()
    for role, user in people.items():
        client.force_login(user)
        statuses = {client.get(page).status_code for page in pages}
        assert len(statuses) == 1
        if statuses == {200}:
            may.add(role)
    # The deputy acts as director today.
    assert may == {Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY, Role.SYSADMIN}


def test_another_offices_rows_do_not_exist(client: Client, registry: User) -> None:
    other = ActingFactory()
    ActingFactory(membership__unit__office=registry.office)
    context = client.get(reverse("org:acting")).context
    assert {row.membership.unit.office for row in context["running"]} == {registry.office}
    pages = [
        reverse("org:acting_new", args=[other.membership_id]),
        reverse("org:acting_end", args=[other.pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert [client.post(page, {}).status_code for page in pages] == [404, 404]


def test_the_list_tells_now_and_later_apart_from_what_is_over(
    client: Client, registry: User, post: Membership
) -> None:
    deputies = [person(Role.DEPUTY, office=registry.office) for _ in range(3)]
    now = acting(deputies[0], post)
    later = acting(deputies[1], post, starts_on=today() + DAY, ends_on=today() + DAY)
    over = acting(deputies[2], post, starts_on=today() - 2 * DAY, ends_on=today() - DAY)
    context = client.get(reverse("org:acting")).context
    assert (list(context["running"]), list(context["page"])) == ([now, later], [over])


def test_the_list_costs_the_same_with_more_rows(
    client: Client,
    registry: User,
    post: Membership,
    own_menu: None,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for count in (1, 29):
        for _row in range(count):
            user = UserFactory(office=registry.office)
            acting(user, post, kind=ActingKind.ON_BEHALF)
            acting(user, post, starts_on=today() - 9 * DAY, ends_on=today() - 8 * DAY)
        with django_assert_num_queries(5):
            client.get(reverse("org:acting"))


def test_posts_to_choose_are_heads_vacant_ones_and_what_is_searched(
    client: Client, office: Office, registry: User, post: Membership
) -> None:
    leader = person(Role.GROUP_DIRECTOR, office=office).memberships.get()
    school = SchoolFactory(office=office).unit
    first, last, somebody = (person(Role.PRINCIPAL, school) for _ in range(3))
    first.memberships.update(starts_on=today() - 90 * DAY, ends_on=today() - 50 * DAY)
    last.memberships.update(starts_on=today() - 49 * DAY, ends_on=today() - DAY)
    somebody.memberships.update(role=Role.TEACHER)
    replaced = person(Role.GROUP_DIRECTOR, leader.unit)
    replaced.memberships.update(ends_on=today() - DAY)
    person(Role.DIRECTOR)
    context = client.get(reverse("org:acting_choose")).context
    assert set(context["posts"]) == {post, leader}
    assert list(context["vacant"]) == [last.memberships.get()]
    found = client.get(reverse("org:acting_choose"), {"q": school.name}).context
    assert list(found["posts"]) == [somebody.memberships.get()]


def form_data(user: User, **given: Any) -> dict[str, Any]:
    data = {"person": user.pk, "kind": "in_place", "order_number": "12/2569"}
    return data | {"starts_on": today().isoformat(), "ends_on": today().isoformat()} | given


def test_acting_is_recorded(client: Client, registry: User, post: Membership) -> None:
    deputy = person(Role.DEPUTY, office=registry.office)
    address = reverse("org:acting_new", args=[post.pk])
    response = client.post(address, form_data(deputy, kind="on_behalf"), follow=True)
    assert response.redirect_chain == [(reverse("org:acting"), 302)]
    assert [str(message).count(str(deputy)) for message in response.context["messages"]] == [1]
    row = Acting.objects.get()
    assert (row.person, row.membership, row.kind, row.order_number) == (
        deputy,
        post,
        ActingKind.ON_BEHALF,
        "12/2569",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": "1/1/2560"}, "ends_on"),
        ({"starts_on": "1/1/2026"}, "starts_on"),
        ({"ends_on": ""}, "ends_on"),
        ({"kind": "king"}, "kind"),
        ({"person": ""}, "person"),
    ],
)
def test_wrong_input_is_told_at_the_field(
    client: Client, registry: User, post: Membership, change: dict[str, str], field: str
) -> None:
    deputy = person(Role.DEPUTY, office=registry.office)
    response = client.post(reverse("org:acting_new", args=[post.pk]), form_data(deputy, **change))
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert not Acting.objects.exists()


def test_a_post_that_is_taken_is_told_at_the_field(
    client: Client, registry: User, post: Membership
) -> None:
    acting(person(Role.DEPUTY, office=registry.office), post)
    other = person(Role.DEPUTY, office=registry.office)
    response = client.post(reverse("org:acting_new", args=[post.pk]), form_data(other))
    assert list(response.context["form"].errors) == ["person"]


def test_who_can_be_chosen_for_a_post_of_the_office(
    client: Client, office: Office, registry: User, post: Membership
) -> None:
    officer = person(Role.OFFICER, office=office)
    person(Role.TEACHER, office=office)
    person(Role.OFFICER, office=office, is_active=False)
    person(Role.OFFICER)
    form = client.get(reverse("org:acting_new", args=[post.pk])).context["form"]
    assert set(form.fields["person"].queryset) == {registry, officer}
    stranger = person(Role.OFFICER)
    refused = client.post(reverse("org:acting_new", args=[post.pk]), form_data(stranger))
    assert list(refused.context["form"].errors) == ["person"]


def test_who_can_be_chosen_for_a_principal(client: Client, office: Office, registry: User) -> None:
    school = SchoolFactory(office=office).unit
    principal, teacher = person(Role.PRINCIPAL, school), person(Role.TEACHER, school)
    neighbour = person(Role.PRINCIPAL, office=office)
    person(Role.TEACHER, neighbour.memberships.get().unit)
    address = reverse("org:acting_new", args=[principal.memberships.get().pk])
    form = client.get(address).context["form"]
    assert set(form.fields["person"].queryset) == {teacher, neighbour}


def test_acting_is_ended_earlier(client: Client, registry: User, post: Membership) -> None:
    deputy = person(Role.DEPUTY, office=registry.office)
    row = acting(deputy, post, starts_on=today() - DAY, ends_on=today() + 5 * DAY)
    address = reverse("org:acting_end", args=[row.pk])
    assert client.get(address).context["form"].initial == {"ends_on": today()}
    response = client.post(address, {"ends_on": today().isoformat()})
    assert (response.status_code, response["Location"]) == (302, reverse("org:acting"))
    row.refresh_from_db()
    assert row.ends_on == today()


def test_acting_that_has_not_begun_is_called_off(
    client: Client, registry: User, post: Membership
) -> None:
    deputy = person(Role.DEPUTY, office=registry.office)
    row = acting(deputy, post, starts_on=today() + 3 * DAY, ends_on=today() + 5 * DAY)
    address = reverse("org:acting_end", args=[row.pk])
    offered = client.get(address).context["form"].initial["ends_on"]
    client.post(address, {"ends_on": offered.isoformat()})
    assert not Acting.objects.exists()


def test_acting_is_not_made_longer_here(client: Client, registry: User, post: Membership) -> None:
    row = acting(person(Role.DEPUTY, office=registry.office), post)
    late = (today() + DAY).isoformat()
    response = client.post(reverse("org:acting_end", args=[row.pk]), {"ends_on": late})
    assert list(response.context["form"].errors) == ["ends_on"]


def test_acting_that_somebody_ended_meanwhile_is_told(
    client: Client, registry: User, post: Membership
) -> None:
    deputy = person(Role.DEPUTY, office=registry.office)
    row = acting(deputy, post, starts_on=today() - 3 * DAY, ends_on=today() - DAY)
    response = client.post(
        reverse("org:acting_end", args=[row.pk]),
        {"ends_on": (today() - 2 * DAY).isoformat()},
    )
    assert response.status_code == 409
    row.refresh_from_db()
    assert row.ends_on == today() - DAY


def test_a_role_that_acts_is_used_at_once(
    client: Client, registry: User, post: Membership
) -> None:
    deputy = person(Role.DEPUTY, GroupFactory(office=registry.office))
    acting(deputy, post)
    client.force_login(deputy)
    assert client.get(reverse("org:acting")).status_code == 200

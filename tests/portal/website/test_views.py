"""The pages that anybody may read, and what must not be on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.core.registry import public_urls
from portal.org.enums import Role
from portal.org.models import Office
from portal.org.querysets import today
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    PhoneLineFactory,
    SchoolFactory,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return OfficeFactory(name="สำนักงานหนึ่ง", address="เลขที่ 9", phone="0 7469 5911-17")


def test_the_front_page_names_the_office_and_the_ways_on(client: Client, office: Office) -> None:
    public = PhoneLineFactory(office=office, number="0 7469 5917")
    PhoneLineFactory(office=office, number="ต่อ 199", is_public=False)
    PhoneLineFactory(office=office, number="0 7469 5912", unit=GroupFactory(office=office))
    response = client.get("/")
    text = response.content.decode()
    ways = ["/phonebook/" + office.code + "/", "/check/", "tel:074695911", office.email]
    assert [way in text for way in ["สำนักงานหนึ่ง", "เลขที่ 9", *ways]] == [True] * 6
    assert list(response.context["lines"]) == [public]


def test_signed_in_people_go_to_their_work(client: Client, office: Office) -> None:
    client.force_login(person(Role.OFFICER, office=office))
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, reverse("desk:home"))


def test_several_offices_are_chosen_from(client: Client, office: Office) -> None:
    other = OfficeFactory()
    for address in ("/", "/phonebook/"):
        response = client.get(address)
        assert set(response.context["offices"]) == {office, other}
    page = client.get(f"/offices/{other.code}/")
    assert page.context["office"] == other


def test_an_installation_without_an_office_says_so(client: Client) -> None:
    for address in ("/", "/phonebook/"):
        response = client.get(address)
        assert (response.status_code, response.context["offices"]) == (200, [])


def test_an_office_that_is_not_there_is_not_found(client: Client, office: Office) -> None:
    addresses = ("/offices/0000/", "/phonebook/0000/")
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_the_public_phone_book_holds_what_is_public_only(client: Client, office: Office) -> None:
    group = GroupFactory(office=office, phone="1000")
    SchoolFactory(office=office, unit__phone="1001")
    GroupFactory(office=office, phone="1002", closed_on=today() - timedelta(days=1))
    PhoneLineFactory(office=office, number="2000")
    PhoneLineFactory(office=office, number="2001", is_public=False)
    person(Role.DIRECTOR, office=office, phone="3000", phone_is_public=True)
    person(Role.OFFICER, group, phone="3001")
    person(Role.OFFICER, group, phone="3002", phone_is_public=True, is_active=False)
    gone = person(Role.OFFICER, group, phone="3003", phone_is_public=True)
    gone.memberships.update(ends_on=today() - timedelta(days=1))
    other = OfficeFactory()
    PhoneLineFactory(office=other, number="2002")
    person(Role.DIRECTOR, office=other, phone="3004", phone_is_public=True)
    text = client.get(f"/phonebook/{office.code}/").content.decode()
    numbers = [*range(1000, 1003), *range(2000, 2003), *range(3000, 3005)]
    shown = {number for number in numbers if f">{number}<" in text or f"{number}</dd>" in text}
    assert shown == {1000, 1001, 2000, 3000}


def test_the_public_phone_book_links_no_inner_page_and_no_address(
    client: Client, office: Office
) -> None:
    user = person(Role.DIRECTOR, office=office, phone="08 0000 0000", phone_is_public=True)
    text = client.get("/phonebook/").content.decode()
    assert [part in text for part in (str(user), "/org/", user.email, user.username)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(("query", "found"), [("พน", 1), ("๐๗๔", 1), ("ไม่มี", 0), ("", 2)])
def test_the_public_phone_book_is_searched_by_part(
    client: Client, office: Office, query: str, found: int
) -> None:
    SchoolFactory(office=office, name="โรงเรียนบ้านพน", unit__phone="0 7400 0001")
    GroupFactory(office=office, name="กลุ่มแผน", phone="ต่อ 12")
    response = client.get("/phonebook/", {"q": query})
    assert len(response.context["entries"]) == found


def test_a_private_number_is_not_found_by_guessing_it(client: Client, office: Office) -> None:
    person(Role.OFFICER, office=office, phone="08 1234 5678")
    response = client.get("/phonebook/", {"q": "0812345678"})
    assert response.context["entries"] == []


def test_the_public_phone_book_costs_the_same_with_more_rows(
    client: Client, office: Office, django_assert_num_queries: Callable[..., Any]
) -> None:
    for count in (1, 29):
        for _row in range(count):
            SchoolFactory(office=office, unit__phone="1")
            PhoneLineFactory(office=office, unit=GroupFactory(office=office))
            MembershipFactory(
                unit=GroupFactory(office=office),
                person__phone="08 0000 0000",
                person__phone_is_public=True,
            )
        with django_assert_num_queries(5):
            client.get(f"/phonebook/{office.code}/")


TOKEN = "kq3v-Zr0XyTq8WbN1mPdRw"


@pytest.mark.parametrize(
    "typed",
    [TOKEN, f"https://portal.example/v/{TOKEN}/", f" http://localhost:8000/v/{TOKEN}/?x=1 "],
)
def test_the_address_of_a_letter_leads_to_its_page(client: Client, typed: str) -> None:
    response = client.get("/check/", {"address": typed})
    assert response["Location"] == reverse("letter_check:check", args=[TOKEN])


@pytest.mark.parametrize("typed", ["", "ศธ 04108/1", "https://portal.example/", "a" * 301])
def test_what_is_no_address_is_told_at_the_field(client: Client, typed: str) -> None:
    response = client.get("/check/", {"address": typed})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["address"])


def test_the_page_to_check_a_letter_begins_without_errors(client: Client) -> None:
    assert client.get("/check/").context["form"].is_bound is False


def test_the_public_pages_are_registered_with_a_reason() -> None:
    ours = {
        entry.code for entry in public_urls if getattr(entry, "code", "").startswith("website:")
    }
    assert ours == {
        "website:home",
        "website:office",
        "website:phone_book",
        "website:office_phone_book",
        "website:check_letter",
    }


def test_public_pages_only_offer_reading(client: Client, office: Office) -> None:
    assert {client.post(address).status_code for address in ("/", "/phonebook/", "/check/")} == {
        405
    }

"""People and units are found, from the box to the page."""

import pytest
from django.test import Client

from portal.core.registry import search_sources
from portal.org.enums import Role
from portal.org.models import Unit
from portal.search import service
from portal.users.models import User
from tests.factories import GroupFactory, OfficeFactory, SchoolFactory, UserFactory, person


def found(user: User, typed: str, source: str) -> list[int]:
    service.index_pending()
    return service.find(
        search_sources.get(source), user, service.Query(service.words_of(typed)), 50
    )


@pytest.fixture
def group(db: None) -> Unit:
    return GroupFactory(name="กลุ่มนโยบายและแผน")


@pytest.fixture
def officer(group: Unit) -> User:
    return person(Role.OFFICER, group, first_name="สมหญิง", last_name="ใจดีมาก")


def test_person_is_found_by_part_of_the_name_and_by_post(officer: User) -> None:
    assert found(officer, "หญิง", "org.people") == [officer.pk]
    assert found(officer, "นโยบาย ใจดี", "org.people") == [officer.pk]
    assert found(officer, "นโยบาย ใจร้าย", "org.people") == []


def test_people_of_another_office_are_not_found(officer: User) -> None:
    stranger = person(Role.OFFICER, GroupFactory(office=OfficeFactory()))

    assert found(stranger, "สมหญิง", "org.people") == []


def test_people_are_not_found_by_somebody_without_a_post(officer: User) -> None:
    visitor = UserFactory(office=officer.office)

    assert found(visitor, "สมหญิง", "org.people") == []
    assert found(UserFactory(office=None), "สมหญิง", "org.people") == []


def test_renamed_unit_is_found_with_its_people_by_the_new_name(officer: User, group: Unit) -> None:
    service.index_pending()
    group.name = "กลุ่มอำนวยการ"
    group.save()

    assert found(officer, "อำนวยการ", "org.units") == [group.pk]
    assert found(officer, "อำนวยการ", "org.people") == [officer.pk]
    assert found(officer, "นโยบาย", "org.people") == []


def test_person_who_left_is_no_longer_found(officer: User) -> None:
    service.index_pending()
    officer.is_active = False
    officer.save()

    assert found(person(Role.OFFICER, officer.memberships.get().unit), "สมหญิง", "org.people") == []


def test_school_is_found_by_its_code_in_thai_digits(officer: User) -> None:
    school = SchoolFactory(office=officer.office, smis_code="93020015", amphoe="ป่าบอน")

    assert found(officer, "๙๓๐๒๐๐๑๕", "org.units") == [school.unit_id]
    assert found(officer, "ป่าบอน", "org.units") == [school.unit_id]


def test_page_shows_groups_with_the_words_marked(officer: User) -> None:
    service.index_pending()
    client = Client()
    client.force_login(officer)

    page = client.get("/search/", {"q": "นโยบาย"}).content.decode()

    assert "กลุ่ม<mark>นโยบาย</mark>และแผน" in page
    assert f'href="/org/people/{officer.pk}/"' in page
    assert f'href="/org/units/{officer.memberships.get().unit_id}/"' in page

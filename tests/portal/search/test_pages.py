"""The page of results: filters, pages, and what it says when there is nothing."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client

from portal.org.enums import Role
from portal.org.models import Unit
from portal.search import views
from portal.search.forms import SearchForm
from portal.users.models import User
from tests.factories import GroupFactory, UserFactory, person


@pytest.fixture
def unit(db: None) -> Unit:
    return GroupFactory(name="กลุ่มนโยบายและแผน")


@pytest.fixture
def user(unit: Unit) -> User:
    return person(Role.OFFICER, unit)


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hits(browser: Client, **query: str) -> int:
    response = browser.get("/search/", query)
    assert response.status_code == 200
    return response.content.decode().count('class="search-hit"')


def test_page_without_words_asks_for_them(texts, browser: Client) -> None:
    page = browser.get("/search/").content.decode()

    assert ("What are you looking for?" in page, hits(browser, q="  ")) == (True, 0)


def test_page_without_hits_says_so(texts, browser: Client) -> None:
    assert "Nothing found" in browser.get("/search/", {"q": "ไม่มี"}).content.decode()


def test_filters_of_the_source_narrow_the_page(texts, user: User, browser: Client) -> None:
    texts.add(user, "ประชุม", on=date(2026, 1, 1), labels=frozenset({"speed=urgent"}))
    texts.add(user, "ประชุม", on=date(2025, 1, 1))
    here = {"q": "ประชุม", "in": texts.code}

    assert hits(browser, **here) == 2
    assert hits(browser, **here, year="2569") == 1
    assert hits(browser, **here, year="2567") == 0
    assert hits(browser, **here, speed="urgent") == 1
    assert hits(browser, **here, speed="no such", year="x") == 2


def test_year_leaves_out_sources_without_one(texts, user: User, browser: Client) -> None:
    texts.add(user, f"ประชุม {user}", on=date(2026, 1, 1))
    browser.get("/search/", {"q": str(user)})

    assert hits(browser, q="ประชุม", year="2569") == 1


@pytest.mark.parametrize(("cursor", "count"), [("", 20), ("2", 5), ("9", 0), ("x", 20), ("0", 20)])
def test_page_numbers(texts, user: User, browser: Client, cursor: str, count: int) -> None:
    texts.add(user, *["ประชุม"] * 25)

    assert hits(browser, q="ประชุม", cursor=cursor, **{"in": texts.code}) == count


def test_unknown_kind_shows_everything(texts, user: User, browser: Client) -> None:
    texts.add(user, *["ประชุม"] * 7)

    assert hits(browser, q="ประชุม", **{"in": "no.such"}) == 5


def test_hit_that_is_gone_is_left_out(texts, user: User, browser: Client) -> None:
    first, _second = texts.add(user, "ประชุม", "ประชุม")
    del texts.kept[first]

    assert hits(browser, q="ประชุม") == 1


def test_search_that_takes_too_long_says_what_to_do(
    texts, user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(views, "TIMEOUT_MS", 20)
    monkeypatch.setattr(views.service, "first_hits", slow)

    assert "That took too long" in browser.get("/search/", {"q": "ประชุม"}).content.decode()


def test_other_faults_of_the_database_are_not_hidden(
    texts, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(views.service, "first_hits", broken)

    with pytest.raises(Exception, match="division by zero"):
        browser.get("/search/", {"q": "ประชุม"})


def test_page_is_for_people_who_signed_in(db: None) -> None:
    assert Client().get("/search/", {"q": "x"}).status_code == 302


def test_senders_are_found_by_any_of_their_names(texts, user: User, unit: Unit) -> None:
    texts.filters = frozenset(SearchForm.LABELS)
    other = GroupFactory(office=user.office, name="กลุ่มอำนวยการ")

    def labels(**data: str) -> set[frozenset[str]]:
        form = SearchForm(data, user=user, source=texts)
        assert form.is_valid()
        return set(form.labels())

    assert labels(sender="นโยบาย แผน") == {frozenset({f"sender={unit.pk}"})}
    assert labels(sender="ไม่มี") == {frozenset()}
    assert labels(unit=str(other.pk), mine="on") == {
        frozenset({f"unit={other.pk}"}),
        frozenset({f"person={user.pk}"}),
    }


def test_sender_that_nobody_is_finds_nothing(texts, user: User, browser: Client) -> None:
    texts.filters = frozenset({"sender"})
    texts.add(user, "ประชุม")

    assert hits(browser, q="ประชุม", sender="ไม่มี", **{"in": texts.code}) == 0


def test_somebody_without_an_office_finds_nothing(texts, user: User) -> None:
    texts.add(user, "ประชุม")

    assert texts.find(UserFactory(office=None), "ประชุม") == []

"""What stands around every page: office, menu, links, active entry."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from portal.core.registry import menu_entries
from portal.desk.menu import WorkEntry
from portal.desk.shell import Shell
from portal.files.models import Blob, StoredFile
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


@dataclass
class Entry:
    code: str
    url_name: str
    order: int = 100
    badge_count: int | None = None
    shown: bool = True
    icon: str = "circle"

    @property
    def label(self) -> str:
        return self.code

    def visible_to(self, user: User) -> bool:
        return self.shown

    def badge(self, user: User) -> int | None:
        return self.badge_count


@pytest.fixture
def entries(monkeypatch):
    """The menu holds "my work" and what the test adds."""
    monkeypatch.setattr(menu_entries, "_items", {})
    menu_entries.register(WorkEntry())
    return menu_entries


def request_of(user: User | AnonymousUser, path: str = "/desk/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


def test_menu_holds_what_the_person_may_see_in_order(entries):
    entries.register(Entry("later", "desk:profile", order=9, badge_count=3))
    entries.register(Entry("hidden", "desk:help_index", order=5, shown=False))
    entries.register(Entry("gone", "no:such", order=6))
    with translation.override("en"):
        menu = Shell(request_of(UserFactory())).menu
    assert [(link.label, link.url, link.badge) for link in menu] == [
        ("My work", "/desk/", None),
        ("later", "/desk/profile/", 3),
    ]


@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("/desk/", ["My work"]),
        ("/desk/profile/", ["profile"]),
        ("/desk/profile/more/", ["profile"]),
        ("/desk/help/start/", ["guide"]),
        ("/desk/other/", []),
        ("/elsewhere/", []),
    ],
)
def test_entry_of_the_page_is_active(entries, path, active):
    entries.register(Entry("profile", "desk:profile"))
    entries.register(Entry("guide", "desk:help_index"))
    with translation.override("en"):
        menu = Shell(request_of(UserFactory(), path)).menu
    assert [link.label for link in menu if link.active] == active


def test_visitor_has_no_menu():
    assert Shell(request_of(AnonymousUser())).menu == []


def test_visitor_sees_the_only_office():
    office = OfficeFactory()
    shell = Shell(request_of(AnonymousUser()))
    assert (shell.office_name, shell.office_short_name) == (office.name, office.short_name)


@pytest.mark.parametrize("offices", [0, 2])
def test_visitor_sees_no_office_among_several(offices):
    OfficeFactory.create_batch(offices)
    with translation.override("en"):
        shell = Shell(request_of(AnonymousUser()))
        assert (shell.office_name, shell.office_short_name) == ("Education area portal",) * 2


def test_person_sees_the_own_office_among_several():
    OfficeFactory()
    user = UserFactory()
    assert Shell(request_of(user)).office_name == user.office.name


def test_emblem_is_the_offices_own():
    office = OfficeFactory()
    assert Shell(request_of(UserFactory(office=office))).emblem_url == ""
    blob = Blob.objects.create(sha256="0" * 64, size=1, content_type="image/png", path="x")
    emblem = StoredFile.objects.create(blob=blob, office=office, name="emblem.png")
    office.emblem = emblem
    office.save()
    shell = Shell(request_of(UserFactory(office=office)))
    assert shell.emblem_url == f"/files/{emblem.uid}/"


def test_emblem_without_an_office_is_empty():
    assert Shell(request_of(AnonymousUser())).emblem_url == ""


def test_brand_leads_people_to_their_work_and_visitors_home():
    assert Shell(request_of(UserFactory())).home_url == "/desk/"
    assert Shell(request_of(AnonymousUser())).home_url == "/"


@pytest.mark.parametrize(
    ("is_staff", "urls"),
    [
        (False, ["/desk/profile/", "/accounts/security/"]),
        (True, ["/desk/profile/", "/accounts/security/", "/back-office/"]),
    ],
)
def test_links_of_the_person(is_staff, urls):
    links = Shell(request_of(UserFactory(is_staff=is_staff))).person_links
    assert [link.url for link in links] == urls


@pytest.mark.parametrize(("demo", "url"), [(True, "/accounts/demo-codes/"), (False, "")])
def test_demo_codes_are_offered_in_a_demo_only(settings, demo, url):
    settings.DEMO = demo
    assert Shell(request_of(AnonymousUser())).demo_codes_url == url


def test_request_without_a_person_is_a_visitors():
    assert Shell(RequestFactory().get("/")).user is None


def test_every_menu_entry_leads_to_a_page(client: Client, django_assert_num_queries):
    from django.urls import reverse

    assert [entry.code for entry in menu_entries if not reverse(entry.url_name)] == []


def test_visitors_page_asks_for_the_office_alone(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
):
    OfficeFactory()
    with django_assert_num_queries(1):
        client.get("/nothing-here/")


def test_drawn_menu_follows_badges_and_language(entries):
    entry = Entry("letters", "desk:help_index", badge_count=3)
    entries.register(entry)
    user = UserFactory()
    drawn = []
    for language, entry.badge_count in (("en", 3), ("en", 4), ("th", 4), ("en", 3)):
        with translation.override(language):
            drawn.append(str(Shell(request_of(user)).menu_html))
    assert [html.count('<span class="menu-badge">3') for html in drawn] == [1, 0, 0, 1]
    assert [html.count("My work") for html in drawn] == [1, 1, 0, 1]

"""The audit page: who sees it, what it finds, what it exports."""

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit import service
from portal.audit.models import AuditRow
from portal.core.registry import menu_entries
from portal.core.thai.dates import numeric
from portal.org.enums import Role
from portal.org.models import Office
from portal.users.models import User
from portal.workflow.tables import Registered
from tests.apps.sample.models import PaperState
from tests.apps.sample.workflow import PAPER
from tests.factories import OfficeFactory, UserFactory, person

pytestmark = pytest.mark.django_db

LIST = "/desk/audit/"
EXPORT = "/desk/audit/export/"


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


@pytest.fixture
def auditor(office: Office) -> User:
    return person(role=Role.AUDITOR, office=office)


@pytest.fixture
def client(client: Client, auditor: User) -> Client:
    client.force_login(auditor)
    return client


def write(office: Office, action: str = "sample.done", **fields: Any) -> AuditRow:
    """A row at any time and from anywhere, as no service would write it."""
    return AuditRow.objects.create(office=office, action=action, **fields)


def found(client: Client, **query: str) -> list[AuditRow]:
    """The rows of the page for these filters, without those of reading it."""
    page = client.get(LIST, query).context["page"]
    return [row for row in page.items if row.action != "audit.read"]


def exported(client: Client, **query: str) -> list[list[str]]:
    response = client.get(EXPORT, query)
    text = b"".join(response.streaming_content).decode()  # type: ignore[arg-type]
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


# Who


@pytest.mark.parametrize("url", [LIST, EXPORT])
@pytest.mark.parametrize("role", list(Role))
def test_page_is_for_auditors_and_system_administrators(
    office: Office, url: str, role: Role
) -> None:
    client = Client()
    client.force_login(person(role=role, office=office))

    readers = (Role.AUDITOR, Role.SYSADMIN)
    assert client.get(url).status_code == (200 if role in readers else 404)


def test_refusal_is_audited(office: Office) -> None:
    teacher = person(role=Role.TEACHER, office=office)
    client = Client()
    client.force_login(teacher)
    client.get(LIST)

    row = AuditRow.objects.get(action="access.denied")
    assert (row.actor, row.data) == (teacher, {"tried": "audit.read"})


@pytest.mark.parametrize("url", [LIST, EXPORT])
def test_page_needs_sign_in(url: str) -> None:
    response = Client().get(url)

    assert response.status_code == 302
    assert AuditRow.objects.count() == 0


@pytest.mark.parametrize("url", [LIST, EXPORT])
def test_page_is_only_read(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405


def test_menu_shows_the_page_to_its_readers_only(office: Office, auditor: User) -> None:
    entry = menu_entries.get("desk.audit")

    assert entry.visible_to(auditor) is True
    assert entry.visible_to(person(role=Role.OFFICER, office=office)) is False
    assert reverse(entry.url_name) == LIST


def test_page_shows_the_readers_office_alone(client: Client, office: Office) -> None:
    own = write(office)
    write(OfficeFactory())
    AuditRow.objects.create(action="of.nobody")

    assert found(client) == [own]
    assert [line[5] for line in exported(client)[1:]] == [
        "audit.exported",
        "audit.read",
        "sample.done",
    ]


def test_administrator_of_the_installation_sees_all_offices(office: Office) -> None:
    client = Client()
    client.force_login(UserFactory(is_superuser=True, office=None))
    rows = [write(office), write(OfficeFactory())]

    assert found(client) == rows[::-1]
    assert found(client, person="nobody of this name") == []


# Filters


def test_filter_by_person_finds_what_they_did_and_what_befell_them(
    client: Client, office: Office
) -> None:
    somchai = UserFactory(office=office, first_name="สมชาย", last_name="ใจดี", username="somchai1")
    other = UserFactory(office=office, first_name="สมหญิง", username="somying1")
    did = write(office, actor=somchai)
    failed = write(office, about_type="users.user", about_id=str(somchai.pk))
    write(office, actor=other)
    write(office, about_type="org.unit", about_id=str(somchai.pk))

    for words in ("สมชาย", "somchai1", "สมชาย  ใจดี", "ใจดี สมชาย"):
        assert found(client, person=words) == [failed, did]
    assert found(client, person="สมชาย สมหญิง") == []


def test_filter_by_person_does_not_look_into_other_offices(client: Client, office: Office) -> None:
    stranger = UserFactory(first_name="มานี")
    write(office, actor=stranger)

    assert found(client, person="มานี") == []


def test_filter_by_action(client: Client, office: Office) -> None:
    row = write(office, "account.signed_in")
    write(office, "account.signed_out")

    assert found(client, action="account.signed_in") == [row]


def test_filter_offers_the_actions_that_happened_by_name(client: Client, office: Office) -> None:
    write(office, "account.signed_in")
    client.get(LIST)

    form = client.get(LIST).context["filter"].form
    assert sorted(code for code, _label in form.fields["action"].choices) == [
        "",
        "account.signed_in",
        "audit.read",
    ]
    assert dict(form.fields["action"].choices)["audit.read"] == service.action_label("audit.read")


def test_filter_offers_our_own_kinds_of_objects(client: Client) -> None:
    kinds = dict(client.get(LIST).context["filter"].form.fields["about_type"].choices)

    assert {"org.unit", "org.school", "users.user"} - set(kinds) == set()
    assert [kind for kind in kinds if kind.startswith("auth.")] == []


@pytest.mark.parametrize("number", ["12", "๑๒", " 12 "])
def test_filter_by_object(client: Client, office: Office, number: str) -> None:
    row = write(office, about_type="org.unit", about_id="12")
    write(office, about_type="org.unit", about_id="1")
    write(office, about_type="org.school", about_id="12")

    assert found(client, about_type="org.unit", about_id=number) == [row]


def test_filter_by_days_includes_both_in_local_time(client: Client, office: Office) -> None:
    """20 November in Bangkok is 17:00 on the 19th to 17:00 on the 20th in UTC."""
    times = [(19, 16, 59), (19, 17, 0), (20, 16, 59), (20, 17, 0)]
    rows = [
        write(office, at=datetime(2026, 11, day, hour, minute, tzinfo=UTC))
        for day, hour, minute in times
    ]
    day = numeric(date(2026, 11, 20))

    assert found(client, since=day, until=day) == [rows[2], rows[1]]
    assert found(client, since=day) == [rows[3], rows[2], rows[1]]
    assert found(client, until=day) == [rows[2], rows[1], rows[0]]


def test_filter_with_a_day_that_is_none_says_so(client: Client, office: Office) -> None:
    row = write(office)
    response = client.get(LIST, {"since": "32/13/2569"})

    assert list(response.context["filter"].form.errors) == ["since"]
    assert row in response.context["page"].items


def test_filter_by_request_keeps_it_for_the_next_search(client: Client, office: Office) -> None:
    row = write(office, request_id="abc")
    write(office, request_id="def")

    assert found(client, request_id="abc") == [row]
    html = client.get(LIST, {"request_id": "abc"}).content.decode()
    assert re.findall(r'<input type="hidden" name="request_id" value="(\w+)"', html) == ["abc"]


def test_nothing_found_says_so(client: Client) -> None:
    response = client.get(LIST, {"person": "nobody"})

    assert response.context["page"].items == []
    assert "empty-state" in response.content.decode()


# What a row shows


def test_row_shows_names_and_leads_to_what_belongs_to_it(client: Client, office: Office) -> None:
    user = UserFactory(office=office, first_name="สมชาย", username="somchai1")
    write(
        office,
        "account.signed_in",
        actor=user,
        about_type="users.user",
        about_id=str(user.pk),
        data={"method": "password"},
        ip="203.0.113.7",
        request_id="abc",
    )
    html = client.get(LIST, {"action": "account.signed_in"}).content.decode()

    for text in (str(user), service.action_label("account.signed_in"), "method: Password"):
        assert html.count(text) >= 1
    assert "203.0.113.7" in html
    for query in (
        {"action": "account.signed_in", "person": "somchai1"},
        {"action": "account.signed_in", "about_type": "users.user", "about_id": user.pk},
        {"request_id": "abc"},
    ):
        assert f'href="{LIST}?{urlencode(query)}"'.replace("&", "&amp;") in html


def test_what_is_shown_is_escaped(client: Client, office: Office) -> None:
    write(office, data={"<b>": "<script>"})
    html = client.get(LIST).content.decode()

    assert "&lt;b&gt;: &lt;script&gt;" in html


# Reading is an action too


def test_search_is_written_down_without_what_was_typed(
    client: Client, auditor: User, office: Office
) -> None:
    client.get(LIST, {"person": "สมชาย", "since": numeric(date(2026, 11, 20))})

    row = AuditRow.objects.get()
    assert (row.action, row.actor, row.office) == ("audit.read", auditor, office)
    assert row.data == {"filters": ["person", "since"]}


def test_export_is_written_down(client: Client, auditor: User) -> None:
    exported(client, action="audit.exported")

    row = AuditRow.objects.get()
    assert (row.action, row.actor) == ("audit.exported", auditor)


# Pages


def test_pages_follow_each_other_without_rows_read_meanwhile(
    client: Client, office: Office
) -> None:
    rows = [write(office) for _ in range(120)]
    first = client.get(LIST, {"action": "sample.done"}).context["page"]
    write(office)
    query = {"action": "sample.done", "cursor": first.next_cursor}
    second = client.get(LIST, query).context["page"]
    third = client.get(LIST, query | {"cursor": second.next_cursor}).context["page"]

    newest_first = rows[::-1]
    assert first.items == newest_first[:50]
    assert second.items == newest_first[50:100]
    assert third.items == newest_first[100:]
    assert third.next_cursor is None
    assert AuditRow.objects.filter(action="audit.read").count() == 1


def test_page_asks_the_same_few_queries_for_any_number_of_rows(
    client: Client, office: Office
) -> None:
    """Of the audit's own: the actions for the filter, the row of reading, the page."""
    numbers = []
    for count in (1, 29):
        for _ in range(count):
            write(office, actor=UserFactory(office=office), about_type="org.unit", about_id="1")
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        numbers.append((len(queries), sum("audit_auditrow" in q["sql"] for q in queries)))

    assert numbers == [(numbers[0][0], 3)] * 2


# The export


def test_export_has_a_header_and_one_line_for_each_row(client: Client, office: Office) -> None:
    user = UserFactory(office=office, username="somchai1")
    row = write(
        office,
        "account.signed_in",
        actor=user,
        at=datetime(2026, 11, 20, 7, 5, 9, tzinfo=UTC),
        about_type="users.user",
        about_id=str(user.pk),
        data={"method": "password"},
        ip="203.0.113.7",
        request_id="abc",
        session="def",
    )
    header, line = exported(client, action="account.signed_in")

    assert len(header) == 11
    assert line == [
        str(row.pk),
        "2026-11-20 14:05:09+07:00",
        str(user),
        "somchai1",
        service.action_label("account.signed_in"),
        "account.signed_in",
        row.about_label,
        '{"method": "password"}',
        "203.0.113.7",
        "abc",
        "def",
    ]


def test_export_is_a_file_of_today(client: Client) -> None:
    response = client.get(EXPORT)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"]
    )


def test_export_is_not_cut_into_pages(client: Client, office: Office) -> None:
    for _ in range(60):
        write(office)

    assert len(exported(client, action="sample.done")) == 61


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_export_holds_no_formulas(client: Client, office: Office, text: str) -> None:
    write(office, request_id=text)

    assert exported(client, request_id=text)[1][9] == f"'{text}"


def test_export_of_rows_without_anything_has_empty_cells(client: Client, office: Office) -> None:
    row = write(office)

    line = exported(client, action="sample.done")[1]
    assert [line[0], *line[2:]] == [
        str(row.pk), "", "", "sample.done", "sample.done", "", "", "", "", "",
    ]  # fmt: skip


def details(client: Client) -> list[str]:
    """The column of details, the newest row first."""
    page = client.get(LIST).content.decode()
    return re.findall(r'<span class="text-break">(.*?)</span>', page)


def test_change_of_state_is_written_in_the_words_of_its_table(
    client: Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {PAPER.kind: Registered(PAPER, "README.md")}
    monkeypatch.setattr("portal.workflow.tables._registered", known)
    write(office, "sample.paper.sign", data={"from": "waiting", "to": "signed", "n": 1})
    write(office, "sample.done", data={"to": 103})

    before, after = PaperState.WAITING.label, PaperState.SIGNED.label
    assert details(client)[-2:] == ["to: 103", f"{before} → {after}, n: 1"]


def test_details_are_named_in_words_where_the_words_are_known(
    client: Client, office: Office
) -> None:
    write(office, data={"count": 114, "method": "password+totp", "other": 1})
    write(office, data={"tried": "audit.read", "filters": ["day", "person"]})

    tried = f"what was tried: {service.action_label('audit.read')}, filters: day, person"
    assert details(client)[-2:] == [
        tried, "count: 114, other: 1, method: Password + Authenticator app",
    ]  # fmt: skip


def test_details_are_named_in_the_readers_language(
    client: Client, auditor: User, office: Office
) -> None:
    User.objects.filter(pk=auditor.pk).update(language="th")
    write(office, data={"count": 114})

    assert details(client)[-1] == "จำนวน: 114"

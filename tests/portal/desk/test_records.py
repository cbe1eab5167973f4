"""The daily record: what is counted, what is written, and when a day is closed."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, NotReady
from portal.core.registry import menu_entries, person_statistics
from portal.desk.enums import ReportState, WorkCategory
from portal.desk.models import DayEntry, MonthReport
from portal.desk.services import records, reports
from portal.org.enums import Role
from tests.factories import GroupFactory, OfficeFactory, person
from tests.factories.reports import Counted, entry

pytestmark = pytest.mark.django_db

# Person, office; the entries, the report of the month.
DAY_QUERIES = 4


@pytest.fixture(autouse=True)
def _only_our_figures(monkeypatch) -> None:
    monkeypatch.setattr(person_statistics, "_items", {})
    monkeypatch.setattr(menu_entries, "_items", {})
    person_statistics.register(Counted())


@pytest.fixture
def group():
    return GroupFactory(office=OfficeFactory())


@pytest.fixture
def officer(group):
    return person(Role.OFFICER, group)


@pytest.fixture
def head(group):
    return person(Role.GROUP_DIRECTOR, group)


def today() -> date:
    return timezone.localdate()


def write(actor, day=None, minutes=60, **fields):
    return records.save_entry(
        actor=actor,
        day=day or today(),
        category=WorkCategory.MEETING,
        text="ประชุมคณะทำงาน",
        minutes=minutes,
        **fields,
    )


def test_day_shows_what_was_counted_and_written(officer):
    mine = write(officer)
    entry(officer, today() - timedelta(days=1))
    entry(person(), today())
    found = records.day_record(officer, today())
    assert found.entries == [mine]
    assert [(str(f.label), f.value) for f in found.figures] == [("Signed", 2)]
    assert [item.title for item in found.items] == ["ศธ 04108/1"]
    assert (found.minutes, found.done, found.is_open) == (60, 2, True)


@pytest.mark.parametrize(
    ("back", "state", "is_open"),
    [
        (0, ReportState.DRAFT, True),
        (7, ReportState.DRAFT, True),
        (8, ReportState.DRAFT, False),
        (-1, ReportState.DRAFT, False),
        (0, ReportState.SUBMITTED, False),
        (0, ReportState.APPROVED, False),
        (0, ReportState.RETURNED, True),
        (20, ReportState.RETURNED, True),
        (-1, ReportState.RETURNED, False),
    ],
)
def test_day_is_open_for_some_days_and_in_returned_months(officer, back, state, is_open):
    day = today() - timedelta(days=back)
    report = MonthReport(person=officer, month=records.first_of(day), state=state)
    assert records.is_open(report, day) is is_open


def test_setting_says_how_long_days_are_open(officer, settings):
    settings.REPORT_EDIT_DAYS = 1
    with pytest.raises(NotReady):
        write(officer, today() - timedelta(days=2))
    assert write(officer, today() - timedelta(days=1)).pk


def test_entry_is_audited_without_its_words(officer):
    row = write(officer)
    write(officer, entry=row)
    records.delete_entry(actor=officer, entry=row)
    audited = AuditRow.objects.filter(actor=officer).order_by("pk")
    assert [(one.action, one.data) for one in audited] == [
        ("desk.entry_add", {"day": today().isoformat()}),
        ("desk.entry_change", {"day": today().isoformat()}),
        ("desk.entry_delete", {"day": today().isoformat()}),
    ]
    assert not DayEntry.objects.exists()


def test_day_has_twenty_four_hours(officer):
    first = write(officer, minutes=23 * 60)
    with pytest.raises(InvalidInput) as refused:
        write(officer, minutes=61)
    assert refused.value.field == "hours"
    assert write(officer, minutes=60).minutes == 60
    assert write(officer, minutes=22 * 60, entry=first).minutes == 22 * 60


def test_entry_of_no_time_is_refused(officer):
    with pytest.raises(InvalidInput):
        write(officer, minutes=0)


def test_database_refuses_a_longer_day(officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        entry(officer, minutes=1441)


def test_entry_of_somebody_else_is_left_alone(officer, head):
    row = write(officer)
    with pytest.raises(NotAllowed):
        write(head, entry=row)
    with pytest.raises(NotAllowed):
        records.delete_entry(actor=head, entry=row)
    assert DayEntry.objects.get() == row


def test_entry_of_a_closed_day_is_not_moved_to_an_open_one(officer):
    old = entry(officer, today() - timedelta(days=30))
    with pytest.raises(NotReady):
        write(officer, entry=old)
    with pytest.raises(NotReady):
        records.delete_entry(actor=officer, entry=old)


def test_month_that_was_handed_in_takes_no_entry(officer, head):
    reports.submit(actor=officer, month=today())
    with pytest.raises(NotReady):
        write(officer)


def test_month_counts_by_category_and_day(officer):
    start = records.first_of(today())
    entry(officer, start, minutes=90)
    entry(officer, start, category=WorkCategory.PROJECT, minutes=30)
    entry(officer, start - timedelta(days=1))
    found = records.month_record(officer, today(), viewer=officer)
    assert [(line.label, line.entries, line.minutes) for line in found.categories] == [
        ("Meetings", 1, 90),
        ("Projects and activities", 1, 30),
    ]
    assert (found.minutes, found.entries) == (120, 2)
    assert [(line.day, line.minutes, line.done) for line in found.worked_days] == [(start, 120, 2)]
    assert found.figures == [["Signed", 2 * len(found.period.days), "letters"]]
    assert found.done == 2 * len(found.period.days)


def test_day_page_costs_the_same_with_many_entries(officer, browse, django_assert_num_queries):
    client = browse(officer)
    address = reverse("desk:record", args=[today().isoformat()])
    client.get(address)
    for number in (1, 29):
        for _one in range(number):
            entry(officer, minutes=1)
        with django_assert_num_queries(DAY_QUERIES):
            client.get(address)


def test_record_begins_with_today(officer, browse):
    answer = browse(officer).get(reverse("desk:record_today"))
    assert answer.url == reverse("desk:record", args=[today().isoformat()])


def test_page_writes_an_entry(officer, browse):
    address = reverse("desk:record", args=[today().isoformat()])
    data = {"text": "นิเทศโรงเรียน", "category": "visit", "hours": "1.5"}
    answer = browse(officer).post(address, data)
    assert answer.url == address
    row = DayEntry.objects.get()
    assert (row.person, row.category, row.minutes, row.text) == (
        officer, "visit", 90, "นิเทศโรงเรียน",
    )  # fmt: skip


def test_page_says_what_is_wrong_at_the_field(officer, browse):
    entry(officer, minutes=23 * 60 + 30)
    address = reverse("desk:record", args=[today().isoformat()])
    answer = browse(officer).post(address, {"text": "x", "category": "desk", "hours": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"hours": ["A day has 24 hours."]}


def test_page_changes_and_takes_out_an_entry(officer, browse):
    row, client = write(officer, minutes=90), browse(officer)
    page = client.get(reverse("desk:entry", args=[row.pk]))
    assert page.context["form"].initial == {
        "text": "ประชุมคณะทำงาน", "category": "meeting", "hours": "1.5",
    }  # fmt: skip
    data = {"text": "แก้แล้ว", "category": "desk", "hours": "2"}
    client.post(reverse("desk:entry", args=[row.pk]), data)
    row.refresh_from_db()
    assert (row.text, row.minutes) == ("แก้แล้ว", 120)
    answer = client.post(reverse("desk:entry", args=[row.pk]), {**data, "hours": "24.5"})
    assert answer.status_code == 422
    entry(officer, minutes=60)
    answer = client.post(reverse("desk:entry", args=[row.pk]), {**data, "hours": "23.5"})
    assert answer.context["form"].errors == {"hours": ["A day has 24 hours."]}
    client.post(reverse("desk:entry_delete", args=[row.pk]))
    assert not DayEntry.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["entry", "entry_delete"])
def test_entry_of_somebody_else_is_not_found(officer, head, browse, name):
    row = write(officer)
    assert browse(head).post(reverse(f"desk:{name}", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("day", ["2026-13-01", "gestern", "2999-01-01"])
def test_day_that_is_none_or_to_come_is_not_found(officer, browse, day):
    assert browse(officer).get(reverse("desk:record", args=[day])).status_code == 404


def test_month_that_is_none_is_not_found(officer, browse):
    assert browse(officer).get(reverse("desk:month", args=["2026-13"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_entries_at_once_do_not_make_a_longer_day():
    officer = person(Role.OFFICER)
    refused = []

    def add() -> None:
        try:
            write(officer, minutes=13 * 60)
        except InvalidInput:
            refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (DayEntry.objects.count(), len(refused)) == (1, 1)

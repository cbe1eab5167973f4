"""The demo's daily records: there once, and reports at each stage."""

from collections import Counter
from io import StringIO

import pytest

from portal.desk.demo import RecordsDemo
from portal.desk.models import DayEntry, MonthReport
from portal.org.enums import Role
from tests.factories import GroupFactory, person

pytestmark = pytest.mark.django_db


def test_demo_has_reports_at_each_stage_once():
    group = GroupFactory()
    person(Role.GROUP_DIRECTOR, group)
    person(Role.OFFICER, group, username="officer")
    for _one in range(3):
        person(Role.OFFICER, group)
    RecordsDemo().load(StringIO())
    states = Counter(MonthReport.objects.values_list("state", flat=True))
    assert states == {"submitted": 2, "approved": 1}
    written = DayEntry.objects.count()
    assert DayEntry.objects.values("person").distinct().count() == 4
    RecordsDemo().load(StringIO())
    assert DayEntry.objects.count() == written


def test_demo_without_its_people_does_nothing():
    RecordsDemo().load(StringIO())
    assert not DayEntry.objects.exists()

import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import display_for_field, display_for_value
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone

from portal.org.models import Office
from tests.factories import UserFactory

DAY = datetime.date(2026, 11, 20)
MOMENT = datetime.datetime(2026, 11, 20, 12, 5, tzinfo=datetime.UTC)


def test_back_office_writes_a_day_in_the_buddhist_era():
    assert display_for_field(DAY, models.DateField(), "-") == "20 พ.ย. 2569"
    assert display_for_value(DAY, "-") == "20 พ.ย. 2569"


def test_back_office_writes_a_moment_in_the_offices_time():
    with timezone.override("Asia/Bangkok"):
        assert display_for_field(MOMENT, models.DateTimeField(), "-") == "20 พ.ย. 2569 19:05 น."
        assert display_for_value(MOMENT, "-") == "20 พ.ย. 2569 19:05 น."


def test_back_office_writes_everything_else_as_before():
    assert display_for_field(datetime.time(8, 30), models.TimeField(), "-") == "8:30 a.m."
    assert display_for_field(1234, models.IntegerField(), "-") == "1234"
    assert display_for_field(None, models.DateField(), "-") == "-"


@pytest.mark.django_db
def test_back_office_history_is_dated_in_the_buddhist_era():
    change = LogEntry(action_time=MOMENT, user=UserFactory(), action_flag=CHANGE)
    context = {"action_list": [change], "opts": Office._meta, "object": change.user}

    with timezone.override("Asia/Bangkok"):
        page = render_to_string("admin/object_history.html", context)

    assert page.count("20 พ.ย. 2569 19:05 น.") == 1

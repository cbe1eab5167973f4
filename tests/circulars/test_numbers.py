"""What taking a number gives back is what the database holds."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.forms.models import model_to_dict

from circulars.effects.numbers import take_number
from circulars.enums import RegisterKind
from circulars.models import Register, RegisterEntry
from tests.factories import SchoolFactory, person

pytestmark = pytest.mark.django_db


def taken() -> RegisterEntry:
    unit = SchoolFactory().unit
    with transaction.atomic():
        return take_number(
            unit_id=unit.pk,
            kind=RegisterKind.INCOMING,
            moment=datetime(2026, 12, 31, 17, 30, tzinfo=UTC),
            registered_by_id=person("school_clerk", unit).pk,
            reference="ศธ 04108/ว 1",
            dated=date(2026, 12, 30),
            sender="สพป.",
            receiver="ผู้อำนวยการโรงเรียน",
            subject="การประชุม",
            action="ทราบ",
            note="ด่วน",
        )


def test_taken_number_equals_the_stored_rows() -> None:
    entry = taken()
    stored = RegisterEntry.objects.select_related("register").get()
    assert model_to_dict(entry) == model_to_dict(stored)
    assert model_to_dict(entry.register) == model_to_dict(stored.register)
    assert (str(entry), entry.register.year) == ("1/2570", 2570)


def test_taken_number_can_be_changed_like_a_loaded_one() -> None:
    entry = taken()
    entry.note = "แก้ไข"
    entry.save()
    entry.register.save()
    assert list(RegisterEntry.objects.values_list("number", "note")) == [(1, "แก้ไข")]
    assert list(Register.objects.values_list("last_number", flat=True)) == [1]

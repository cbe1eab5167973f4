"""The demo office has received letters at several desks, once."""

import io

import pytest

from circulars.enums_handling import HandlingState
from circulars.models import Assignment, Handling
from portal.core import registry

pytestmark = pytest.mark.django_db


def test_demo_letters_are_at_work_and_load_once() -> None:
    for code in ("org", "accounts", "circulars.handling", "circulars.handling"):
        registry.demo_loaders.get(code).load(io.StringIO())
    assert sorted(Handling.objects.values_list("state", flat=True)) == [
        HandlingState.ASSIGNED, HandlingState.IN_WORK,
        HandlingState.PROPOSED, HandlingState.PROPOSED,
    ]  # fmt: skip
    assert Assignment.objects.late().count() == 2

"""The demo's letters get a past once."""

from io import StringIO

import pytest
from django.db.models import F

from circulars.demo_statistics import StatisticsDemo
from circulars.models import RouteStep
from tests.factories.letters import World, for_signature

pytestmark = pytest.mark.django_db


def test_steps_took_some_time_and_follow_each_other(world: World):
    letter = for_signature(world)
    StatisticsDemo().load(StringIO())
    letter.refresh_from_db()
    first, second, third = RouteStep.objects.filter(letter=letter).order_by("position")
    assert letter.created_at <= first.arrived_at < first.decided_at
    assert first.decided_at <= second.arrived_at < second.decided_at <= third.arrived_at
    before = list(RouteStep.objects.order_by("pk").values_list("arrived_at", flat=True))
    StatisticsDemo().load(StringIO())
    assert list(RouteStep.objects.order_by("pk").values_list("arrived_at", flat=True)) == before
    assert not RouteStep.objects.filter(decided_at__lt=F("arrived_at")).exists()

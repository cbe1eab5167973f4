"""The demo office has letters at every stage, once."""

import io

import pytest

from circulars.demo import CircularsDemo
from circulars.enums import DeliveryState, LetterState
from circulars.models import Delivery, Letter
from portal.core import registry

pytestmark = pytest.mark.django_db


def test_demo_letters_stand_at_every_stage_and_load_once() -> None:
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())
    for _run in range(2):
        CircularsDemo().load(io.StringIO())
    states = sorted(Letter.objects.values_list("state", flat=True))
    assert states == sorted(
        [LetterState.DISPATCHED] * 4
        + [LetterState.IN_CHAIN] * 3
        + [LetterState.RETURNED, LetterState.DRAFT]
    )
    reached = set(Delivery.objects.values_list("state", flat=True))
    assert reached == set(DeliveryState.values) - {
        DeliveryState.SENDING,
        DeliveryState.UNDELIVERABLE,
    }

"""The demo office has an order and reserved numbers, once."""

import io

import pytest

from circulars.demo_registers import RegistersDemo
from circulars.enums import RegisterKind
from circulars.models import RegisterEntry
from circulars.services.register_proof import prove
from portal.core import registry

pytestmark = pytest.mark.django_db


def test_demo_registers_hold_every_state_and_load_once() -> None:
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())
    for _run in range(2):
        RegistersDemo().load(io.StringIO())
    entries = RegisterEntry.objects.filter(register__kind=RegisterKind.ORDER).order_by("number")
    assert [entry.state for entry in entries] == ["given", "reserved", "reserved", "void"]
    assert [book.is_whole for book in prove()] == [True]

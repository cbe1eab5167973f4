"""Reserved numbers, made through the services that people use."""

from datetime import timedelta

from django.utils import timezone

from circulars.enums import RegisterKind
from circulars.models import RegisterEntry, Reservation
from circulars.services import reservations
from portal.org.models import Unit
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories.letters import World


def reserved(
    world: World,
    *,
    kind: RegisterKind = RegisterKind.CIRCULAR,
    count: int = 3,
    unit: Unit | None = None,
    actor: User | None = None,
    person: User | None = None,
    days: int = 10,
) -> Reservation:
    """Reserved by the central registry for the officer, unless others are given."""
    actor = actor or world.registry
    return reservations.reserve(
        unit=unit or central_registry(world.office),
        kind=kind,
        actor=actor,
        count=count,
        purpose="งานประชุม",
        person=person or world.officer,
        expires_on=timezone.localdate() + timedelta(days=days),
    )


def entry_of(reservation: Reservation, number: int) -> RegisterEntry:
    return RegisterEntry.objects.select_related("register", "reservation").get(
        reservation=reservation, number=number
    )


def move_back(reservation: Reservation, days: int) -> None:
    """As if it had been reserved so many days ago."""
    then = timezone.now() - timedelta(days=days)
    Reservation.objects.filter(pk=reservation.pk).update(reserved_at=then)
    RegisterEntry.objects.filter(reservation=reservation).update(registered_at=then)

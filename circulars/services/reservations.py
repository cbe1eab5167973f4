"""จองเลข: taking numbers ahead, using them, and giving up those that are not needed."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.numbers import reserve_numbers, void_entry
from circulars.enums import RegisterKind
from circulars.models import RegisterEntry, Reservation
from circulars.services.registers import check_keeps, keeps
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai.text import normalize
from portal.org.models import Membership, Unit
from portal.users.models import User

MOST = 100
"""Numbers in one reservation."""

LONGEST = timedelta(days=366)


def reserve(
    *,
    unit: Unit,
    kind: RegisterKind,
    actor: User,
    count: int,
    purpose: str,
    person: User,
    expires_on: date,
) -> Reservation:
    """Take the next ``count`` numbers of a book for ``person`` to use until ``expires_on``.

    Raises ``NotAllowed`` unless the actor keeps that book, ``InvalidInput`` for what cannot be.
    """
    check_keeps(actor, unit=unit, kind=kind, action="register.reserve")
    purpose = normalize(purpose)
    check_wish(count=count, purpose=purpose, expires_on=expires_on)
    if person not in people_for(unit=unit):
        raise InvalidInput(_("This person does not work here."), field="person")
    with transaction.atomic():
        made = reserve_numbers(
            unit_id=unit.pk,
            kind=kind,
            count=count,
            moment=timezone.now(),
            purpose=purpose,
            person_id=person.pk,
            actor_id=actor.pk,
            expires_on=expires_on,
        )
        record(
            action="register.reserve",
            actor=actor,
            about=made,
            data={"kind": str(kind), "count": count, "people": [person.pk]},
        )
    return made


def check_wish(*, count: int, purpose: str, expires_on: date) -> None:
    """Raise ``InvalidInput`` for a reservation that cannot be made as it is asked for."""
    if not 1 <= count <= MOST:
        raise InvalidInput(
            _("Between 1 and %(most)s numbers can be reserved at once.") % {"most": MOST},
            field="count",
        )
    if not purpose:
        raise InvalidInput(_("Say what the numbers are for."), field="purpose")
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise InvalidInput(
            _("A reservation ends today or later, within a year."), field="expires_on"
        )


def people_for(*, unit: Unit) -> QuerySet[User]:
    """Who numbers of a unit can be reserved for: its people; the office's for all its staff."""
    members = Membership.objects.on().filter(unit__office_id=unit.office_id)
    if unit.writes_as_office:
        members = members.exclude(unit__kind="school")
    else:
        members = members.filter(unit=unit)
    return User.objects.filter(is_active=True, pk__in=members.order_by().values("person"))


def release(
    *,
    reservation: Reservation,
    actor: User,
    reason: str,
    numbers: Collection[int] | None = None,
) -> int:
    """Make the unused numbers of a reservation void, all or those given; returns how many.

    A number once taken is never given to anybody else, so giving it up is to void it. Who it was
    reserved for may do so, and who keeps the book. Raises ``StaleAction`` when one of the
    numbers was used or given up meanwhile.
    """
    reason = normalize(reason)
    if not reason:
        raise InvalidInput(_("Say why the number is void."), field="reason")
    if not may_release(actor, reservation):
        raise NotAllowed(action="register.release", about=reservation)
    with transaction.atomic():
        rows = RegisterEntry.objects.filter(reservation=reservation).unused()
        if numbers is not None:
            rows = rows.filter(number__in=numbers)
        unused = list(rows.select_for_update().order_by("number"))
        if not unused or (numbers is not None and len(unused) != len(set(numbers))):
            raise StaleAction(about=reservation)
        for entry in unused:
            void_entry(entry=entry, actor_id=actor.pk, reason=reason)
        record(
            action="register.release",
            actor=actor,
            about=reservation,
            data={"count": len(unused)},
        )
    return len(unused)


def may_release(user: User, reservation: Reservation) -> bool:
    own = reservation.person_id == user.pk and not reservation.register.is_secret
    return own or keeps(user, reservation.register)


def usable_numbers(
    *, unit: Unit, kind: RegisterKind | str, people: Collection[User] | None = None
) -> list[RegisterEntry]:
    """Reserved numbers of a book that may be used today, of this year and of those before.

    Only those reserved for one of ``people``, when they are given.
    """
    rows = RegisterEntry.objects.usable().filter(register__unit=unit, register__kind=kind)
    if people is not None:
        rows = rows.filter(reservation__person__in=people)
    rows = rows.select_related("register", "reservation__person")
    return list(rows.order_by("register__year", "number")[:MOST])

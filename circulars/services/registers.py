"""Writing in a unit's registers by hand, for papers that did not come through the portal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.books import kept_units
from circulars.effects.numbers import check_dated, locked_entry, take_number, void_entry
from circulars.enums import INCOMING_REGISTERS, SECRET_REGISTERS, EntryState, RegisterKind
from circulars.models import Delivery, Letter, Register, RegisterEntry
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai.text import normalize
from portal.org.models import Unit
from portal.users.models import User

NUMBERED_BY_YEAR = (RegisterKind.ORDER, RegisterKind.ANNOUNCEMENT, RegisterKind.CERTIFICATE)
"""What is numbered n/year, not behind the code of the agency (clauses 16.2, 20, 24.1)."""

MARKS = {RegisterKind.CIRCULAR: "ว ", RegisterKind.SECRET_OUTGOING: "ล "}


@dataclass(frozen=True)
class Line:
    """What a person writes in a line; ``dated`` None stands for today."""

    subject: str = ""
    reference: str = ""
    dated: date | None = None
    sender: str = ""
    receiver: str = ""
    action: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of the line, tidied."""
        texts = ("subject", "reference", "sender", "receiver", "action", "note")
        return {name: normalize(getattr(self, name)) for name in texts}


def kept_books(user: User) -> list[tuple[Unit, RegisterKind]]:
    """The books that ``user`` writes in, whether any number has been taken from them or not."""
    units = {kind: kept_units(user, kind) for kind in RegisterKind}
    every = frozenset[int]().union(*units.values())
    rows = Unit.objects.filter(pk__in=every).open().select_related("office")
    return [(unit, kind) for unit in rows for kind in RegisterKind if unit.pk in units[kind]]


def check_keeps(user: User, *, unit: Unit, kind: RegisterKind | str, action: str) -> None:
    """Raise ``NotAllowed`` unless ``user`` writes in the book of this unit and kind."""
    if unit.pk not in kept_units(user, kind):
        raise NotAllowed(action=action, about=unit)


def keeps(user: User, register: Register) -> bool:
    return register.unit_id in kept_units(user, register.kind)


def enter(
    *,
    unit: Unit,
    kind: RegisterKind,
    actor: User,
    line: Line,
    reserved: RegisterEntry | None = None,
) -> RegisterEntry:
    """Give a paper outside the portal the next number, or a reserved one.

    What goes out is dated as ``check_dated`` allows; of what came in, ``dated`` is the sender's.
    An empty ``reference`` of what goes out becomes its own number.
    """
    check_keeps(actor, unit=unit, kind=kind, action="register.enter")
    moment = timezone.now()
    columns = checked_columns(line, kind)
    dated = line.dated
    if kind not in INCOMING_REGISTERS:
        taken_on = timezone.localdate(reserved.registered_at if reserved else moment)
        dated = dated or taken_on
        check_dated(dated, moment=moment, reserved=reserved)
    elif dated and dated > timezone.localdate(moment):
        raise InvalidInput(_("A letter that has come in is not of tomorrow."), field="dated")
    with transaction.atomic():
        entry = take_number(
            unit_id=unit.pk,
            kind=kind,
            moment=moment,
            registered_by_id=actor.pk,
            dated=dated,
            reserved=reserved,
            **columns,
        )
        if not entry.reference and kind not in INCOMING_REGISTERS:
            entry.reference = own_reference(unit, kind, entry)
            entry.save(update_fields=["reference"])
        record(action="register.enter", actor=actor, about=entry, data={"kind": str(kind)})
    return entry


def checked_columns(line: Line, kind: RegisterKind | str) -> dict[str, Any]:
    """The columns to write. Raises ``InvalidInput`` when they say too little or too much."""
    columns = line.columns()
    if kind in SECRET_REGISTERS:
        if columns["subject"]:
            raise InvalidInput(
                _("The subject of a secret letter is not written in the portal's register."),
                field="subject",
            )
    elif not columns["subject"]:
        raise InvalidInput(_("Write what it is about."), field="subject")
    return columns


def own_reference(unit: Unit, kind: RegisterKind | str, entry: RegisterEntry) -> str:
    """ที่ of a paper of the unit itself: the agency's code and the number, or number and year."""
    if kind in NUMBERED_BY_YEAR:
        return f"{entry.number}/{entry.register.year}"
    code = unit.letter_code or unit.office.letter_code
    return f"{code}/{MARKS.get(RegisterKind(kind), '')}{entry.number}"


def void_line(*, entry: RegisterEntry, actor: User, reason: str) -> RegisterEntry:
    """Make a line void that somebody wrote by hand; a letter's number goes with its letter.

    Raises ``StaleAction`` for a number that is no longer given, ``InvalidInput`` without a
    reason or for the number of a letter in the portal.
    """
    reason = normalize(reason)
    if not reason:
        raise InvalidInput(_("Say why the number is void."), field="reason")
    with transaction.atomic():
        fresh = locked_entry(entry)
        if not keeps(actor, fresh.register):
            raise NotAllowed(action="register.void", about=fresh)
        if fresh.state != EntryState.GIVEN:
            raise StaleAction(state=fresh.state)
        if has_letter(fresh):
            raise InvalidInput(
                _("This number belongs to a letter in the portal; void the letter itself."),
                field="reason",
            )
        void_entry(entry=fresh, actor_id=actor.pk, reason=reason)
        record(action="register.void", actor=actor, about=fresh)
    return fresh


def has_letter(entry: RegisterEntry) -> bool:
    """Whether the line is that of a letter which the portal holds."""
    letters: Iterable[Any] = (Letter.objects, Delivery.objects)
    return any(rows.filter(entry=entry).exists() for rows in letters)

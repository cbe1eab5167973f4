"""Days without network: registers and reserved numbers to take away, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.books import kept_units
from circulars.effects.numbers import locked_entry, reserve_numbers, void_entry, write_reserved
from circulars.enums import INCOMING_REGISTERS, SECRET_REGISTERS, EntryState, PaperKind
from circulars.enums import RegisterKind as Kind
from circulars.models import RegisterEntry, RegisterPaper, Reservation
from circulars.services.registers import Line, checked_columns, own_reference
from circulars.services.reservations import check_wish
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.tasks import defer
from portal.core.thai.dates import be_year, short
from portal.core.thai.text import normalize
from portal.org.models import Unit
from portal.users.models import User

PACKED = tuple(kind for kind in Kind if kind not in SECRET_REGISTERS)
"""Books that may lie on a stick in a drawer."""


@dataclass(frozen=True)
class Handwritten:
    """What became of one number: ``line`` when it was used, ``void_reason`` when it was spoilt.

    ``written_on`` is the day on which it was written by hand, and of what went out its date.
    """

    written_on: date | None = None
    line: Line | None = None
    void_reason: str = ""


@dataclass(frozen=True)
class Reconciled:
    """How many numbers of a block were used, made void and left."""

    used: int
    void: int
    left: int


def ask_pack(
    *,
    unit: Unit,
    actor: User,
    kinds: Sequence[Kind],
    count: int,
    purpose: str,
    expires_on: date,
) -> RegisterPaper:
    """Reserve ``count`` numbers of each book of a unit and have them packed with the registers.

    Raises ``NotAllowed`` unless the actor keeps these books, ``InvalidInput`` for a pack that
    cannot be made; secret registers are never packed.
    """
    purpose = normalize(purpose)
    check_wish(count=count, purpose=purpose, expires_on=expires_on)
    if not kinds or set(kinds) - set(PACKED):
        raise InvalidInput(_("Choose at least one register that is not secret."), field="kinds")
    if any(unit.pk not in kept_units(actor, kind) for kind in kinds):
        raise NotAllowed(action="register.pack", about=unit)
    with transaction.atomic():
        pack = RegisterPaper.objects.create(kind=PaperKind.PACK, unit=unit, requested_by=actor)
        for kind in sorted(set(kinds), key=PACKED.index):  # one order of locks for everybody
            reserve_numbers(
                unit_id=unit.pk,
                kind=kind,
                count=count,
                moment=timezone.now(),
                purpose=purpose,
                person_id=actor.pk,
                actor_id=actor.pk,
                expires_on=expires_on,
                pack_id=pack.pk,
            )
        record(
            action="register.pack",
            actor=actor,
            about=pack,
            data={"count": count, "rows": len(set(kinds))},
        )
        defer("circulars.make_register_paper", pack.pk)
    return pack


def reconcile(
    *, block: Reservation, actor: User, written: Mapping[int, Handwritten]
) -> Reconciled:
    """Key in what was written by hand: ``written`` by number; other numbers stay as they are.

    All or nothing. Raises ``NotAllowed`` unless the actor keeps the book, ``StaleAction`` when a
    number was dealt with meanwhile, and ``InvalidInput`` whose field is ``<number>-<column>``.
    """
    if block.pack_id is None or block.register.unit_id not in kept_units(
        actor, block.register.kind
    ):
        raise NotAllowed(action="register.reconcile", about=block)
    with transaction.atomic():
        for number, hand in sorted(written.items()):
            _settle(block, actor, number, hand)
        rows = RegisterEntry.objects.filter(reservation=block)
        counts = Reconciled(
            used=rows.filter(used_at__isnull=False).count(),
            void=rows.filter(voided_at__isnull=False).count(),
            left=rows.unused().count(),
        )
        record(
            action="register.reconcile",
            actor=actor,
            about=block,
            data={"rows": len(written), "count": counts.left},
        )
    return counts


def _settle(block: Reservation, actor: User, number: int, hand: Handwritten) -> None:
    entry = locked_entry(RegisterEntry.objects.get(reservation=block, number=number))
    if entry.state != EntryState.RESERVED:
        raise StaleAction(
            _("Number %(number)s was used or given up meanwhile.") % {"number": entry},
            state=entry.state,
            about=block,
        )
    if hand.line is None:
        if not (reason := normalize(hand.void_reason)):
            raise InvalidInput(_("Say why the number is void."), field=f"{number}-void_reason")
        void_entry(entry=entry, actor_id=actor.pk, reason=reason)
        return
    try:
        columns = checked_columns(hand.line, block.register.kind)
        _check_day(block, hand.written_on)
    except InvalidInput as error:
        raise InvalidInput(str(error), field=f"{number}-{error.field}") from error
    _write(entry, actor, hand.line, columns, hand.written_on or timezone.localdate())


def _check_day(block: Reservation, day: date | None) -> None:
    """A number of a block may have any day since the block was reserved: it was that day's too."""
    today, since = timezone.localdate(), timezone.localdate(block.reserved_at)
    if day is None:
        raise InvalidInput(_("Say on which day it was written."), field="written_on")
    if not since <= day <= today or be_year(day) != block.register.year:
        raise InvalidInput(
            _("The numbers were reserved on %(day)s: write a day from then to today.")
            % {"day": short(since)},
            field="written_on",
        )


def _write(
    entry: RegisterEntry, actor: User, line: Line, columns: dict[str, str], day: date
) -> None:
    register = entry.register
    is_incoming = register.kind in INCOMING_REGISTERS
    entry.registered_at = max(
        entry.registered_at, datetime.combine(day, time(12), timezone.get_current_timezone())
    )
    entry.save(update_fields=["registered_at"])
    row = {
        **columns,
        "dated": line.dated if is_incoming else day,
        "registered_by_id": actor.pk,
    }
    if not is_incoming and not columns["reference"]:
        row["reference"] = own_reference(register.unit, register.kind, entry)
    write_reserved(entry, moment=timezone.now(), row=row)

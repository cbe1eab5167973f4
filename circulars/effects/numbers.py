"""Register numbers: taken under a row lock, without a gap, never twice."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import SECRET_REGISTERS, EntryState, RegisterKind
from circulars.models import Register, RegisterEntry, Reservation
from portal.core.errors import InvalidInput, StaleAction
from portal.core.fields import SealableTextField
from portal.core.thai.dates import be_year, short

TAKE_NUMBER = """
WITH taken AS (
    INSERT INTO circulars_register (unit_id, kind, year, last_number) VALUES (%s, %s, %s, 1)
    ON CONFLICT (unit_id, kind, year)
    DO UPDATE SET last_number = circulars_register.last_number + 1
    RETURNING id, last_number
)
INSERT INTO circulars_registerentry (
    register_id, number, registered_at, registered_by_id, reference, dated, sender, receiver,
    subject, action, note, void_reason
)
SELECT id, last_number, %s, %s, %s, %s, %s, %s, %s, %s, %s, '' FROM taken
RETURNING id, register_id, number
"""

RESERVE_NUMBERS = """
WITH taken AS (
    INSERT INTO circulars_register (unit_id, kind, year, last_number)
    VALUES (%(unit)s, %(kind)s, %(year)s, %(count)s)
    ON CONFLICT (unit_id, kind, year)
    DO UPDATE SET last_number = circulars_register.last_number + %(count)s
    RETURNING id, last_number
), made AS (
    INSERT INTO circulars_reservation (
        register_id, first_number, last_number, purpose, person_id, reserved_by_id, reserved_at,
        expires_on, pack_id
    )
    SELECT id, last_number - %(count)s + 1, last_number, %(purpose)s, %(person)s, %(actor)s,
           %(moment)s, %(expires_on)s, %(pack)s
    FROM taken
    RETURNING id, register_id, first_number, last_number
), written AS (
    INSERT INTO circulars_registerentry (
        register_id, number, registered_at, registered_by_id, reference, sender, receiver,
        subject, action, note, void_reason, reservation_id
    )
    SELECT register_id, number, %(moment)s, %(actor)s, '', '', '', '', '', '', '', made.id
    FROM made CROSS JOIN generate_series(first_number, last_number) AS number
)
SELECT id FROM made
"""


def take_number(
    *,
    unit_id: int,
    kind: RegisterKind,
    moment: datetime,
    registered_by_id: int | None,
    reference: str = "",
    dated: date | None = None,
    sender: str = "",
    receiver: str = "",
    subject: str = "",
    action: str = "",
    note: str = "",
    reserved: RegisterEntry | None = None,
) -> RegisterEntry:
    """Write the next line of a register, or that of a ``reserved`` number, and return it.

    The year is the calendar year of ``moment`` in the office's time zone (clauses 38.2,
    43.1.2). The register's row stays locked until the caller's transaction ends, so the number
    of a transaction that is rolled back is given to the next one: no gap and no double.
    Raises what ``use_number`` raises.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("take_number needs a transaction")
    year = be_year(timezone.localtime(moment).date())
    row: dict[str, Any] = {
        "registered_at": moment,
        "registered_by_id": registered_by_id,
        "reference": reference,
        "dated": dated,
        "sender": sender,
        "receiver": receiver,
        "subject": subject,
        "action": action,
        "note": note,
    }
    if reserved is not None:
        return use_number(reserved, unit_id=unit_id, kind=kind, moment=moment, row=row)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, (unit_id, kind, year, *_stored(row, kind).values()))
        entry_id, register_id, number = cursor.fetchone()
    # Both rows are known here; to read them again would keep everybody else waiting at the lock.
    register = Register(pk=register_id, unit_id=unit_id, kind=kind, year=year, last_number=number)
    entry = RegisterEntry(pk=entry_id, register=register, number=number, **row)
    for stored in (register, entry):
        stored._state.adding, stored._state.db = False, connection.alias
    return entry


def _stored(row: dict[str, Any], kind: RegisterKind) -> dict[str, Any]:
    """The columns as they lie in the database: words of a secret register are sealed."""
    if kind not in SECRET_REGISTERS:
        return row
    sealed = {}
    for name, value in row.items():
        field = RegisterEntry._meta.get_field(name.removesuffix("_id"))
        if isinstance(field, SealableTextField) and value:
            value = field.sealed(value)
        sealed[name] = value
    return sealed


def reserve_numbers(
    *,
    unit_id: int,
    kind: RegisterKind | str,
    count: int,
    moment: datetime,
    purpose: str,
    person_id: int,
    actor_id: int,
    expires_on: date,
    pack_id: int | None = None,
) -> Reservation:
    """Take the next ``count`` numbers of a register at once, to be used later.

    It is the lock of ``take_number``, so the numbers follow each other whoever else writes.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("reserve_numbers needs a transaction")
    values = {
        "unit": unit_id,
        "kind": kind,
        "year": be_year(timezone.localtime(moment).date()),
        "count": count,
        "purpose": purpose,
        "person": person_id,
        "actor": actor_id,
        "moment": moment,
        "expires_on": expires_on,
        "pack": pack_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(RESERVE_NUMBERS, values)
        (reservation_id,) = cursor.fetchone()
    return Reservation.objects.select_related("register__unit").get(pk=reservation_id)


def use_number(
    entry: RegisterEntry,
    *,
    unit_id: int,
    kind: RegisterKind | str,
    moment: datetime,
    row: dict[str, Any],
) -> RegisterEntry:
    """Write ``row`` on the line of a reserved number; its registration date stays.

    Raises ``StaleAction`` when the number was used or given up meanwhile, ``InvalidInput`` for
    a number of another book, one whose reservation has ended, or a date that it cannot have.
    """
    fresh = locked_entry(entry)
    if fresh.state != EntryState.RESERVED or fresh.reservation is None:
        raise StaleAction(
            _("Number %(number)s was used or given up meanwhile.") % {"number": fresh},
            state=fresh.state,
        )
    if (fresh.register.unit_id, fresh.register.kind) != (unit_id, kind):
        raise InvalidInput(_("This number belongs to another register."), field="number")
    if fresh.reservation.expires_on < timezone.localdate(moment):
        raise InvalidInput(
            _("The reservation of number %(number)s has ended.") % {"number": fresh},
            field="number",
        )
    return write_reserved(fresh, moment=moment, row=row)


def locked_entry(entry: RegisterEntry) -> RegisterEntry:
    """The line as it is now, under its lock until the transaction ends."""
    rows = RegisterEntry.objects.select_related("register", "reservation")
    return rows.select_for_update(of=("self",)).get(pk=entry.pk)


def write_reserved(
    entry: RegisterEntry, *, moment: datetime, row: dict[str, Any]
) -> RegisterEntry:
    """Fill the line of a reserved number whose lock the caller holds."""
    for name, value in row.items():
        if name != "registered_at":
            setattr(entry, name, value)
    entry.used_at = moment
    entry.save(update_fields=[*(row.keys() - {"registered_at"}), "used_at"])
    return entry


def check_dated(dated: date, *, moment: datetime, reserved: RegisterEntry | None = None) -> None:
    """Raise ``InvalidInput`` for a date that a letter with this number cannot have.

    A letter has the date of the day on which its number was taken from the register (clause
    43.2): today's, or of a reserved number the day of its reservation. A reserved number may
    also be dated today while its year lasts.
    """
    today = timezone.localdate(moment)
    if reserved is None:
        if dated != today:
            raise InvalidInput(
                _(
                    "A number that is taken today is dated today. Only a number that was "
                    "reserved on another day can have that day's date."
                ),
                field="dated",
            )
        return
    taken_on = timezone.localdate(reserved.registered_at)
    if dated != taken_on and not (dated == today and be_year(today) == reserved.register.year):
        raise InvalidInput(
            _("Number %(number)s was reserved on %(day)s: it is dated that day or today.")
            % {"number": reserved, "day": short(taken_on)},
            field="dated",
        )


def void_entry(*, entry: RegisterEntry, actor_id: int, reason: str) -> None:
    """Mark a number void; it stays visible and is never given again."""
    entry.voided_at = timezone.now()
    entry.voided_by_id = actor_id
    entry.void_reason = reason
    entry.save(update_fields=["voided_at", "voided_by", "void_reason"])

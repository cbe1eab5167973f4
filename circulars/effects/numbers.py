"""Register numbers: taken under a row lock, without a gap, never twice."""

from datetime import date, datetime

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from circulars.enums import RegisterKind
from circulars.models import Register, RegisterEntry
from portal.core.thai.dates import be_year

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
) -> RegisterEntry:
    """Write the next line of a register and return it.

    The year is the calendar year of ``moment`` in the office's time zone (clauses 38.2,
    43.1.2). The register's row stays locked until the caller's transaction ends, so the number
    of a transaction that is rolled back is given to the next one: no gap and no double.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("take_number needs a transaction")
    year = be_year(timezone.localtime(moment).date())
    row = {
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
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, (unit_id, kind, year, *row.values()))
        entry_id, register_id, number = cursor.fetchone()
    # Both rows are known here; to read them again would keep everybody else waiting at the lock.
    register = Register(pk=register_id, unit_id=unit_id, kind=kind, year=year, last_number=number)
    entry = RegisterEntry(pk=entry_id, register=register, number=number, **row)
    for stored in (register, entry):
        stored._state.adding, stored._state.db = False, connection.alias
    return entry


def void_entry(*, entry: RegisterEntry, actor_id: int, reason: str) -> None:
    """Mark a number void; it stays visible and is never given again."""
    entry.voided_at = timezone.now()
    entry.voided_by_id = actor_id
    entry.void_reason = reason
    entry.save(update_fields=["voided_at", "voided_by", "void_reason"])

"""The receipt stamp of a letter: its words, its place, the copy that carries it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.stamping import TASK, order_stamp
from circulars.inboxes import heir_of
from circulars.models import Delivery, LetterSettings, ReceiptStamp
from circulars.permissions import keeps_inbox, may_read_delivery
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, NotReady
from portal.core.tasks import defer
from portal.core.thai.dates import short
from portal.core.thai.digits import to_thai
from portal.files.models import StoredFile
from portal.files.service import attach, detach, seal_files
from portal.org.enums import UnitKind
from portal.users.models import User

WIDTH, HEIGHT = Decimal(50), Decimal(25)
"""Millimetres (clause 78: 2.5 × 5 cm)."""

MARGIN = Decimal(8)
"""Millimetres between the stamp and the upper and right edges, unless it was put elsewhere."""


@dataclass(frozen=True)
class Words:
    """What stands on the stamp: the agency in one or two lines, เลขรับ, วันที่ and เวลา."""

    agency: list[str]
    number: str
    date: str
    time: str


@dataclass(frozen=True)
class Stamped:
    """A copy with its stamp, and the first page that it was put on; sizes in millimetres."""

    file: StoredFile
    picture: StoredFile
    page_width: Decimal
    page_height: Decimal


def may_stamp(user: User, delivery: Delivery) -> bool:
    """Who keeps the inbox and may read the letter, once it has its number and a document."""
    return (
        delivery.entry_id is not None
        and delivery.letter.pdf_id is not None
        and keeps_inbox(user, delivery)
        and may_read_delivery(user, delivery)
    )


def begin(*, delivery: Delivery, actor: User) -> ReceiptStamp:
    """Have a stamp drawn on a copy of a registered letter."""
    if not may_stamp(actor, delivery):
        raise NotAllowed(action="stamp.begin", about=delivery)
    with transaction.atomic():
        stamp = order_stamp(delivery)
        record(action="stamp.begin", actor=actor, about=delivery)
    return stamp


def place(
    *, stamp: ReceiptStamp, actor: User, left: Decimal | None, top: Decimal | None
) -> ReceiptStamp:
    """Put the stamp somewhere else on the page; without numbers, back to the upper right.

    Raises ``InvalidInput`` where it would stand outside the page.
    """
    if not may_stamp(actor, stamp.delivery):
        raise NotAllowed(action="stamp.place", about=stamp.delivery)
    if (left is None) != (top is None):
        raise InvalidInput(
            _("Give both distances, or none."), field="left" if left is None else "top"
        )
    with transaction.atomic():
        row = ReceiptStamp.objects.select_for_update().get(pk=stamp.pk)
        _check_on_page(row, left, top)
        row.left, row.top = left, top
        row.revision += 1
        row.failures = 0
        row.save(update_fields=["left", "top", "revision", "failures"])
        record(action="stamp.place", actor=actor, about=stamp.delivery)
        defer(TASK, row.pk)
    return row


def words_of(delivery: Delivery) -> Words:
    """The words of a registered letter's stamp; the number is the register's (clause 38.2)."""
    if delivery.entry is None:
        raise NotReady(_("The letter has no incoming number yet."), about=delivery)
    received = timezone.localtime(delivery.entry.registered_at)
    chosen = LetterSettings.objects.filter(office=delivery.unit.office_id).first()
    figures = to_thai if chosen is None or chosen.thai_digits else str
    return Words(
        agency=[figures(line) for line in _agency(delivery)],
        number=figures(str(delivery.entry.number)),
        date=figures(short(received)),
        time=figures(f"{received:%H.%M} น."),
    )


def keep(*, stamp: ReceiptStamp, stamped: Stamped) -> bool:
    """Take over a drawn copy; False when the stamp was put elsewhere meanwhile."""
    with transaction.atomic():
        row = ReceiptStamp.objects.select_for_update().get(pk=stamp.pk)
        if row.revision != stamp.revision:
            return False
        old = StoredFile.objects.filter(pk__in=[row.file_id or 0, row.picture_id or 0])
        detach(old.exclude(pk__in=[stamped.file.pk, stamped.picture.pk]))
        attach([stamped.file, stamped.picture])
        if stamp.delivery.letter.is_secret:
            seal_files([stamped.file, stamped.picture])
        row.file, row.picture = stamped.file, stamped.picture
        row.page_width, row.page_height = stamped.page_width, stamped.page_height
        row.drawn_revision, row.failures, row.refusal = row.revision, 0, ""
        row.save()
    return True


def note_failure(stamp_id: int) -> None:
    """Count an attempt that failed, so that the page can say so."""
    ReceiptStamp.objects.filter(pk=stamp_id).update(failures=F("failures") + 1)


def note_refusal(stamp_id: int, code: str) -> None:
    """Note why this file can never carry a stamp."""
    ReceiptStamp.objects.filter(pk=stamp_id).update(refusal=code)


def _check_on_page(stamp: ReceiptStamp, left: Decimal | None, top: Decimal | None) -> None:
    for name, value, page, size in (
        ("left", left, stamp.page_width, WIDTH),
        ("top", top, stamp.page_height, HEIGHT),
    ):
        if value is None:
            continue
        room = max(page - size, Decimal(0)) if page is not None else value
        if not 0 <= value <= room:
            raise InvalidInput(
                _("The stamp has to stand on the page: between 0 and %(room)s mm.")
                % {"room": room},
                field=name,
            )


def _agency(delivery: Delivery) -> list[str]:
    """ชื่อส่วนราชการ of the unit that registered: the office, its group, or the school."""
    unit = heir_of(delivery.unit)
    if unit.is_school:
        return [unit.name]
    if unit.kind == UnitKind.OFFICE:
        return [unit.office.name]
    return [str(unit.office), unit.name]

"""The file plan, and putting letters away in it (clauses 54–57)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import Channel, DeliveryState, LetterState, Secrecy
from circulars.enums_archive import KEEPERS, Clause, KeptState, Medium, Retention
from circulars.enums_handling import HandlingState
from circulars.inboxes import heir_of, inbox_units
from circulars.models import Delivery, Folder, Handling, KeptLetter, Letter, StoringList
from circulars.permissions_archive import heads_letter, keeps_letter, keeps_unit
from circulars.querysets_archive import NOT_OF_OFFICE
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.permissions import has_role
from portal.users.models import User

FINISHED = (LetterState.READY, LetterState.DISPATCHED)
"""States in which a letter that the unit wrote is done with."""


def kept_units(user: User) -> "QuerySet[Unit]":
    """The units whose letters ``user`` puts away."""
    if user.office_id is None:
        return Unit.objects.none()
    own = Q(pk__in=inbox_units(user, KEEPERS))
    if has_role(user, Role.REGISTRY):
        own |= ~Q(kind__in=NOT_OF_OFFICE)
    units = Unit.objects.filter(own, office_id=user.office_id)
    return units.order_by("position", "sort_key", "pk")


def save_folder(
    *,
    actor: User,
    unit: Unit,
    code: str,
    title: str,
    folder: Folder | None = None,
    parent: Folder | None = None,
    retention: str = Retention.TEN,
    years: int | None = None,
    clause: str = Clause.ORDINARY,
    reason: str = "",
    is_open: bool = True,
) -> Folder:
    """A folder made or changed. Raises InvalidInput for a double code or a wrong place."""
    _check_keeps(actor, unit)
    folder = folder or Folder(unit=unit)
    if folder.unit_id != unit.pk or (parent and parent.unit_id != unit.pk):
        raise InvalidInput(_("A folder stays with its unit."), field="parent")
    _check_no_ring(folder, parent)
    folder.parent, folder.code, folder.title = parent, code, title
    folder.retention, folder.clause, folder.is_open = retention, clause, is_open
    custom = retention == Retention.CUSTOM
    folder.years, folder.reason = (years, reason) if custom else (None, "")
    if custom and not (years and reason):
        raise InvalidInput(_("Another period needs its years and its reason."), field="reason")
    same = Folder.objects.filter(unit=unit, code=code).exclude(pk=folder.pk)
    if same.exists():
        raise InvalidInput(_("There is already a folder of this code."), field="code")
    with transaction.atomic():
        folder.save()
        record(action="folder.save", actor=actor, about=folder, data={"retention": retention})
    return folder


def _check_no_ring(folder: Folder, parent: Folder | None) -> None:
    while parent is not None:
        if folder.pk and parent.pk == folder.pk:
            raise InvalidInput(_("A folder cannot lie inside itself."), field="parent")
        parent = parent.parent


def plan(folders: "QuerySet[Folder]") -> list[tuple[int, Folder]]:
    """(depth, folder) of a unit's tree in the order of its codes."""
    rows = list(folders.order_by("code", "pk"))
    known = {folder.pk for folder in rows}
    inside: dict[int | None, list[Folder]] = {}
    for folder in rows:
        above = folder.parent_id if folder.parent_id in known else None
        inside.setdefault(above, []).append(folder)

    def walk(above: int | None, depth: int) -> Iterable[tuple[int, Folder]]:
        for folder in inside.get(above, []):
            yield depth, folder
            yield from walk(folder.pk, depth + 1)

    return list(walk(None, 0))


# What can be put away.


def received_to_file(user: User) -> "QuerySet[Delivery]":
    """Registered letters of the units ``user`` keeps, with nothing left to do, not yet away."""
    open_work = Handling.objects.filter(delivery=OuterRef("pk")).exclude(
        state__in=(HandlingState.NEW, HandlingState.CLOSED)
    )
    rows = Delivery.objects.visible_to(user).filter(
        unit__in=kept_units(user).order_by().values("pk"), entry__isnull=False, kept=None
    )
    return rows.exclude(state=DeliveryState.UNDELIVERABLE).exclude(Exists(open_work))


def sent_to_file(user: User) -> "QuerySet[Letter]":
    """Letters that units which ``user`` keeps have written and sent, not yet away."""
    away = KeptLetter.objects.filter(letter=OuterRef("pk"), delivery=None)
    rows = Letter.objects.visible_to(user).filter(
        unit__in=kept_units(user).order_by().values("pk"), state__in=FINISHED
    )
    return rows.exclude(Exists(away))


@dataclass(frozen=True)
class PaperLetter:
    """A letter on paper that the portal does not know, by the columns of form 20."""

    subject: str
    reference: str = ""
    dated: date | None = None
    receipt_number: str = ""
    note: str = ""
    finished_on: date | None = None


def file_letters(
    *,
    actor: User,
    folder: Folder,
    deliveries: Sequence[Delivery] = (),
    letters: Sequence[Letter] = (),
    papers: Sequence[PaperLetter] = (),
    note: str = "",
) -> StoringList:
    """Put letters away together; they are one form 19 and a line each of form 20.

    Raises NotAllowed for a letter of another unit, InvalidInput for one that is still worked on
    or away already, and for a folder that takes no letters.
    """
    if not folder.is_open:
        raise InvalidInput(_("This folder takes no more letters."), field="folder")
    _check_keeps(actor, folder.unit)
    may_file = set(received_to_file(actor).filter(pk__in=[d.pk for d in deliveries]))
    may_file_sent = set(sent_to_file(actor).filter(pk__in=[letter.pk for letter in letters]))
    for wanted in (*deliveries, *letters):
        if wanted not in may_file and wanted not in may_file_sent:
            raise InvalidInput(_("This letter is not finished, or is put away already."))
        _check_house(folder, wanted.unit)
    rows = [_received(delivery) for delivery in deliveries]
    rows += [_sent(letter) for letter in letters]
    rows += [_paper(paper) for paper in papers]
    if not rows:
        raise InvalidInput(_("Choose at least one letter."))
    try:
        with transaction.atomic():
            return _store(actor, folder, rows, note)
    except IntegrityError as error:
        raise InvalidInput(_("Somebody put one of these letters away just now.")) from error


def _store(actor: User, folder: Folder, rows: list[KeptLetter], note: str) -> StoringList:
    # Whoever files for the unit at the same time waits here for the number.
    Unit.objects.select_for_update().get(pk=folder.unit_id)
    last = KeptLetter.objects.filter(unit=folder.unit_id).aggregate(n=Max("number"))["n"] or 0
    batch = StoringList.objects.create(unit=folder.unit, filed_at=timezone.now(), filed_by=actor)
    for number, kept in enumerate(rows, last + 1):
        kept.unit = folder.unit
        kept.folder = folder
        kept.storing_list = batch
        kept.number = number
        kept.filed_on = timezone.localdate()
        kept.note = kept.note or note
        if kept.medium == Medium.PAPER:
            kept.keep_until = folder.keep_until(kept.finished_on)
        kept.is_archival = folder.retention == Retention.PERMANENT
    KeptLetter.objects.bulk_create(rows)
    record(
        action="archive.file", actor=actor, about=batch,
        data={"letters": len(rows), "folder": folder.pk},
    )  # fmt: skip
    return batch


def _received(delivery: Delivery) -> KeptLetter:
    letter = delivery.letter
    handling = Handling.objects.filter(delivery=delivery).first()
    done = handling.closed_at if handling and handling.closed_at else delivery.delivered_at
    return KeptLetter(
        letter=letter,
        delivery=delivery,
        receipt_number=str(delivery.entry or ""),
        finished_on=timezone.localdate(done),
        **_words(letter),
    )


def _sent(letter: Letter) -> KeptLetter:
    done = letter.dispatched_at or letter.signed_at or timezone.now()
    return KeptLetter(letter=letter, finished_on=timezone.localdate(done), **_words(letter))


def _words(letter: Letter) -> dict[str, Any]:
    return {
        "medium": Medium.PAPER if letter.channel == Channel.PAPER else Medium.ELECTRONIC,
        "reference": letter.number_text,
        "dated": letter.letter_date,
        "subject": "" if letter.is_secret else letter.subject,
        "secrecy": letter.secrecy,
    }


def _paper(paper: PaperLetter) -> KeptLetter:
    done = paper.finished_on or paper.dated or timezone.localdate()
    if done > timezone.localdate():
        raise InvalidInput(_("This day is still to come."), field="finished_on")
    return KeptLetter(
        medium=Medium.PAPER,
        secrecy=Secrecy.OPEN,
        subject=paper.subject,
        reference=paper.reference,
        dated=paper.dated,
        receipt_number=paper.receipt_number,
        note=paper.note,
        finished_on=done,
    )


# One kept letter.


def move_to(*, kept: KeptLetter, folder: Folder, actor: User) -> KeptLetter:
    """Another folder of the same unit, with the mark that it gives."""
    _check_changeable(kept, actor)
    if folder.unit_id != kept.unit_id:
        raise InvalidInput(_("A letter stays with its unit."), field="folder")
    with transaction.atomic():
        kept = KeptLetter.objects.select_for_update().get(pk=kept.pk)
        before = kept.folder_id
        kept.folder = folder
        if kept.medium == Medium.PAPER:
            kept.keep_until = folder.keep_until(kept.finished_on)
        kept.is_archival = folder.retention == Retention.PERMANENT
        kept.save(update_fields=["folder", "keep_until", "is_archival"])
        record(
            action="archive.move", actor=actor, about=kept,
            data={"from": before, "folder": folder.pk},
        )  # fmt: skip
    return kept


def hold(*, kept: KeptLetter, actor: User, reason: str) -> KeptLetter:
    """Hold a letter back from every destruction, whatever was decided (a case, an audit)."""
    if not reason:
        raise InvalidInput(_("Holding back needs its reason."), field="reason")
    return _set_hold(kept, actor, True, reason)


def release(*, kept: KeptLetter, actor: User) -> KeptLetter:
    return _set_hold(kept, actor, False, "")


def _set_hold(kept: KeptLetter, actor: User, held: bool, reason: str) -> KeptLetter:
    if not may_hold(actor, kept):
        raise NotAllowed(action="archive.hold", about=kept)
    with transaction.atomic():
        kept = KeptLetter.objects.select_for_update().get(pk=kept.pk)
        if kept.state == KeptState.DESTROYED:
            raise InvalidInput(_("This letter is destroyed."))
        kept.legal_hold, kept.hold_reason = held, reason
        kept.save(update_fields=["legal_hold", "hold_reason"])
        action = "archive.hold" if held else "archive.release"
        record(action=action, actor=actor, about=kept)
    return kept


def may_hold(user: User, kept: KeptLetter) -> bool:
    """The head of the unit that keeps the letter."""
    return heads_letter(user, kept)


def decision_of(kept: KeptLetter) -> Any:
    """The line of form 25 by which a letter was destroyed, or None."""
    lines = kept.destruction_lines.filter(destroyed_at__isnull=False)
    return lines.select_related("destruction__house", "destruction__destroyed_by").first()


def _check_changeable(kept: KeptLetter, actor: User) -> None:
    if not keeps_letter(actor, kept):
        raise NotAllowed(action="archive.move", about=kept)
    if kept.state != KeptState.KEPT:
        raise InvalidInput(_("This letter is not here any more."))


def _check_keeps(actor: User, unit: Unit) -> None:
    if not keeps_unit(actor, unit):
        raise NotAllowed(action="archive.file", about=unit)


def _check_house(folder: Folder, unit: Unit) -> None:
    """A unit's letters go into its own folders, or into those of the central registry."""
    heir = heir_of(unit)
    central = folder.unit.kind == "office" and heir.kind not in NOT_OF_OFFICE
    if folder.unit_id != heir.pk and not (central and folder.unit.office_id == heir.office_id):
        raise InvalidInput(_("This folder belongs to another unit."), field="folder")

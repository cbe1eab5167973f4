"""Answering a received letter with a letter, and the cross-references in both registers.

Clause 39: the incoming entry says by which letter it was answered, and on what day. Clause 47:
the outgoing entry says which received letter it answers, and of what day. Both follow from
``Reference.earlier``: a letter that refers to one its own house received answers it, once it is
signed. Nothing is copied, so a letter that becomes void takes its cross-references along.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from circulars.enums import DRAFTING_ROLES, SIGNED, LetterKind, LetterState
from circulars.forms_of_address import USUAL
from circulars.models import Delivery, Letter, Recipient, Reference, RegisterEntry
from circulars.permissions import may_read_delivery
from circulars.services.letters import create_draft
from circulars.services.recipients import possible_recipients
from portal.audit.service import record
from portal.core.errors import NotAllowed
from portal.core.thai.dates import short
from portal.org.enums import UnitKind
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.models import User

BATCH = 500
"""Entries whose cross-references are looked up together."""

ANSWERING = tuple(state for state in SIGNED if state != LetterState.VOID)
"""States of a letter whose cross-references stand in the registers."""

_IN_THE_OFFICE = (UnitKind.SCHOOL, UnitKind.OUTSIDE)
_SENT = "letter__referred_by__letter"

SAME_HOUSE = Q(**{f"{_SENT}__unit": F("unit")}) | (
    ~Q(**{f"{_SENT}__unit__kind__in": _IN_THE_OFFICE})
    & ~Q(unit__kind__in=_IN_THE_OFFICE)
    & Q(**{f"{_SENT}__unit__office": F("unit__office")})
)
"""A school answers what it received itself; the office what any of its own units received."""


@dataclass(frozen=True)
class CrossReference:
    """The words of one cross-reference, and the received or the sent letter it leads to."""

    text: str
    letter_id: int
    delivery_id: int


@dataclass
class CrossReferences:
    """What stands beside an entry: ``answered_by`` in an incoming, ``answers`` in an outgoing."""

    answered_by: list[CrossReference] = field(default_factory=list)
    answers: list[CrossReference] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All in one line, for print and Excel."""
        return " ".join(reference.text for reference in (*self.answered_by, *self.answers))


def cross_references(entries: Iterable[RegisterEntry]) -> dict[int, CrossReferences]:
    """For each of these register entries (by its id) what the other register says of it.

    Two queries, however many entries there are; entries without any are not in the answer.
    """
    ids = [entry.pk for entry in entries]
    found: dict[int, CrossReferences] = defaultdict(CrossReferences)
    if not ids:
        return found
    # Apart, so that each begins with an index: joined by OR they would read all deliveries.
    for row in _pairs(_answers().filter(entry__in=ids)):
        words = f"ตอบแล้ว ที่ {row.number_text} ลงวันที่ {short(row.sent_on)}"
        link = CrossReference(words, row.letter_id, row.delivery_id)
        found[row.entry_id].answered_by.append(link)
    for row in _pairs(_answers().filter(**{f"{_SENT}__entry__in": ids})):
        day = short(timezone.localtime(row.registered_at))
        words = f"ตอบหนังสือรับที่ {row.number} ลงวันที่ {day}"
        link = CrossReference(words, row.letter_id, row.delivery_id)
        found[row.letter_entry_id].answers.append(link)
    return found


def with_cross_references(entries: Iterable[RegisterEntry]) -> Iterator[RegisterEntry]:
    """The same entries, each with its ``cross_references``; looked up for many at once."""
    rows = iter(entries)
    while batch := list(islice(rows, BATCH)):
        found = cross_references(batch)
        for entry in batch:
            entry.cross_references = found.get(entry.pk)
            yield entry


def reply_units(*, user: User, delivery: Delivery) -> QuerySet[Unit]:
    """The units of the receiving house in whose name ``user`` writes letters."""
    own = Unit.objects.open().filter(pk__in=unit_ids(user, DRAFTING_ROLES))
    if delivery.unit.is_school:
        return own.filter(pk=delivery.unit_id)
    return own.filter(office_id=delivery.unit.office_id).exclude(kind=UnitKind.SCHOOL)


def may_reply(user: User, delivery: Delivery) -> bool:
    return may_read_delivery(user, delivery) and reply_units(user=user, delivery=delivery).exists()


def begin_reply(*, delivery: Delivery, actor: User) -> Letter:
    """A draft that answers a received letter: อ้างถึง, addressee, subject and recipient are set.

    It is written in the unit that received the letter where the actor writes there, else in
    their first unit of the house. Raises ``NotAllowed`` for who may not read the letter or
    writes for none of these.
    """
    if not may_read_delivery(actor, delivery):
        raise NotAllowed(action="letter.reply", about=delivery)
    units = reply_units(user=actor, delivery=delivery)
    unit = units.filter(pk=delivery.unit_id).first() or units.order_by("position", "pk").first()
    if unit is None:
        raise NotAllowed(action="letter.reply", about=delivery)
    earlier = delivery.letter
    with transaction.atomic():
        draft = create_draft(
            unit=unit,
            actor=actor,
            kind=LetterKind.LETTER,
            subject=earlier.subject,
            salutation=USUAL.salutation,
            closing=USUAL.closing,
            addressee=_addressee(earlier),
            secrecy=earlier.secrecy,
        )
        Reference.objects.create(
            letter=draft, earlier=earlier, text=reference_words(earlier), position=1
        )
        if (recipient := _recipient(unit, earlier)) is not None:
            Recipient.objects.create(letter=draft, unit=recipient)
        record(action="letter.reply", actor=actor, about=draft, data={"to": delivery.pk})
    return draft


def reference_words(letter: Letter) -> str:
    """อ้างถึง as clause 11.6 has it: whose letter, its number, its day."""
    words = (
        f"หนังสือ{letter.unit.name if _speaks_for_itself(letter.unit) else letter.unit.office.name}"
    )
    if letter.number_text:
        words += f" ที่ {letter.number_text}"
    if letter.letter_date:
        words += f" ลงวันที่ {short(letter.letter_date)}"
    return words[:300]


def replies_to(*, delivery: Delivery, user: User) -> QuerySet[Letter]:
    """The signed letters that answer this delivery, as far as ``user`` may see them."""
    answering = _answers().filter(pk=delivery.pk).values(_SENT)
    return Letter.objects.visible_to(user).filter(pk__in=answering).order_by("signed_at", "pk")


def _answers() -> QuerySet[Delivery]:
    """Registered deliveries joined with the signed letters of their house that refer to them."""
    return Delivery.objects.filter(
        SAME_HOUSE, entry__isnull=False, **{f"{_SENT}__state__in": ANSWERING}
    ).order_by("entry__registered_at", "pk", _SENT)


class _Pair(NamedTuple):
    """A registered letter and one that answers it."""

    delivery_id: int
    entry_id: int
    number: int
    registered_at: datetime
    letter_id: int
    letter_entry_id: int
    number_text: str
    sent_on: date


def _pairs(answers: QuerySet[Delivery]) -> Iterator[_Pair]:
    """Each pair once, though a letter may refer to another in two lines."""
    rows = answers.values_list(
        "pk", "entry", "entry__number", "entry__registered_at",
        _SENT, f"{_SENT}__entry", f"{_SENT}__number_text", f"{_SENT}__letter_date",
    )  # fmt: skip
    yield from map(_Pair._make, rows.distinct())


def _speaks_for_itself(unit: Unit) -> bool:
    return not unit.writes_as_office


def _addressee(letter: Letter) -> str:
    """Who signed, by the lines under the name; else the agency, for the drafter to complete."""
    if letter.signer_lines:
        return str(letter.signer_lines[0])[:200]
    return (letter.unit.name if _speaks_for_itself(letter.unit) else letter.unit.office.name)[:200]


def _recipient(unit: Unit, letter: Letter) -> Unit | None:
    """Whoever wrote: an agency outside, or a unit with an inbox here."""
    writer = letter.unit
    if writer.kind == UnitKind.OUTSIDE:
        return writer if writer.office_id == unit.office_id else None
    return possible_recipients(unit=unit).filter(pk=writer.pk).first()

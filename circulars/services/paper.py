"""A paper letter at a registry: entered and numbered at once, with a look for doubles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from circulars.enums import INBOX_ROLES, Channel, LetterState
from circulars.inboxes import heir_of, inbox_units
from circulars.models import Delivery, Letter
from circulars.permissions import keeps_inbox
from circulars.services import deliveries, outside
from portal.audit.service import record
from portal.core.errors import NotAllowed
from portal.core.thai.text import search_form
from portal.files.models import StoredFile
from portal.org.models import Unit
from portal.users.models import User

RECENT = timedelta(days=90)
"""How far back the form looks for what was entered lately."""


@dataclass(frozen=True)
class TakenIn:
    """A registered paper letter, and those that look like the same paper."""

    delivery: Delivery
    doubles: list[Delivery]


def take_in(
    *,
    unit: Unit,
    actor: User,
    sender: str,
    subject: str,
    reference: str = "",
    dated: date | None = None,
    document: StoredFile | None = None,
    enclosures: Sequence[outside.Enclosure] = (),
    action: str = "",
    note: str = "",
    seen: Sequence[int] = (),
    arrived_at: datetime | None = None,
    **fields: Any,
) -> TakenIn:
    """Enter a paper letter for ``unit`` and give it the next incoming number at once.

    ``sender`` is the agency's name; a new one is added to the directory. ``seen`` are doubles
    that the clerk was told of before. Two clerks with the same paper come one after the other:
    both get a number, the second also gets the first one's letter among the doubles. Raises
    what ``outside.enter`` raises.
    """
    with transaction.atomic():
        agency = _hold(outside.agency(office=unit.office, name=sender, actor=actor))
        twins = doubles(unit=unit, actor=actor, sender=agency, reference=reference, dated=dated)
        delivery = outside.enter(
            unit=unit,
            actor=actor,
            sender=agency,
            channel=Channel.PAPER,
            subject=subject,
            reference=reference,
            dated=dated,
            document=document,
            enclosures=enclosures,
            arrived_at=arrived_at,
            **fields,
        )
        delivery = deliveries.register(delivery=delivery, actor=actor, action=action, note=note)
    return TakenIn(delivery, [twin for twin in twins if twin.pk not in seen])


def _hold(agency: Unit) -> Unit:
    """The agency under a row lock; the one it was merged into while this one waited for it."""
    # Without a join: after the wait, PostgreSQL looks at the locked row anew and at no other.
    held = Unit.objects.select_for_update(no_key=True).get(pk=agency.pk)
    heir = heir_of(held)
    return held if heir.pk == held.pk else _hold(heir)


def doubles(
    *, unit: Unit, actor: User, sender: Unit | None, reference: str, dated: date | None
) -> list[Delivery]:
    """Letters that came before from this agency with the same ที่ and date, however spelled.

    Those at ``unit``, and those elsewhere that ``actor`` may see: the same paper at another
    school is no double.
    """
    number = squeezed(reference)
    if sender is None or not number:
        return []
    same = Delivery.objects.filter(
        Q(unit=unit) | Q(pk__in=Delivery.objects.visible_to(actor).order_by().values("pk")),
        letter__unit=sender,
        letter__state=LetterState.OUTSIDE,
        letter__letter_date=dated,
    )
    rows = same.select_related("letter__unit", "unit", "entry__register").order_by("pk")
    return [row for row in rows if squeezed(row.letter.number_text) == number]


def unchecked(delivery: Delivery) -> list[str]:
    """Names of the fields that were read from the file and that nobody has compared yet."""
    names: list[str] = delivery.letter.details.get("unchecked", [])
    return names


def note_checked(*, delivery: Delivery, actor: User) -> None:
    """Somebody of the registry compared the values read from the file with the paper."""
    if not keeps_inbox(actor, delivery):
        raise NotAllowed(action="letter.checked", about=delivery)
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=delivery.letter_id)
        if letter.details.pop("unchecked", None):
            letter.save(update_fields=["details"])
            record(action="letter.checked", actor=actor, about=delivery)


def squeezed(reference: str) -> str:
    """ที่ as it is compared: Arabic digits, no spaces."""
    return search_form(reference).replace(" ", "")


def entered_today(*, unit: Unit) -> QuerySet[Delivery]:
    """Paper letters registered in the unit's own book today, the last one first."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        Delivery.objects.filter(
            unit=unit, letter__channel=Channel.PAPER, entry__registered_at__gte=midnight
        )
        .select_related("letter__unit", "entry__register")
        .order_by("-entry__number")
    )


def lately(*, unit: Unit, field: str, limit: int = 15) -> list[str]:
    """What was last written into ``addressee`` or ``subject``, or who last wrote (``sender``).

    Newest first, each once; nothing of secret letters.
    """
    path = {"sender": "letter__unit__name"}.get(field, f"letter__{field}")
    rows = Delivery.objects.filter(
        unit=unit,
        letter__channel=Channel.PAPER,
        letter__secrecy="open",
        delivered_at__gte=timezone.now() - RECENT,
    )
    written = rows.order_by("-delivered_at", "-pk").values_list(path, flat=True)[:100]
    return list(dict.fromkeys(filter(None, written)))[:limit]


def registering_units(user: User) -> QuerySet[Unit]:
    """The open units for which ``user`` registers letters."""
    return (
        Unit.objects.open()
        .filter(pk__in=inbox_units(user, INBOX_ROLES))
        .select_related("office")
        .order_by("position", "sort_key", "pk")
    )

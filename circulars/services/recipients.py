"""Choosing who gets a letter."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from circulars.effects.outbound import agencies_of
from circulars.enums import DRAFTING_ROLES, LetterState
from circulars.models import Letter, Recipient, RecipientList
from circulars.permissions import is_drafter, sends
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import UnitKind
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.models import User

RECEIVING_KINDS = (UnitKind.OFFICE, UnitKind.GROUP, UnitKind.SECTION, UnitKind.SCHOOL)
"""Units with an inbox of their own; executives get letters through the central registry."""


@dataclass(frozen=True)
class Choice:
    """What was ticked; a unit that several ticks hit is meant once."""

    all_schools: bool = False
    networks: frozenset[int] = field(default_factory=frozenset)
    amphoes: frozenset[str] = field(default_factory=frozenset)
    levels: frozenset[str] = field(default_factory=frozenset)
    sizes: frozenset[str] = field(default_factory=frozenset)
    lists: frozenset[int] = field(default_factory=frozenset)
    units: frozenset[int] = field(default_factory=frozenset)


def possible_recipients(*, unit: Unit) -> QuerySet[Unit]:
    """Who may get a letter of ``unit``: the open units of its office and agencies outside.

    Without itself; an agency that is not reachable otherwise gets its letter on paper.
    """
    inside = Unit.objects.open().filter(office_id=unit.office_id, kind__in=RECEIVING_KINDS)
    agencies = agencies_of(unit).order_by().values("pk")
    return Unit.objects.filter(
        Q(pk__in=inside.order_by().values("pk")) | Q(pk__in=agencies)
    ).exclude(pk=unit.pk)


def resolve(*, unit: Unit, choice: Choice) -> QuerySet[Unit]:
    """The units that a choice means today, each once."""
    wanted = Q(pk__in=choice.units)
    if choice.all_schools:
        wanted |= Q(kind=UnitKind.SCHOOL)
    if choice.networks:
        wanted |= Q(school__network__in=choice.networks)
    if choice.amphoes:
        wanted |= Q(school__amphoe__in=choice.amphoes)
    if choice.levels:
        wanted |= Q(school__level__in=choice.levels)
    if choice.sizes:
        wanted |= Q(school__size__in=choice.sizes)
    if choice.lists:
        members = RecipientList.members.through.objects.filter(
            recipientlist__in=choice.lists, recipientlist__unit=unit
        )
        wanted |= Q(pk__in=members.values("unit_id"))
    return possible_recipients(unit=unit).filter(wanted)


def set_recipients(
    *, letter: Letter, actor: User, units: Iterable[int], revision: int | None = None
) -> Letter:
    """Make ``units`` the letter's recipients.

    Allowed to the drafter while writing, and to those who send it while it waits for signature;
    the revision grows, so that nobody signs for recipients they did not see.
    Raises ``InvalidInput`` for a unit that cannot get it, ``StaleAction`` once it is signed.
    """
    wanted = set(units)
    with transaction.atomic():
        fresh = Letter.objects.select_for_update().select_related("unit").get(pk=letter.pk)
        _check_changeable(fresh, actor, revision)
        allowed = set(
            possible_recipients(unit=fresh.unit).filter(pk__in=wanted).values_list("pk", flat=True)
        )
        if wanted - allowed:
            raise InvalidInput(
                _("Some of the chosen recipients cannot get letters from here."),
                field="recipients",
            )
        current = set(fresh.recipients.values_list("unit_id", flat=True))
        if wanted == current:
            return fresh
        fresh.recipients.filter(unit__in=current - wanted).delete()
        Recipient.objects.bulk_create(
            [Recipient(letter=fresh, unit_id=pk) for pk in sorted(wanted - current)],
            batch_size=5000,
        )
        fresh.revision += 1
        fresh.save(update_fields=["revision", "updated_at"])
        record(
            action="letter.recipients",
            actor=actor,
            about=fresh,
            data={"added": len(wanted - current), "removed": len(current - wanted)},
        )
    return fresh


def save_list(*, unit: Unit, actor: User, name: str, units: Iterable[int]) -> RecipientList:
    """Keep a choice under a name for everyone who writes letters in ``unit``."""
    if unit.pk not in unit_ids(actor, DRAFTING_ROLES):
        raise NotAllowed(action="recipient_list.save", about=unit)
    if not name.strip():
        raise InvalidInput(_("Give the list a name."), field="name")
    with transaction.atomic():
        saved, _created = RecipientList.objects.select_for_update().get_or_create(
            unit=unit, name=name.strip()
        )
        saved.members.set(possible_recipients(unit=unit).filter(pk__in=set(units)))
        record(action="recipient_list.save", actor=actor, about=saved)
    return saved


def delete_list(*, saved: RecipientList, actor: User) -> None:
    if saved.unit_id not in unit_ids(actor, DRAFTING_ROLES):
        raise NotAllowed(action="recipient_list.delete", about=saved)
    with transaction.atomic():
        record(action="recipient_list.delete", actor=actor, about=saved)
        saved.delete()


def _check_changeable(letter: Letter, actor: User, revision: int | None) -> None:
    may = is_drafter if letter.is_editable else sends
    if not may(actor, letter):
        raise NotAllowed(action="letter.recipients", about=letter)
    if not letter.is_editable and letter.state != LetterState.IN_CHAIN:
        raise StaleAction(
            _("The letter is signed; its recipients are fixed."), state=letter.state, about=letter
        )
    if revision is not None and letter.revision != revision:
        raise StaleAction(about=letter)

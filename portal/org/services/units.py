"""Units open, close and merge; what is known of a school; on which days the office works."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _

from portal.audit import service as audit
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai import workdays
from portal.org.enums import SchoolSector, SchoolSize, UnitKind
from portal.org.models import Membership, Network, Office, OfficeClosure, School, Unit
from portal.org.services.actings import stop_actings
from portal.org.services.common import ONE_DAY, open_after, require_manager
from portal.org.services.lookups import HEAD_ROLES, central_registry
from portal.org.services.memberships import end_membership, move_person
from portal.users.models import User

SCHOOL_FACTS = frozenset(
    {"level", "sector", "size", "network", "tambon", "amphoe", "tambon_code"}
    | {"latitude", "longitude"}
)
"""What ``set_school_facts`` may write; codes and the name belong to the unit and stay."""

CHOICES: dict[str, type[TextChoices]] = {"sector": SchoolSector, "size": SchoolSize}


@transaction.atomic
def found_office(*, actor: User | None, office: Office) -> Office:
    """Save a new office and give it what every office has: central registry and executives.

    Only for the installation's administrator, who belongs to no office.
    """
    if actor is not None and (actor.office_id is not None or not actor.is_superuser):
        raise NotAllowed(_("You may not change the people and units of this office."))
    office.save()
    with translation.override("th"):  # names are data of a Thai office
        names = (_("Central registry"), _("Executives"))
    registry = Unit.objects.create(office=office, kind=UnitKind.OFFICE, name=names[0], position=1)
    Unit.objects.create(
        office=office, kind=UnitKind.EXECUTIVE, name=names[1], parent=registry, position=0
    )
    audit.record(action="org.found_office", actor=actor, about=office, office_id=office.pk)
    return office


@transaction.atomic
def open_school(
    *,
    actor: User | None,
    office: Office,
    name: str,
    smis_code: str,
    moe_code: str,
    short_name: str = "",
    **facts: Any,
) -> School:
    """Take a school into the office's structure, below the central registry.

    ``facts`` are those of ``set_school_facts``. Raises ``InvalidInput`` for a code in use.
    """
    require_manager(actor, office.pk)
    if School.objects.filter(smis_code=smis_code).exists():
        raise InvalidInput(_("There is already a school with this SMIS code."), field="smis_code")
    if School.objects.filter(moe_code=moe_code).exists():
        message = _("There is already a school with this ministry code.")
        raise InvalidInput(message, field="moe_code")
    unit = Unit.objects.create(
        office=office,
        parent=central_registry(office),
        kind=UnitKind.SCHOOL,
        name=name,
        short_name=short_name,
    )
    school = School(unit=unit, smis_code=smis_code, moe_code=moe_code)
    _write_facts(school, facts)
    school.save()
    audit.record(
        action="org.open_school",
        actor=actor,
        about=unit,
        office_id=office.pk,
        data={"smis_code": smis_code},
    )
    return school


@transaction.atomic
def set_school_facts(*, actor: User | None, school: School, **facts: Any) -> School:
    """Write what changed of a school's facts: size and kind after a data round, network, place.

    Only names in ``SCHOOL_FACTS`` are known; others raise ``TypeError``. ``InvalidInput`` for
    a value that is none of the choices or another office's network. Nothing changed, nothing
    written.
    """
    row = School.objects.select_for_update(of=("self",)).select_related("unit").get(pk=school.pk)
    require_manager(actor, row.unit.office_id)
    changed = _write_facts(row, facts)
    if changed:
        row.save(update_fields=sorted(changed))
        audit.record(
            action="org.set_school_facts",
            actor=actor,
            about=row.unit,
            office_id=row.unit.office_id,
            data={"fields": sorted(changed)},
        )
    return row


@transaction.atomic
def close_unit(
    *, actor: User | None, unit: Unit, on: date, merged_into: Unit | None = None
) -> Unit:
    """Close a group or school with ``on`` as its last day; ``merged_into`` continues its work.

    The people of a merged unit move over the day after, its heads' memberships end, as the other
    unit has a head of its own. Without a merge all memberships end. Acting in the unit ends.
    Raises ``StaleAction`` when it is closed already, ``InvalidInput`` when it cannot be.
    """
    row = Unit.objects.select_for_update(of=("self",)).select_related("office").get(pk=unit.pk)
    require_manager(actor, row.office_id)
    if row.closed_on is not None:
        raise StaleAction(_("This unit is already closed."), state="closed", about=row)
    _check_can_close(row, on)
    if merged_into is not None:
        _check_can_merge(row, merged_into)
    _dissolve(actor, row, on, merged_into)
    row.closed_on = on
    row.merged_into = merged_into
    row.save(update_fields=["closed_on", "merged_into"])
    data = {"on": on.isoformat(), "merged_into": merged_into.pk if merged_into else None}
    audit.record(
        action="org.close_unit", actor=actor, about=row, office_id=row.office_id, data=data
    )
    return row


@transaction.atomic
def close_office_on(
    *, actor: User | None, office: Office, day: date, reason: str
) -> OfficeClosure:
    """Record a day on which the office is closed besides weekends and public holidays."""
    require_manager(actor, office.pk)
    closure, created = OfficeClosure.objects.get_or_create(
        office=office, day=day, defaults={"reason": reason}
    )
    if not created:
        raise InvalidInput(_("The office is already closed on this day."), field="day")
    audit.record(
        action="org.close_office_on",
        actor=actor,
        about=closure,
        office_id=office.pk,
        data={"day": day.isoformat()},
    )
    return closure


def closure_days(office: Office) -> frozenset[date]:
    """The office's own closures, as ``portal.core.thai.workdays`` takes them."""
    return frozenset(office.closures.values_list("day", flat=True))


def is_working_day(office: Office, day: date) -> bool:
    """Whether the office works on ``day``: no weekend, public holiday or closure of its own."""
    return workdays.is_working_day(day, closure_days(office))


def _write_facts(school: School, facts: Mapping[str, Any]) -> set[str]:
    """Set the facts that differ and check them; the names of those that changed."""
    if unknown := facts.keys() - SCHOOL_FACTS:
        raise TypeError(f"not a fact of a school: {', '.join(sorted(unknown))}")
    network: Network | None = facts.get("network")
    if network is not None and network.office_id != school.unit.office_id:
        raise InvalidInput(_("This network belongs to another office."), field="network")
    changed = {name for name, value in facts.items() if getattr(school, name) != value}
    for name in changed:
        setattr(school, name, facts[name])
        choices = CHOICES.get(name)
        if choices and facts[name] and facts[name] not in choices.values:
            message = _("%(value)s is not one of the choices.") % {"value": facts[name]}
            raise InvalidInput(message, field=name)
    return changed


def _check_can_close(unit: Unit, on: date) -> None:
    if unit.kind in (UnitKind.OFFICE, UnitKind.EXECUTIVE):
        raise InvalidInput(_("The office itself and its executives cannot be closed."))
    if child := unit.children.open().first():
        message = _("%(unit)s still belongs to it; close or move that first.") % {"unit": child}
        raise InvalidInput(message)
    if Membership.objects.filter(unit=unit, starts_on__gt=on).exists():
        message = _("People are appointed there from a later day; change that first.")
        raise InvalidInput(message, field="on")


def _check_can_merge(unit: Unit, target: Unit) -> None:
    if target.pk == unit.pk:
        raise InvalidInput(_("A unit cannot be merged into itself."), field="merged_into")
    if target.office_id != unit.office_id or target.kind != unit.kind:
        message = _("Only units of the same office and kind can be merged.")
        raise InvalidInput(message, field="merged_into")
    if target.closed_on is not None:
        raise InvalidInput(_("%(unit)s is closed.") % {"unit": target}, field="merged_into")


def _dissolve(actor: User | None, unit: Unit, on: date, merged_into: Unit | None) -> None:
    """End or move over everybody who is in ``unit`` after ``on``."""
    stop_actings(actor=actor, unit=unit, on=on)
    for membership in open_after(Membership.objects.filter(unit=unit), on):
        goes_over = merged_into is not None and membership.role not in HEAD_ROLES[unit.kind]
        if merged_into is not None and goes_over and not _is_there(membership, merged_into, on):
            move_person(actor=actor, membership=membership, unit=merged_into, on=on + ONE_DAY)
        else:
            end_membership(actor=actor, membership=membership, ends_on=on)


def _is_there(membership: Membership, unit: Unit, on: date) -> bool:
    """Whether the person holds the same role in the other unit after ``on`` as well."""
    there = Membership.objects.filter(
        person_id=membership.person_id, unit=unit, role=membership.role
    )
    return open_after(there, on).exists()

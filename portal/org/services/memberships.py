"""People take up posts, move and leave; nothing is overwritten."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit import service as audit
from portal.core.errors import InvalidInput, StaleAction
from portal.org.enums import Role, UnitKind, may_be_held
from portal.org.models import Acting, Membership, Position, Unit
from portal.org.querysets import today
from portal.org.services.actings import cut_all
from portal.org.services.common import (
    ONE_DAY,
    announce,
    check_dates,
    open_after,
    overlapping,
    require_manager,
)
from portal.users.models import User


@transaction.atomic
def appoint(
    *,
    actor: User | None,
    person: User,
    unit: Unit,
    role: str,
    position: Position | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give ``person`` a role in ``unit`` from a day (today by default) to a last day, if any.

    ``actor`` is ``None`` for the system itself. Raises ``NotAllowed`` for another office's
    matters and ``InvalidInput`` for a role that the unit cannot have, a closed unit, wrong
    dates, or days on which the person already holds the same role there.
    """
    given = Membership(
        person=person,
        unit=unit,
        role=role,
        position=position,
        starts_on=starts_on or today(),
        ends_on=ends_on,
    )
    membership = _appoint(actor, given)
    announce(person, "appointed", membership.starts_on)
    return membership


@transaction.atomic
def end_membership(*, actor: User | None, membership: Membership, ends_on: date) -> Membership:
    """Let a membership end with ``ends_on`` as its last day.

    Those who act in it go on acting as their order says: a post that fell vacant is when they
    are needed. Raises ``StaleAction`` when somebody has ended it before that day already.
    """
    row = _end(actor, membership, ends_on)
    announce(row.person, "ended", ends_on)
    return row


@transaction.atomic
def move_person(
    *,
    actor: User | None,
    membership: Membership,
    unit: Unit,
    on: date,
    role: str | None = None,
    position: Position | None = None,
) -> Membership:
    """Move the holder of ``membership`` to ``unit`` from the day ``on``.

    The old membership ends the day before and stays, so that old letters keep the old position;
    role, position and a planned end go along unless new ones are given.
    It also serves a promotion within the unit.
    """
    planned_end = membership.ends_on
    old = _end(actor, membership, on - ONE_DAY)
    new = _appoint(
        actor,
        Membership(
            person=old.person,
            unit=unit,
            role=role or old.role,
            position=position or old.position,
            starts_on=on,
            ends_on=planned_end,
        ),
    )
    announce(new.person, "moved", on)
    return new


@transaction.atomic
def leave_office(*, actor: User | None, person: User, on: date) -> None:
    """End all that ``person`` holds with ``on`` as the last day: retirement, or another office.

    The account stays, for the history and until the administrator closes it; without a role it
    opens nothing.
    """
    if person.office_id is not None:
        require_manager(actor, person.office_id)
    for membership in open_after(Membership.objects.filter(person=person), on):
        end_membership(actor=actor, membership=membership, ends_on=on)
    cut_all(actor, Acting.objects.filter(person=person), on)


def _appoint(actor: User | None, given: Membership) -> Membership:
    """Check and save a new membership.

    The locks make the checks true until the commit: nobody closes the unit, and nobody gives
    the same person another post, in between.
    """
    require_manager(actor, given.unit.office_id)
    given.unit = Unit.objects.select_for_update(no_key=True).get(pk=given.unit_id)
    User.objects.select_for_update().only("pk").get(pk=given.person_id)
    _check_post(given)
    check_dates(given.starts_on, given.ends_on)
    _check_open(given)
    _check_no_overlap(given)
    given.save()
    data = {"unit": given.unit_id, "role": str(given.role), "from": given.starts_on.isoformat()}
    audit.record(
        action="org.appoint",
        actor=actor,
        about=given.person,
        office_id=given.unit.office_id,
        data=data,
    )
    return given


def _end(actor: User | None, membership: Membership, ends_on: date) -> Membership:
    """Set the last day under a lock."""
    row = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("unit")
        .get(pk=membership.pk)
    )
    require_manager(actor, row.unit.office_id)
    if row.ends_on is not None and row.ends_on <= min(ends_on, today()):
        raise StaleAction(_("This membership has already ended."), state=row.ends_on.isoformat())
    check_dates(row.starts_on, ends_on)
    row.ends_on = ends_on
    _check_no_overlap(row)
    row.save(update_fields=["ends_on"])
    data = {"unit": row.unit_id, "role": row.role, "to": ends_on.isoformat()}
    audit.record(
        action="org.end_membership",
        actor=actor,
        about=row.person,
        office_id=row.unit.office_id,
        data=data,
    )
    return row


def _check_post(given: Membership) -> None:
    unit, position = given.unit, given.position
    if given.person.office_id != unit.office_id:
        raise InvalidInput(_("This person belongs to another office."), field="person")
    if position is not None and position.office_id != unit.office_id:
        raise InvalidInput(_("This position belongs to another office."), field="position")
    if not may_be_held(given.role, unit.kind):
        words = {"role": Role(given.role).label, "kind": UnitKind(unit.kind).label}
        message = _("%(role)s: not a role in a unit of this kind (%(kind)s).") % words
        raise InvalidInput(message, field="role")


def _check_open(given: Membership) -> None:
    closed_on = given.unit.closed_on
    if closed_on is not None and (given.ends_on is None or given.ends_on > closed_on):
        raise InvalidInput(_("%(unit)s is closed.") % {"unit": given.unit}, field="unit")


def _check_no_overlap(given: Membership) -> None:
    held = Membership.objects.filter(
        person_id=given.person_id, unit_id=given.unit_id, role=given.role
    ).exclude(pk=given.pk)
    if held.filter(overlapping(given.starts_on, given.ends_on)).exists():
        message = _("This person already holds this role there on these days.")
        raise InvalidInput(message, field="role")

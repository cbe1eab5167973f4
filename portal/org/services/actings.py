"""Who stands in for whom, on which days and in which words of the signature block."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.audit import service as audit
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import ActingKind
from portal.org.models import Acting, Membership, Unit
from portal.org.permissions import manages_acting
from portal.org.querysets import ActingQuerySet, today
from portal.org.services.common import (
    announce,
    check_dates,
    open_after,
    overlapping,
    require_manager,
)
from portal.users.models import User


@transaction.atomic
def set_acting(
    *,
    actor: User | None,
    membership: Membership,
    person: User,
    kind: str,
    starts_on: date,
    ends_on: date,
    order_number: str = "",
) -> Acting:
    """Let ``person`` stand in for the holder of ``membership`` on these days, both included.

    Only one person may be รักษาราชการแทน in a post at a time; duties may be delegated
    (ปฏิบัติราชการแทน) to several. Raises ``NotAllowed`` or ``InvalidInput``.
    """
    post = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("unit")
        .get(pk=membership.pk)
    )
    if actor is not None and not manages_acting(actor, post.unit.office_id):
        raise NotAllowed(_("You may not record who acts in this office."))
    check_dates(starts_on, ends_on)
    _check_stand_in(post, person)
    _check_post_is_free(post, person, kind, starts_on, ends_on)
    acting = Acting.objects.create(
        membership=post,
        person=person,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        order_number=order_number,
    )
    data = {"membership": post.pk, "kind": str(kind), "from": starts_on.isoformat()}
    data["to"] = ends_on.isoformat()
    audit.record(
        action="org.set_acting",
        actor=actor,
        about=person,
        office_id=post.unit.office_id,
        data=data,
    )
    announce(person, "acting", starts_on)
    return acting


@transaction.atomic
def end_acting(*, actor: User | None, acting: Acting, ends_on: date) -> Acting | None:
    """Let an acting end earlier, with ``ends_on`` as its last day.

    Before its first day it is called off: the row goes, the audit stays, ``None`` comes back.
    Raises ``StaleAction`` when it is over or was called off already.
    """
    row = (
        Acting.objects.select_for_update(of=("self",))
        .select_related("membership__unit", "person")
        .filter(pk=acting.pk)
        .first()
    )
    if row is None or row.ends_on < today():
        raise StaleAction(_("This acting has already ended."), state="ended")
    office_id = row.membership.unit.office_id
    if actor is not None and not manages_acting(actor, office_id):
        raise NotAllowed(_("You may not record who acts in this office."))
    if ends_on > row.ends_on:
        raise InvalidInput(
            _("An acting cannot be made longer; record a new one."), field="ends_on"
        )
    return _cut(actor, row, ends_on)


def stop_actings(*, actor: User | None, unit: Unit, on: date) -> None:
    """End what anybody acts in ``unit``, with ``on`` as the last day."""
    require_manager(actor, unit.office_id)
    cut_all(actor, Acting.objects.filter(membership__unit=unit), on)


def cut_all(actor: User | None, actings: ActingQuerySet, on: date) -> None:
    """Let all of ``actings`` that go on after ``on`` end with it; the caller has checked."""
    rows = open_after(actings, on).select_for_update(of=("self",))
    for row in rows.select_related("membership__unit", "person"):
        _cut(actor, row, on)


def _cut(actor: User | None, row: Acting, ends_on: date) -> Acting | None:
    """Let a locked acting end earlier; one that never began goes."""
    office_id = row.membership.unit.office_id
    data = {"membership": row.membership_id, "to": ends_on.isoformat()}
    audit.record(
        action="org.end_acting", actor=actor, about=row.person, office_id=office_id, data=data
    )
    announce(row.person, "acting", ends_on)
    if ends_on < row.starts_on:
        row.delete()
        return None
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    return row


def _check_stand_in(post: Membership, person: User) -> None:
    if person.office_id != post.unit.office_id:
        raise InvalidInput(_("This person belongs to another office."), field="person")
    if not person.is_active:
        raise InvalidInput(_("This person's account is closed."), field="person")
    if person.pk == post.person_id:
        raise InvalidInput(_("Nobody acts for themselves."), field="person")


def _check_post_is_free(
    post: Membership, person: User, kind: str, starts_on: date, ends_on: date
) -> None:
    others = Acting.objects.filter(overlapping(starts_on, ends_on), membership=post)
    if kind == ActingKind.ON_BEHALF:
        others = others.filter(Q(person=person) | Q(kind=ActingKind.IN_PLACE))
    if other := others.select_related("person").first():
        words = {"person": other.person}
        raise InvalidInput(
            _("%(person)s already acts in this post on these days.") % words, field="person"
        )

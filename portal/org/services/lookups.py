"""Who holds what, where and when; how a name is signed. These functions only read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from portal.org.enums import ActingKind, Role, UnitKind
from portal.org.models import Acting, Membership, Office, Unit
from portal.org.querysets import today
from portal.users.models import User

HEAD_ROLES: dict[str, tuple[Role, ...]] = {
    UnitKind.OFFICE: (Role.REGISTRY,),
    UnitKind.EXECUTIVE: (Role.DIRECTOR, Role.DEPUTY),
    UnitKind.GROUP: (Role.GROUP_DIRECTOR,),
    UnitKind.SECTION: (Role.GROUP_DIRECTOR,),
    UnitKind.SCHOOL: (Role.PRINCIPAL,),
}
"""The roles that answer for a unit of a kind."""


@dataclass(frozen=True)
class SignatureBlock:
    """What stands below a signature: the full name, then the position line by line."""

    name: str
    lines: list[str]


def holders(*, unit: Unit, roles: Iterable[str], on: date | None = None) -> list[User]:
    """The active people who hold one of ``roles`` in ``unit`` on a day (today by default).

    Post-holders come first, the highest position before the others; then those who act.
    """
    wanted = tuple(roles)
    own = (
        Membership.objects.on(on)
        .filter(unit=unit, role__in=wanted, person__is_active=True)
        .select_related("person")
        .order_by("position__rank", "pk")
    )
    standing_in = (
        Acting.objects.on(on)
        .filter(membership__unit=unit, membership__role__in=wanted, person__is_active=True)
        .select_related("person")
        .order_by("membership__position__rank", "pk")
    )
    people = [row.person for row in own] + [row.person for row in standing_in]
    return list(dict.fromkeys(people))


def holders_query(
    unit_ids: "QuerySet | Iterable[int]", roles: Iterable[str], on: date | None = None
) -> "QuerySet[User]":
    """The active people who hold one of ``roles`` in any of the units, acting ones included.

    One query whatever the number of units, fit for ``INSERT … SELECT`` of 30,000 rows.
    """
    wanted = tuple(roles)
    units = unit_ids if isinstance(unit_ids, QuerySet) else tuple(unit_ids)
    own = Membership.objects.on(on).filter(unit__in=units, role__in=wanted).order_by()
    standing_in = (
        Acting.objects.on(on)
        .filter(membership__unit__in=units, membership__role__in=wanted)
        .order_by()
    )
    people = own.values("person_id").union(standing_in.values("person_id"))
    return User.objects.filter(is_active=True, pk__in=people)


def heads(*, unit: Unit, on: date | None = None) -> list[User]:
    """The people who answer for ``unit``: its director, principal or those who act for them."""
    return holders(unit=unit, roles=HEAD_ROLES[unit.kind], on=on)


def central_registry(office: Office) -> Unit:
    """The unit that keeps the office's own registers (สารบรรณกลาง).

    Raises ``Unit.DoesNotExist`` for an office that was never set up.
    """
    return Unit.objects.get(office=office, kind=UnitKind.OFFICE)


def executive_unit(office: Office) -> Unit | None:
    """The unit of the director and the deputies."""
    return (
        Unit.objects.open()
        .filter(office=office, kind=UnitKind.EXECUTIVE)
        .select_related("office")
        .first()
    )


def superior_chain(unit: Unit) -> list[Unit]:
    """The units whose heads a paper of ``unit`` passes, from below to above, ``unit`` first.

    A section's paper passes section, group, executives; a school's ends with its principal.
    """
    if unit.kind == UnitKind.SCHOOL:
        return [unit]
    above = (
        Unit.objects.open()
        .filter(office_id=unit.office_id, kind__in=(UnitKind.GROUP, UnitKind.SECTION))
        .in_bulk()
    )
    chain = [unit]
    while (parent := above.get(chain[-1].parent_id or 0)) and parent not in chain:
        chain.append(parent)
    executives = executive_unit(unit.office)
    if executives and executives not in chain:
        chain.append(executives)
    return chain


def position_on(user: User, unit: Unit | None, day: date | None = None) -> str:
    """The position ``user`` had on ``day`` in ``unit`` (anywhere for ``None``), as printed.

    Empty when there was none: what a person became later never shows on an old letter.
    """
    membership = _best(user, Q() if unit is None else Q(unit=unit), day)
    return membership.position_title if membership else ""


def signature_block(
    user: User, *, unit: Unit, roles: Iterable[str] | None = None, on: date | None = None
) -> SignatureBlock | None:
    """How ``user`` signs for ``unit`` in one of ``roles`` on a day; ``None`` when not entitled to.

    A post-holder signs with the position; who acts signs with the own position, then
    รักษาราชการแทน or ปฏิบัติราชการแทน, then the position acted for.
    """
    wanted = None if roles is None else tuple(roles)
    own = Q(unit=unit) if wanted is None else Q(unit=unit, role__in=wanted)
    if membership := _best(user, own, on):
        return SignatureBlock(user.get_full_name(), [membership.position_title])
    acted = Q(membership__unit=unit)
    if wanted is not None:
        acted &= Q(membership__role__in=wanted)
    acting = (
        Acting.objects.on(on)
        .filter(acted, person=user)
        .select_related("membership__unit__office", "membership__position")
        .order_by("membership__position__rank", "pk")
        .first()
    )
    if acting is None:
        return None
    words = ActingKind(acting.kind).official_words
    first = " ".join(filter(None, [position_on(user, None, on), words]))
    return SignatureBlock(user.get_full_name(), [first, acting.membership.position_title])


def _best(user: User, where: Q, day: date | None) -> Membership | None:
    """The highest membership of ``user`` on a day among those that match."""
    return (
        Membership.objects.on(day or today())
        .filter(where, person=user)
        .select_related("unit__office", "position")
        .order_by("position__rank", "pk")
        .first()
    )

"""Whose report goes to whom: the next head above a person's post who is there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from portal.org.enums import Role, UnitKind
from portal.org.models import Acting, Membership, Unit
from portal.org.permissions import roles_of
from portal.users.models import User

GROUP_HEADS = {
    UnitKind.GROUP: (Role.GROUP_DIRECTOR,),
    UnitKind.SECTION: (Role.GROUP_DIRECTOR,),
    UnitKind.SCHOOL: (Role.PRINCIPAL,),
}
EXECUTIVES = (Role.DEPUTY, Role.DIRECTOR)


@dataclass(frozen=True)
class Superior:
    """A post: any of ``roles`` in a unit."""

    unit_id: int
    roles: tuple[str, ...]


class Ladder:
    """The posts of an office on a day; built with two queries, whatever its size."""

    def __init__(self, office_id: int, on: date | None = None) -> None:
        units = Unit.objects.filter(office_id=office_id).exclude(kind=UnitKind.OUTSIDE)
        rows = units.order_by().values_list("pk", "kind", "parent_id")
        self.units = {pk: (kind, parent) for pk, kind, parent in rows}
        self.executives = next(
            (pk for pk, (kind, _parent) in self.units.items() if kind == UnitKind.EXECUTIVE), None
        )
        self.held: dict[tuple[int, str], set[int]] = defaultdict(set)
        for unit_id, role, person in _heads(office_id, on):
            self.held[unit_id, role].add(person)

    def above(self, person_id: int, role: str, unit_id: int) -> Superior | None:
        """The post that ``person_id`` with this post answers to; None for the director."""
        if unit_id == self.executives:
            return self._above_executive(role)
        here: int | None = unit_id
        seen: set[int] = set()
        while here is not None and here in self.units and here not in seen:
            seen.add(here)
            kind, parent = self.units[here]
            roles = GROUP_HEADS.get(UnitKind(kind), ())
            if not (here == unit_id and role in roles) and self._is_there(here, roles, person_id):
                return Superior(here, roles)
            here = None if kind == UnitKind.SCHOOL else parent
        if self.executives is None:
            return None
        return Superior(self.executives, EXECUTIVES)

    def _above_executive(self, role: str) -> Superior | None:
        if role == Role.DIRECTOR or self.executives is None:
            return None
        return Superior(self.executives, (Role.DIRECTOR,) if role == Role.DEPUTY else EXECUTIVES)

    def _is_there(self, unit_id: int, roles: Iterable[str], person_id: int) -> bool:
        return any(self.held[unit_id, role] - {person_id} for role in roles)


@dataclass(frozen=True)
class Below:
    """Somebody who reports to a person, with the post they do it from."""

    person: User
    unit: Unit
    position: str


def main_post(person: User, on: date | None = None) -> Membership | None:
    """The post that a person reports from: the highest one held on a day."""
    posts = Membership.objects.on(on).filter(person=person)
    return posts.select_related("unit__office", "position").order_by(*_RANK).first()


def superior_of(person: User, on: date | None = None) -> Superior | None:
    """Who decides on the reports of ``person``; None without a post, and for the director."""
    post = main_post(person, on)
    if post is None:
        return None
    return Ladder(post.unit.office_id, on).above(person.pk, post.role, post.unit_id)


def below(user: User) -> list[Below]:
    """The people whose reports go to ``user`` today, in the order of lists; four queries."""
    mine = roles_of(user)
    if user.office_id is None or not any(role in _HEADS for role, _unit in mine):
        return []
    ladder = Ladder(user.office_id)
    found = []
    for post in _main_posts(user, ladder):
        above = ladder.above(post.person_id, post.role, post.unit_id)
        if above and any((role, above.unit_id) in mine for role in above.roles):
            found.append(Below(post.person, post.unit, post.position_title))
    return [row for row in found if row.person.pk != user.pk]


_RANK = ("position__rank", "pk")
_HEADS = (Role.DIRECTOR, Role.DEPUTY, Role.GROUP_DIRECTOR, Role.PRINCIPAL)


def _main_posts(user: User, ladder: Ladder) -> Iterable[Membership]:
    """The first post of everybody who may report to ``user``, by unit and rank."""
    rows = Membership.objects.on().filter(person__is_active=True).order_by(*_RANK)
    # Of a school with a principal, only the principal: there are a thousand others.
    headed = [unit for unit, role in ladder.held if role == Role.PRINCIPAL]
    rows = rows.filter(unit__in=_units_below(user, ladder))
    if ladder.executives in {unit_id for _role, unit_id in roles_of(user)}:
        rows = rows.filter(Q(role=Role.PRINCIPAL) | ~Q(unit__in=headed))
    first: dict[int, Membership] = {}
    for row in rows.select_related("person", "unit__office", "position"):
        first.setdefault(row.person_id, row)
    return sorted(
        first.values(), key=lambda row: (row.unit.is_school, row.unit.position, row.unit.sort_key)
    )


def _units_below(user: User, ladder: Ladder) -> list[int]:
    """The units where somebody may report to ``user``: all of the office for executives."""
    own = {unit_id for _role, unit_id in roles_of(user)}
    if ladder.executives in own:
        return list(ladder.units)
    children = {pk for pk, (_kind, parent) in ladder.units.items() if parent in own}
    return list(own | {pk for pk in children if ladder.units[pk][0] == UnitKind.SECTION})


def _heads(office_id: int, on: date | None) -> Iterable[tuple[int, str, int]]:
    own = Membership.objects.on(on).filter(
        unit__office_id=office_id, role__in=_HEADS, person__is_active=True
    )
    standing_in = Acting.objects.on(on).filter(
        membership__unit__office_id=office_id, membership__role__in=_HEADS, person__is_active=True
    )
    return (
        own.order_by()
        .values_list("unit_id", "role", "person_id")
        .union(
            standing_in.order_by().values_list(
                "membership__unit_id", "membership__role", "person_id"
            )
        )
    )

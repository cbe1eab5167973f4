"""The staff directory and the phone book, put together for pages; these functions only read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.org.enums import OFFICE_KINDS, UnitKind
from portal.org.models import Acting, Membership, Office, PhoneLine, Unit
from portal.org.querysets import today
from portal.org.services.searching import find_lines, find_posts, find_units

UNIT_ORDER = ("position", "sort_key", "pk")
POST_ORDER = ("position__rank", "person__sort_key", "pk")


@dataclass
class UnitStaff:
    """A unit with the posts held in it today, the highest first."""

    unit: Unit
    posts: list[Membership] = field(default_factory=list)


@dataclass
class UnitPhones:
    """A unit's lines and people in the phone book; ``unit`` is None for lines of the office."""

    unit: Unit | None
    lines: list[PhoneLine] = field(default_factory=list)
    posts: list[Membership] = field(default_factory=list)


def current_posts(office: Office) -> QuerySet[Membership]:
    """Who holds what in ``office`` today: open accounts in units that are open."""
    return (
        Membership.objects.on()
        .filter(unit__in=Unit.objects.open().filter(office=office), person__is_active=True)
        .select_related("person", "unit__office", "position")
    )


def vacant_posts(office: Office, roles: Iterable[str]) -> QuerySet[Membership]:
    """The last holder's membership of each post that nobody holds today: others act in it."""
    holder = Membership.objects.on().filter(unit=OuterRef("unit"), role=OuterRef("role"))
    return (
        Membership.objects.filter(
            ~Exists(holder),
            unit__in=Unit.objects.open().filter(office=office),
            role__in=tuple(roles),
            ends_on__lt=today(),
        )
        .select_related("person", "unit__office", "position")
        .order_by("unit_id", "role", "-ends_on", "pk")
        .distinct("unit_id", "role")
    )


def staff_by_unit(office: Office) -> list[UnitStaff]:
    """The office's own units with their people, sections below the unit they belong to."""
    units = list(
        Unit.objects.open().filter(office=office, kind__in=OFFICE_KINDS).order_by(*UNIT_ORDER)
    )
    staff = {unit.pk: UnitStaff(unit) for unit in _in_tree_order(units)}
    for post in current_posts(office).filter(unit__in=staff).order_by(*POST_ORDER):
        staff[post.unit_id].posts.append(post)
    return list(staff.values())


def staff_of_unit(unit: Unit) -> list[Membership]:
    """Who holds what in ``unit`` today."""
    return list(current_posts(unit.office).filter(unit=unit).order_by(*POST_ORDER))


def find_staff(office: Office, query: str) -> QuerySet[Membership]:
    """Posts of the office and its schools in which every word of ``query`` is found."""
    return find_posts(current_posts(office), query)


def acting_today(office: Office) -> dict[int, list[Acting]]:
    """Who acts in which post today, by membership."""
    actings: dict[int, list[Acting]] = {}
    rows = Acting.objects.on().filter(membership__unit__office=office, person__is_active=True)
    for acting in rows.select_related("person").order_by("starts_on", "pk"):
        actings.setdefault(acting.membership_id, []).append(acting)
    return actings


def phone_book(office: Office, *, query: str = "", public: bool = False) -> list[UnitPhones]:
    """Lines and numbers by unit: the office itself, its units, then schools in Thai order.

    ``public`` leaves out internal lines and everybody who did not agree to be in the public
    book. With ``query`` only what it finds is kept.
    """
    lines = PhoneLine.objects.filter(office=office).select_related("unit")
    posts = current_posts(office).exclude(person__phone="")
    units: QuerySet[Unit] = Unit.objects.open().filter(office=office).exclude(phone="")
    if public:
        lines = lines.filter(is_public=True)
        posts = posts.filter(person__phone_is_public=True)
    if query:
        lines, posts, units = (
            find_lines(lines, query),
            find_posts(posts, query),
            find_units(units, query),
        )
    entries = _Entries()
    entries.add_units(units)
    entries.add_lines(lines.filter(Q(unit=None) | Q(unit__in=Unit.objects.open())))
    entries.add_posts(posts.order_by(*POST_ORDER))
    return entries.in_order()


class _Entries:
    """Collects the phone book's entries by unit."""

    def __init__(self) -> None:
        self._by_unit: dict[int | None, UnitPhones] = {}

    def add_units(self, units: QuerySet[Unit]) -> None:
        for unit in units:
            self._of(unit)

    def add_lines(self, lines: QuerySet[PhoneLine]) -> None:
        for line in lines:
            self._of(line.unit).lines.append(line)

    def add_posts(self, posts: QuerySet[Membership]) -> None:
        """A person with several posts in a unit stands there once, with the highest."""
        for post in posts:
            entry = self._of(post.unit)
            if all(other.person_id != post.person_id for other in entry.posts):
                entry.posts.append(post)

    def in_order(self) -> list[UnitPhones]:
        return sorted(self._by_unit.values(), key=_place)

    def _of(self, unit: Unit | None) -> UnitPhones:
        key = unit.pk if unit else None
        return self._by_unit.setdefault(key, UnitPhones(unit))


def _place(entry: UnitPhones) -> tuple[bool, bool, int, str, int]:
    unit = entry.unit
    if unit is None:
        return (False, False, 0, "", 0)
    return (True, unit.is_school, unit.position, unit.sort_key, unit.pk)


def _in_tree_order(units: list[Unit]) -> list[Unit]:
    """Units as given, but each section right after the unit that it belongs to."""
    ordered = [unit for unit in units if unit.kind != UnitKind.SECTION]
    waiting = [unit for unit in units if unit.kind == UnitKind.SECTION]
    for section in reversed(waiting):
        places = [place for place, unit in enumerate(ordered) if unit.pk == section.parent_id]
        ordered.insert(places[0] + 1 if places else len(ordered), section)
    return ordered

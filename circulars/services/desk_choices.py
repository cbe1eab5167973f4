"""Whom a received letter can be brought to: posts and people of the house that received it."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from circulars.effects.desks import Post, reads_anyway
from circulars.enums_handling import UNIT_HEAD
from circulars.inboxes import heir_of
from circulars.models import Delivery
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Unit

Choices = list[tuple[str, list[tuple[str, str]]]]
POST, PERSON = "post", "person"


def desk_choices(delivery: Delivery, *, unit: Unit | None = None) -> Choices:
    """Values and labels in two groups: posts, then people by name.

    The house is the school, or the whole office without its schools; ``unit`` narrows it to the
    people of one unit. A secret letter is brought to people, and to posts that read it anyway.
    """
    people = [
        (f"{PERSON}:{member.pk}", person_label(member)) for member in members(delivery, unit=unit)
    ]
    groups: Choices = []
    if unit is None:
        posts = [
            (f"{POST}:{unit_id}:{role}", label)
            for unit_id, role, label in _posts(delivery)
            if not delivery.letter.is_secret or reads_anyway(delivery, Post(unit_id, role))
        ]
        groups.append((_("Posts"), posts))
    groups.append((_("People"), people))
    return groups


def members(delivery: Delivery, *, unit: Unit | None = None) -> "QuerySet[Membership]":
    """The active people of the house today, each with the posts they hold."""
    house = heir_of(delivery.unit)
    rows = (
        Membership.objects.on()
        .filter(person__is_active=True, unit__office_id=house.office_id)
        .exclude(role__in=(Role.SYSADMIN, Role.AUDITOR))
        .select_related("person", "position", "unit")
        .order_by("unit__position", "position__rank", "person__first_name", "pk")
    )
    if unit is not None:
        return rows.filter(unit=heir_of(unit))
    if house.is_school:
        return rows.filter(unit=house)
    return rows.exclude(unit__kind=UnitKind.SCHOOL)


def to_post(value: str, choices: Choices) -> Post | None:
    """The post that a value of ``desk_choices`` names; None for none of them."""
    if value not in {key for _label, group in choices for key, _words in group}:
        return None
    kind, _sep, rest = value.partition(":")
    if kind == POST:
        unit_id, _sep, role = rest.partition(":")
        return Post(int(unit_id), role)
    return Post.held_in(Membership.objects.get(pk=int(rest)))


def value_of(post: Post) -> str:
    """The value under which ``desk_choices`` lists a post."""
    if post.membership_id is not None:
        return f"{PERSON}:{post.membership_id}"
    return f"{POST}:{post.unit_id}:{post.role}"


def person_label(member: Membership) -> str:
    position = member.position.title if member.position else member.get_role_display()
    return f"{member.person.get_full_name()} – {position} ({member.unit})"


def usual_order_desk(delivery: Delivery) -> Post | None:
    """The post to which a letter is usually submitted: the head of the house."""
    house = heir_of(delivery.unit)
    if house.kind != UnitKind.OFFICE:
        return Post(house.pk, UNIT_HEAD[UnitKind(house.kind)])
    for unit_id, role, _label in _posts(delivery):
        if role == Role.DIRECTOR:
            return Post(unit_id, role)
    return None


def _posts(delivery: Delivery) -> Iterable[tuple[int, str, str]]:
    """(unit id, role, label) of the heads in the house, the highest first."""
    house = heir_of(delivery.unit)
    if house.is_school:
        yield house.pk, Role.PRINCIPAL, _label(Role.PRINCIPAL, house)
        return
    units = Unit.objects.open().filter(office_id=house.office_id)
    for unit in units.exclude(kind=UnitKind.SCHOOL):
        if unit.kind == UnitKind.EXECUTIVE:
            yield unit.pk, Role.DIRECTOR, _label(Role.DIRECTOR, unit)
            yield unit.pk, Role.DEPUTY, _label(Role.DEPUTY, unit)
        else:
            role = UNIT_HEAD[UnitKind(unit.kind)]
            yield unit.pk, role, _label(role, unit)


def _label(role: Role, unit: Unit) -> str:
    if unit.kind in (UnitKind.GROUP, UnitKind.SECTION):
        return str(unit)
    return f"{role.label} · {unit}"

"""Whose letters a person keeps: those of their units, and of the units merged into these."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from circulars.held import opened_to
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.permissions import roles_of, unit_ids

if TYPE_CHECKING:
    from portal.users.models import User


CONTINUED = (Role.PRINCIPAL, Role.SCHOOL_CLERK, Role.GROUP_DIRECTOR, Role.GROUP_REGISTRY)
"""Posts whose open work goes on with the same post of the unit they were merged into."""


def inbox_units(user: "User", roles: Iterable[Role]) -> frozenset[int]:
    """The units where ``user`` holds one of ``roles`` today, and those that they continue.

    The people of a merged school move on; what it had not finished goes on with its successor.
    """
    own = unit_ids(user, roles)
    if not own:
        return own
    return own | {merged for merged, heir in _inheritance(user) if heir in own}


def handed_to(user: "User") -> frozenset[int]:
    """The deliveries that ``user`` sees besides those of their inboxes.

    Somebody handed them over, or they came to a post of ``user``'s to be remarked on, ordered
    or done (``opens`` says that this alone lets the post read the letter). Kept as ``posts_of``
    is.
    """
    kept: frozenset[int] | None = getattr(user, "_handed_today", None)
    if kept is None:
        kept = opened_to(user, roles_of(user) | inherited_posts(user))
        user._handed_today = kept  # type: ignore[attr-defined]
    return kept


def inherited_posts(user: "User") -> frozenset[tuple[str, int]]:
    """(role, merged unit) pairs that ``user`` continues with the same role in its successor."""
    keeping = [(role, unit) for role, unit in roles_of(user) if role in CONTINUED]
    if not keeping:
        return frozenset()
    return frozenset(
        (role, merged)
        for merged, heir in _inheritance(user)
        for role, unit in keeping
        if unit == heir
    )


def forget_handed(user: "User") -> None:
    """Something was handed to ``user`` just now."""
    user.__dict__.pop("_handed_today", None)


def heir_of(unit: Unit) -> Unit:
    """The unit that does the work of ``unit`` today: itself, or the last it was merged into."""
    seen = {unit.pk}
    while not unit.is_open and unit.merged_into and unit.merged_into_id not in seen:
        unit = unit.merged_into
        seen.add(unit.pk)
    return unit


def _inheritance(user: "User") -> frozenset[tuple[int, int]]:
    """(merged unit, unit of ``user`` that continues it) pairs, kept as ``posts_of`` is."""
    kept: frozenset[tuple[int, int]] | None = getattr(user, "_inheritance_today", None)
    if kept is not None:
        return kept
    heirs = {unit_id: unit_id for unit_id in unit_ids(user)}
    newest = set(heirs)
    while newest:
        merged = Unit.objects.filter(
            merged_into__in=newest, closed_on__lt=timezone.localdate()
        ).exclude(pk__in=heirs)
        found = {pk: heirs[into] for pk, into in merged.values_list("pk", "merged_into_id")}
        heirs |= found
        newest = set(found)
    pairs = frozenset((pk, heir) for pk, heir in heirs.items() if pk != heir)
    user._inheritance_today = pairs  # type: ignore[attr-defined]
    return pairs

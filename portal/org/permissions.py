"""Named predicates over dated roles; apps join them with ``&`` and ``|``."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from portal.org.enums import Role

if TYPE_CHECKING:
    from portal.users.models import User


def posts_of(user: "User", on: date | None = None) -> frozenset[tuple[str, int, int]]:
    """All (role, unit id, membership id) that ``user`` holds or acts for on a day.

    Today's answer is kept on the user object, which lives as long as one request.
    """
    if not user.is_active or not user.pk:
        return frozenset()
    if on is None and (kept := getattr(user, "_posts_today", None)) is not None:
        return kept
    own = user.memberships.on(on).order_by().values_list("role", "unit_id", "pk")
    acting = user.actings.on(on).order_by()
    posts = frozenset(
        own.union(acting.values_list("membership__role", "membership__unit_id", "membership_id"))
    )
    if on is None:
        user._posts_today = posts  # type: ignore[attr-defined]
    return posts


def roles_of(user: "User", on: date | None = None) -> frozenset[tuple[str, int]]:
    """All (role, unit id) pairs that ``user`` holds on a day, acting ones included."""
    return frozenset((role, unit) for role, unit, _membership in posts_of(user, on))


def has_role(user: "User", *roles: Role, unit_id: int | None = None) -> bool:
    """Whether ``user`` holds one of ``roles`` today, in ``unit_id`` when it is given."""
    return any(
        role in roles and (unit_id is None or unit == unit_id) for role, unit in roles_of(user)
    )


def unit_ids(user: "User", roles: Iterable[Role] | None = None) -> frozenset[int]:
    """The units where ``user`` holds any of ``roles`` (any role at all by default) today."""
    wanted = None if roles is None else frozenset(roles)
    return frozenset(unit for role, unit in roles_of(user) if wanted is None or role in wanted)


def is_member(user: "User") -> bool:
    """Whether ``user`` holds anything today: then the office's people and units are no secret."""
    return user.office_id is not None and bool(roles_of(user))


def is_auditor(user: "User") -> bool:
    return has_role(user, Role.AUDITOR)


def is_sysadmin(user: "User") -> bool:
    return has_role(user, Role.SYSADMIN)


def manages_office(user: "User", office_id: int) -> bool:
    """Whether ``user`` keeps the office's units, people and roles.

    The system administrator of the office does, and an installation's administrator, who has
    no office and so belongs to all.
    """
    if user.is_superuser and user.is_active and user.office_id is None:
        return True
    return user.office_id == office_id and is_sysadmin(user)


def manages_acting(user: "User", office_id: int) -> bool:
    """Whether ``user`` may record who acts for whom in the office: daily work of the registry."""
    if manages_office(user, office_id):
        return True
    return user.office_id == office_id and has_role(user, Role.DIRECTOR, Role.REGISTRY)

"""Rows that wait at a post: whoever holds it, or acts for its holder, has them."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.org.models import Acting, Membership
from portal.org.permissions import posts_of, roles_of

if TYPE_CHECKING:
    from portal.users.models import User


class HeldQuerySet(models.QuerySet):
    """Rows with ``unit`` and ``role``, and ``membership`` when it is one post-holder's own."""

    def held_by(self, user: "User", on: date | None = None) -> "HeldQuerySet":
        """Rows at a post that ``user`` holds, or acts for, on a day."""
        return self.filter(self._posts_of(user, on))

    def vacant(self, on: date | None = None) -> "HeldQuerySet":
        """Rows at a post that nobody holds or acts for on a day."""
        members = Membership.objects.on(on).filter(person__is_active=True)
        actings = Acting.objects.on(on).filter(person__is_active=True)
        held = Exists(members.filter(unit=OuterRef("unit"), role=OuterRef("role")))
        acted = Exists(
            actings.filter(membership__unit=OuterRef("unit"), membership__role=OuterRef("role"))
        )
        own = Exists(members.filter(pk=OuterRef("membership")))
        own_acted = Exists(actings.filter(membership=OuterRef("membership")))
        return self.filter(
            Q(~held, ~acted, membership=None) | Q(~own, ~own_acted, membership__isnull=False)
        )

    def _posts_of(self, user: "User", on: date | None = None) -> Q:
        held = posts_of(user, on)
        posts = Q(membership__in=[membership for _role, _unit, membership in held])
        for role, unit_id in self._places(user, on):
            posts |= Q(membership=None, role=role, unit_id=unit_id)
        return posts

    def _places(self, user: "User", on: date | None) -> frozenset[tuple[str, int]]:
        """The (role, unit id) pairs whose rows are ``user``'s on a day."""
        return roles_of(user, on)

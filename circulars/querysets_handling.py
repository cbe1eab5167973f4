"""Lists of what happens to received letters: steps and assignments at somebody's post."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from circulars.enums import StepState
from circulars.enums_handling import (
    DESK_KINDS,
    LIVE_STATES,
    MAIN_KINDS,
    OPEN_STATES,
    SEEN_STATES,
    AssignmentState,
    HandlingStepKind,
    Share,
)
from circulars.inboxes import inherited_posts
from circulars.querysets_held import HeldQuerySet
from portal.org.enums import Role
from portal.org.models import Membership
from portal.org.permissions import roles_of, unit_ids

if TYPE_CHECKING:
    from portal.users.models import User


class WorkQuerySet(HeldQuerySet):
    """Work that is still waited for goes on with the unit into which its unit was merged."""

    def vacant(self, on: date | None = None) -> HeldQuerySet:
        """Rows at a post that nobody holds, neither there nor where the unit was merged into."""
        heirs = Membership.objects.on(on).filter(
            person__is_active=True, unit=OuterRef("unit__merged_into"), role=OuterRef("role")
        )
        is_closed = Q(unit__closed_on__lt=on or timezone.localdate())
        return super().vacant(on).exclude(Exists(heirs), is_closed, membership=None)

    def _places(self, user: "User", on: date | None) -> frozenset[tuple[str, int]]:
        own = roles_of(user, on)
        return own if on else own | inherited_posts(user)


class HandlingStepQuerySet(WorkQuerySet):
    def current(self) -> "HandlingStepQuerySet":
        return self.filter(state=StepState.CURRENT)

    def main(self) -> "HandlingStepQuerySet":
        return self.filter(kind__in=MAIN_KINDS)

    def at_desks(self) -> "HandlingStepQuerySet":
        """Steps at which somebody is waited for now."""
        return self.filter(state=StepState.CURRENT, kind__in=DESK_KINDS)

    def reached(self) -> "HandlingStepQuerySet":
        """Steps where the letter has been or is, not those still ahead or taken back."""
        return self.filter(state__in=(StepState.CURRENT, StepState.DONE, StepState.RETURNED))

    def of(self, user: "User") -> "HandlingStepQuerySet":
        """Steps that ``user`` decided or holds today."""
        return self.filter(Q(decided_by=user) | self._posts_of(user))

    def late(self) -> "HandlingStepQuerySet":
        return self.at_desks().filter(due_at__lt=timezone.now())


class AssignmentQuerySet(WorkQuerySet):
    def live(self) -> "AssignmentQuerySet":
        """Work that counts: not given back, taken back, or left out of the order."""
        return self.filter(state__in=LIVE_STATES)

    def open(self) -> "AssignmentQuerySet":
        """Work that its owner has not reported yet."""
        return self.filter(state__in=OPEN_STATES)

    def seen_by_owner(self) -> "AssignmentQuerySet":
        return self.filter(state__in=SEEN_STATES)

    def top(self) -> "AssignmentQuerySet":
        """What the order itself gave out, without what groups share among themselves."""
        return self.filter(parent=None)

    def leads(self) -> "AssignmentQuerySet":
        return self.live().exclude(state=AssignmentState.SUGGESTED).filter(share=Share.LEAD)

    def of(self, user: "User") -> "AssignmentQuerySet":
        """Work that ``user`` accepted, reported or holds today."""
        return self.filter(Q(accepted_by=user) | Q(reported_by=user) | self._posts_of(user))

    def late(self, on: date | None = None) -> "AssignmentQuerySet":
        return self.open().filter(due_on__lt=on or timezone.localdate())

    def given_by(self, user: "User") -> "AssignmentQuerySet":
        """Work given by the post whose order it was, or by the owner of what it is part of."""
        model = self.model._meta.apps.get_model
        orders: Any = model("circulars", "HandlingStep")._default_manager.filter(
            kind=HandlingStepKind.ORDER, state=StepState.DONE
        )
        parents: Any = self.model._default_manager.filter(pk=OuterRef("parent"))
        return self.filter(
            Q(Exists(orders.filter(pk=OuterRef("order_step")).held_by(user)), parent=None)
            | Q(Exists(parents.held_by(user)), parent__isnull=False)
        )


def in_headed_units(user: "User") -> Q:
    """Rows at posts of the units that ``user`` heads, for whom nobody else looks."""
    units = unit_ids(user, (Role.GROUP_DIRECTOR, Role.PRINCIPAL, Role.REGISTRY))
    return Q(unit__in=units)


class HandlingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "HandlingQuerySet":
        """What happens to a letter is seen by who sees the letter."""
        model = self.model._meta.apps.get_model("circulars", "Delivery")
        seen = model._default_manager.filter(pk=OuterRef("delivery")).visible_to(user)
        return self.filter(Exists(seen))

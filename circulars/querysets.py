"""Lists of letters, deliveries and register entries; each begins with ``visible_to(user)``."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from circulars.enums import (
    DRAFTING_ROLES,
    HEAD_ROLES,
    INBOX_ROLES,
    OFFICE_READERS,
    SECRET,
    SIGNED,
    UNFINISHED,
    UNIT_READERS,
    DeliveryState,
    LetterState,
    Secrecy,
    StepKind,
    StepState,
)
from circulars.inboxes import handed_to, inbox_units
from circulars.kinds import without_recipients
from circulars.querysets_held import HeldQuerySet
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Unit
from portal.org.permissions import has_role, unit_ids

if TYPE_CHECKING:
    from circulars.models import Letter
    from portal.users.models import User

DOCUMENT_TIME = timedelta(minutes=10)
"""A document that was not made by then shows at those who look after the letter."""


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "LetterQuerySet":
        """Letters seen from the sender's side.

        The drafter sees their own. Everyone whose post a letter passed sees it. An open letter
        that has left its drafter is seen by the heads and clerks of its unit, by the office's
        executives and central registry (not for schools' letters), and, once signed, by all who
        write letters in its unit. Letters from outside are seen where they were received.
        """
        passed = Exists(_rows("RouteStep", letter=OuterRef("pk")).reached().of(user))
        seen = Q(passed)
        for reason in _reasons_to_see(user):
            seen |= reason
        return self.filter(seen, unit__office_id=user.office_id).exclude(state=LetterState.OUTSIDE)

    def seen_by_reason(self, user: "User") -> "list[LetterQuerySet]":
        """``visible_to`` in parts, each of which PostgreSQL can start from an index."""
        passed = _rows("RouteStep").reached().of(user).order_by().values("letter")
        rows = self.filter(unit__office_id=user.office_id).exclude(state=LetterState.OUTSIDE)
        return [rows.filter(reason) for reason in (Q(pk__in=passed), *_reasons_to_see(user))]

    def known_to(self, user: "User") -> "LetterQuerySet":
        """Letters that ``user`` may see from either side, to refer to them."""
        received = _rows("Delivery", letter=OuterRef("pk")).visible_to(user)
        sent = _rows("Letter").visible_to(user)
        return self.filter(Q(pk__in=sent.order_by().values("pk")) | Exists(received))

    def waiting_for(self, user: "User") -> "LetterQuerySet":
        """Letters whose current step is at a post that ``user`` holds today."""
        steps = _rows("RouteStep", letter=OuterRef("pk"))
        return self.filter(Exists(steps.current().held_by(user)))

    def unsent(self) -> "LetterQuerySet":
        """Signed letters that wait for somebody to send them, or to see to their document."""
        is_late = Q(pdf_failures__gt=0) | Q(signed_at__lt=timezone.now() - DOCUMENT_TIME)
        unsent = Q(state=LetterState.READY) & (
            ~Q(kind__in=without_recipients()) | Exists(_rows("Recipient", letter=OuterRef("pk")))
        )
        return self.filter(unsent | (Q(state=LetterState.SIGNED_PENDING) & is_late))

    def looked_after_by(self, user: "User") -> "LetterQuerySet":
        """Letters of the drafter; of a drafter who has left, those that ``user`` may send."""
        writing = Membership.objects.on().filter(
            person=OuterRef("drafter"), person__is_active=True, unit=OuterRef("unit"),
            role__in=DRAFTING_ROLES,
        )  # fmt: skip
        circle = Q(unit__in=unit_ids(user, UNIT_READERS))
        if has_role(user, Role.REGISTRY):
            circle |= ~Q(unit__kind=UnitKind.SCHOOL)
        return self.filter(Q(drafter=user) | (circle & ~Exists(writing)))


class RouteStepQuerySet(HeldQuerySet):
    def current(self) -> "RouteStepQuerySet":
        return self.filter(state=StepState.CURRENT)

    def reached(self) -> "RouteStepQuerySet":
        """Steps where the letter has been or is, not those still ahead.

        Who asks somebody has it all the while, though their step waits again.
        """
        return self.filter(
            Q(state__in=(StepState.CURRENT, StepState.DONE, StepState.RETURNED))
            | Q(state=StepState.WAITING, arrived_at__isnull=False)
        )

    def decided(self) -> "RouteStepQuerySet":
        return self.filter(state__in=(StepState.DONE, StepState.RETURNED))

    def of_round(self, letter: "Letter") -> "RouteStepQuerySet":
        """Steps of the present way up: those after the last one that was broken off.

        Each way up has one step that signs, the last; where that fell away, the way ended. A
        question that was taken back ends nothing.
        """
        last = (
            letter.steps.filter(
                kind=StepKind.SIGN, state__in=(StepState.RETURNED, StepState.CANCELLED)
            )
            .order_by("-position")
            .values_list("position", flat=True)
            .first()
        )
        steps = letter.steps.all()
        return steps if last is None else steps.filter(position__gt=last)

    def of(self, user: "User") -> "RouteStepQuerySet":
        """Steps that ``user`` decided or holds today."""
        return self.filter(Q(decided_by=user) | self._posts_of(user))


class ReceivedQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "ReceivedQuerySet":
        """Letters received: by the unit whose inbox ``user`` keeps, or handed to ``user``.

        Secret ones reach only the head of the unit and the people they were handed to.
        """
        kept = inbox_units(user, INBOX_ROLES) | _central_inbox(user, Role.DIRECTOR, Role.DEPUTY)
        headed = inbox_units(user, HEAD_ROLES) | _central_inbox(user, Role.DIRECTOR)
        seen = Q(unit__in=kept | headed)
        if kept - headed:
            seen &= Q(unit__in=headed) | ~Q(letter__secrecy__in=SECRET)
        # Letters handed to somebody are named one by one, and only where they are not seen
        # anyway: so PostgreSQL finds the newest of a unit by its index, however many there are.
        seen |= Q(pk__in=_beyond(handed_to(user), kept | headed))
        return self.filter(seen, unit__office_id=user.office_id).exclude(
            state=DeliveryState.UNDELIVERABLE
        )

    def kept_by(self, user: "User") -> "ReceivedQuerySet":
        """Letters in the inboxes that ``user`` keeps, as far as they may see them."""
        return self.visible_to(user).filter(unit__in=inbox_units(user, INBOX_ROLES))

    def unread(self) -> "ReceivedQuerySet":
        return self.filter(state=DeliveryState.DELIVERED)

    def unregistered(self) -> "ReceivedQuerySet":
        return self.filter(entry=None, confirmed_at=None).exclude(
            state=DeliveryState.UNDELIVERABLE
        )

    def unacknowledged(self) -> "ReceivedQuerySet":
        return self.filter(acknowledged_at=None).exclude(state=DeliveryState.UNDELIVERABLE)

    def unanswered(self) -> "ReceivedQuerySet":
        return self.filter(answered_at=None).exclude(state=DeliveryState.UNDELIVERABLE)

    def overdue(self, on: date | None = None) -> "ReceivedQuerySet":
        """Past the due date and still owing what the letter asked for."""
        owing = Q(letter__answer_wanted=True, answered_at=None) | Q(
            letter__answer_wanted=False, acknowledged_at=None
        )
        return self.filter(owing, letter__due_on__lt=on or timezone.localdate()).exclude(
            state=DeliveryState.UNDELIVERABLE
        )


def _reasons_to_see(user: "User") -> list[Q]:
    """Why somebody sees a letter from the sender's side, besides that it passed their post."""
    left_drafter = ~Q(state__in=UNFINISHED) & ~Q(secrecy__in=SECRET)
    reasons = [
        Q(drafter=user),
        left_drafter & Q(unit__in=unit_ids(user, UNIT_READERS)),
        left_drafter & Q(unit__in=unit_ids(user, DRAFTING_ROLES), state__in=SIGNED),
    ]
    if has_role(user, *OFFICE_READERS):
        reasons.append(left_drafter & ~Q(unit__kind=UnitKind.SCHOOL))
    return reasons


def _central_inbox(user: "User", *roles: Role) -> frozenset[int]:
    """The office's own inbox, for those who read it without keeping it; asked for once."""
    if user.office_id is None or not has_role(user, *roles):
        return frozenset()
    kept: frozenset[int] | None = getattr(user, "_central_unit", None)
    if kept is None:
        central = Unit.objects.filter(office_id=user.office_id, kind=UnitKind.OFFICE).order_by()
        kept = frozenset(central.values_list("pk", flat=True))
        user._central_unit = kept  # type: ignore[attr-defined]
    return kept


def _beyond(handed: frozenset[int], units: frozenset[int]) -> list[int]:
    """Those of the deliveries that are secret or not at one of the units."""
    if not (handed and units):
        return sorted(handed)
    seen_anyway = Q(unit__in=units, letter__secrecy=Secrecy.OPEN)
    rows = _rows("Delivery", pk__in=handed).exclude(seen_anyway)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rows(model: str, **where: Any) -> Any:
    """Rows of a model of this app, which is defined above its querysets."""
    return apps.get_model("circulars", model)._default_manager.filter(**where)

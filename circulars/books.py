"""Whose registers a person reads and keeps, and lists of what belongs to them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from circulars.enums import (
    HEAD_ROLES,
    INBOX_ROLES,
    OFFICE_READERS,
    SECRET_REGISTERS,
    EntryState,
    PaperKind,
    RegisterKind,
)
from circulars.inboxes import inbox_units
from portal.org.enums import Role, UnitKind
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from portal.users.models import User

SOON = timedelta(days=3)
"""Reservations that end within this time show themselves."""


def kept_units(user: "User", kind: RegisterKind | str) -> frozenset[int]:
    """The units whose books of a kind ``user`` writes in: secret ones only their heads."""
    return inbox_units(user, HEAD_ROLES if kind in SECRET_REGISTERS else INBOX_ROLES)


class RegisterQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "RegisterQuerySet":
        """Books of the units whose registry ``user`` keeps or heads, and the office's own.

        Secret books are seen by the heads of their unit alone; the office's by its director too.
        """
        open_books = Q(unit__in=inbox_units(user, INBOX_ROLES))
        secret_books = Q(unit__in=inbox_units(user, HEAD_ROLES))
        if has_role(user, *OFFICE_READERS):
            open_books |= Q(unit__kind=UnitKind.OFFICE)
        if has_role(user, Role.DIRECTOR):
            secret_books |= Q(unit__kind=UnitKind.OFFICE)
        is_secret = Q(kind__in=SECRET_REGISTERS)
        return self.filter(
            (open_books & ~is_secret) | (secret_books & is_secret),
            unit__office_id=user.office_id,
        )

    def kept_by(self, user: "User") -> "RegisterQuerySet":
        """Books that ``user`` writes in."""
        is_secret = Q(kind__in=SECRET_REGISTERS)
        return self.visible_to(user).filter(
            Q(~is_secret, unit__in=inbox_units(user, INBOX_ROLES))
            | Q(is_secret, unit__in=inbox_units(user, HEAD_ROLES))
        )


class EntryQuerySet(models.QuerySet):
    def unused(self) -> "EntryQuerySet":
        """Reserved numbers that wait."""
        return self.filter(reservation__isnull=False, used_at=None, voided_at=None)

    def in_state(self, state: EntryState | str) -> "EntryQuerySet":
        if state == EntryState.VOID:
            return self.filter(voided_at__isnull=False)
        if state == EntryState.RESERVED:
            return self.unused()
        is_used = Q(reservation=None) | Q(used_at__isnull=False)
        return self.filter(is_used, voided_at=None)

    def usable(self, on: date | None = None) -> "EntryQuerySet":
        """Reserved numbers that somebody may take today; those of a pack are keyed in apart."""
        day = on or timezone.localdate()
        return self.unused().filter(reservation__expires_on__gte=day, reservation__pack=None)


class ReservationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "ReservationQuerySet":
        """Those of books that ``user`` reads, and those for ``user``.

        Of a secret book nobody else knows even the purpose.
        """
        books = _rows("Register").visible_to(user)
        own = Q(person=user) & ~Q(register__kind__in=SECRET_REGISTERS)
        return self.filter(
            own | Q(register__in=books.values("pk")), register__unit__office_id=user.office_id
        )

    def of(self, user: "User") -> "ReservationQuerySet":
        """Those that ``user`` looks after: their own, and those of books that they keep."""
        kept = _rows("Register").kept_by(user)
        return self.visible_to(user).filter(
            Q(person=user) | Q(register__in=kept.order_by().values("pk"))
        )

    def with_counts(self) -> "ReservationQuerySet":
        """With ``used``, ``void`` and ``unused``: how many of the numbers are which."""
        is_void = Q(entries__voided_at__isnull=False)
        is_used = Q(entries__used_at__isnull=False, entries__voided_at=None)
        return self.annotate(
            used=Count("entries", filter=is_used),
            void=Count("entries", filter=is_void),
            unused=Count("entries", filter=~is_used & ~is_void),
        )

    def open(self) -> "ReservationQuerySet":
        """With numbers that are neither used nor void."""
        unused = _rows("RegisterEntry").unused()
        return self.filter(Exists(unused.filter(reservation=OuterRef("pk"))))

    def expiring(self, on: date | None = None) -> "ReservationQuerySet":
        """Open ones that end within ``SOON`` or have ended."""
        day = on or timezone.localdate()
        return self.open().filter(expires_on__lte=day + SOON)


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PaperQuerySet":
        """Papers of books that ``user`` reads, and packs of units whose books they keep."""
        books = _rows("Register").visible_to(user)
        return self.filter(
            Q(register__in=books.values("pk"))
            | Q(kind=PaperKind.PACK, unit__in=inbox_units(user, INBOX_ROLES)),
            unit__office_id=user.office_id,
        )


def _rows(model: str) -> Any:
    """Rows of a model of this app, which is defined above its querysets."""
    return apps.get_model("circulars", model)._default_manager.all()

"""Every list begins here: with one office, and with what holds today."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from portal.org.enums import UnitKind

if TYPE_CHECKING:
    from portal.users.models import User


def today() -> date:
    return timezone.localdate()


class UnitQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "UnitQuerySet":
        """The structure of one's own office; it is no secret inside it."""
        return self.inside().filter(office_id=user.office_id)

    def inside(self) -> "UnitQuerySet":
        """The office and its schools, without the agencies that it corresponds with."""
        return self.exclude(kind=UnitKind.OUTSIDE)

    def outside(self) -> "UnitQuerySet":
        """The agencies that the office corresponds with."""
        return self.filter(kind=UnitKind.OUTSIDE)

    def open(self) -> "UnitQuerySet":
        """Units that work today: ``closed_on`` is the last day of a unit that closes."""
        return self.inside().filter(models.Q(closed_on=None) | models.Q(closed_on__gte=today()))


class SchoolQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "SchoolQuerySet":
        return self.filter(unit__office_id=user.office_id)

    def open(self) -> "SchoolQuerySet":
        return self.filter(models.Q(unit__closed_on=None) | models.Q(unit__closed_on__gte=today()))


class DatedQuerySet(models.QuerySet):
    """Rows that hold from ``starts_on`` to ``ends_on``, both days included."""

    def on(self, day: date | None = None) -> "DatedQuerySet":
        day = day or today()
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=day), starts_on__lte=day)


class MembershipQuerySet(DatedQuerySet):
    def visible_to(self, user: "User") -> "MembershipQuerySet":
        return self.filter(unit__office_id=user.office_id)


class ActingQuerySet(DatedQuerySet):
    def visible_to(self, user: "User") -> "ActingQuerySet":
        return self.filter(membership__unit__office_id=user.office_id)

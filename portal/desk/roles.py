"""A person's roles with their dates, as "my work" and the profile show them."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from portal.org.models import Acting, Membership
from portal.users.models import User


@dataclass(frozen=True)
class HeldRole:
    """One role in one unit, own or acting."""

    name: str
    unit: str
    starts_on: date
    ends_on: date | None
    acting: str
    today: date

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < self.today

    @property
    def is_coming(self) -> bool:
        return self.starts_on > self.today

    @property
    def holds_today(self) -> bool:
        return not self.is_over and not self.is_coming


def _own(row: Membership, today: date) -> HeldRole:
    name = row.position.title if row.position else row.get_role_display()
    return HeldRole(str(name), str(row.unit), row.starts_on, row.ends_on, "", today)


def _acting(row: Acting, today: date) -> HeldRole:
    held = row.membership
    name = held.position.title if held.position else held.get_role_display()
    kind = row.get_kind_display()
    return HeldRole(str(name), str(held.unit), row.starts_on, row.ends_on, str(kind), today)


def roles_with_dates(user: User) -> list[HeldRole]:
    """All roles ever held: today's first, then those to come, then the past, newest first."""
    today = timezone.localdate()
    own = user.memberships.select_related("unit", "position")
    acting = user.actings.select_related("membership__unit", "membership__position")
    held = [_own(row, today) for row in own] + [_acting(row, today) for row in acting]
    held.sort(key=lambda role: role.starts_on, reverse=True)
    return sorted(held, key=lambda role: (role.is_over, role.is_coming))


def roles_today(user: User) -> list[HeldRole]:
    """What the person is today; two queries."""
    today = timezone.localdate()
    own = user.memberships.on(today).select_related("unit", "position")
    acting = user.actings.on(today).select_related("membership__unit", "membership__position")
    return [_own(row, today) for row in own] + [_acting(row, today) for row in acting]

"""Stand-ins for what apps put on "my work"."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from portal.core.registry import WorkItem
from portal.org.enums import Role
from portal.org.permissions import has_role
from portal.users.models import User


@dataclass
class FixedTile:
    """A tile whose things wait for the holders of ``roles``; for everybody without any."""

    code: str
    title: str
    waiting: list[WorkItem] = field(default_factory=list)
    roles: tuple[Role, ...] = ()
    order: int = 100
    icon: str = "inbox"

    def _mine(self, user: User) -> list[WorkItem]:
        return self.waiting if not self.roles or has_role(user, *self.roles) else []

    def url(self, user: User) -> str:
        return f"/{self.code}/"

    def count(self, user: User) -> int:
        return len(self._mine(user))

    def items(self, user: User, limit: int) -> list[WorkItem]:
        return self._mine(user)[:limit]


def days_from_now(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def work_items(number: int, due: Callable[[int], date | None] = lambda _n: None) -> list[WorkItem]:
    """``number`` things that wait, the n-th due on ``due(n)``."""
    return [
        WorkItem(title=f"เรื่องที่ {n}", url=f"/thing/{n}/", meta="กลุ่มอำนวยการ", due_on=due(n))
        for n in range(1, number + 1)
    ]

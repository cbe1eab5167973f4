"""Gathers "my work" from the tiles that apps register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import ngettext

from portal.core.registry import WorkItem, work_tiles
from portal.users.models import User

ITEMS_PER_TILE = 5


@dataclass(frozen=True)
class Due:
    """A date by which something is owed, seen from a day."""

    on: date
    today: date

    @property
    def days(self) -> int:
        """Days left; negative when it is overdue."""
        return (self.on - self.today).days

    @property
    def days_late(self) -> int:
        return max(0, -self.days)


@dataclass(frozen=True)
class Line:
    """One thing that waits; ``kind`` is the title of its tile."""

    item: WorkItem
    due: Due | None
    kind: str

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due.days < 0


@dataclass(frozen=True)
class Section:
    """A tile with its most pressing items; the overdue ones stand apart, above all tiles."""

    code: str
    title: str
    icon: str
    url: str
    count: int
    pressing: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.pressing if not line.is_overdue]

    @property
    def more(self) -> int:
        """How many wait beyond those shown anywhere on the page."""
        return max(0, self.count - len(self.pressing))

    @property
    def late(self) -> int:
        """How many of the pressing ones are overdue."""
        return len(self.pressing) - len(self.lines)

    @property
    def tone(self) -> str:
        return "danger" if self.late else "brand"

    @property
    def note(self) -> str:
        """The words beside the colour."""
        if not self.late:
            return ""
        return ngettext("%(late)d overdue", "%(late)d overdue", self.late) % {"late": self.late}


@dataclass(frozen=True)
class Work:
    sections: list[Section]

    @property
    def overdue(self) -> list[Line]:
        """What is late over all tiles, each thing once, the latest first."""
        late = [line for section in self.sections for line in section.pressing if line.is_overdue]
        return sorted({line.item.url: line for line in late}.values(), key=_by_due)


def _by_due(line: Line) -> tuple[date, str]:
    return (line.due.on if line.due else date.max, str(line.item.title))


def _lines(items: Iterable[WorkItem], today: date, kind: str) -> list[Line]:
    lines = [Line(item, Due(item.due_on, today) if item.due_on else None, kind) for item in items]
    return sorted(lines, key=lambda line: line.due.on if line.due else date.max)


def work_for(user: User) -> Work:
    """All that waits for ``user``; tiles with nothing waiting are left out."""
    today = timezone.localdate()
    sections = []
    for tile in work_tiles:
        count = tile.count(user)
        items = tile.items(user, ITEMS_PER_TILE)
        if count or items:
            sections.append(
                Section(
                    code=tile.code,
                    title=str(tile.title),
                    icon=tile.icon,
                    url=tile.url(user),
                    count=max(count, len(items)),
                    pressing=_lines(items, today, str(tile.title)),
                )
            )
    return Work(sections)

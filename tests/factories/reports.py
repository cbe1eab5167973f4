"""Daily records and reports of months."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from portal.core.registry import DoneItem, Figure, PersonStatistics
from portal.desk.enums import WorkCategory
from portal.desk.models import DayEntry
from portal.users.models import User


class Counted(PersonStatistics):
    """Two things signed each day, one of them secret: counted for the person alone."""

    code = "tests.counted"
    label = "Counted"

    def figures(self, user: User, start: date, end: date, *, viewer: Any) -> list[Figure]:
        days = (end - start).days + 1
        return [
            Figure("Signed", days * (2 if viewer == user else 1), "letters"),
            Figure("Sent", 0, "letters"),
        ]

    def by_day(self, user: User, start: date, end: date, *, viewer: Any) -> dict[date, int]:
        return {start: 2 if viewer == user else 1}

    def items(
        self, user: User, start: date, end: date, *, viewer: Any, limit: int
    ) -> list[DoneItem]:
        at = timezone.make_aware(datetime.combine(start, time(9)))
        return [DoneItem("Signed", "ศธ 04108/1", at, "/circulars/1/")][:limit]


def entry(person: User, day: date | None = None, **fields: object) -> DayEntry:
    """An entry as it stands in the database, whatever day is open."""
    given = {"category": WorkCategory.MEETING, "text": "ประชุม", "minutes": 60} | fields
    return DayEntry.objects.create(person=person, day=day or timezone.localdate(), **given)

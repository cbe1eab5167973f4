"""What the statistics of letters add to the pages of the portal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from circulars.demo_statistics import StatisticsDemo
from circulars.services import work_done
from circulars.services.evidence import sources
from portal.core import registry
from portal.core.periods import Period, PeriodKind
from portal.core.registry import DoneItem, Figure, MenuEntry, PersonStatistics
from portal.org.permissions import unit_ids

if TYPE_CHECKING:
    from portal.users.models import User


class StatisticsEntry(MenuEntry):
    code = "circulars.statistics"
    order = 25
    label = _("Statistics of letters")
    url_name = "circulars:statistics"
    icon = "bar-chart"

    def visible_to(self, user: "User") -> bool:
        return bool(unit_ids(user))


class LetterWork(PersonStatistics):
    """What a person did with letters; secret ones are counted for that person alone."""

    code = "circulars.letters"
    order = 10
    label = _("Letters")

    def figures(
        self, user: "User", start: date, end: date, *, viewer: "User | None"
    ) -> Iterable[Figure]:
        counted = work_done.by_kind(_counts(user, start, end, viewer))
        return [Figure(done.label, number, _("items")) for done, number in counted.items()]

    def by_day(
        self, user: "User", start: date, end: date, *, viewer: "User | None"
    ) -> Mapping[date, int]:
        days: Counter[date] = Counter()
        for (_who, _done, day), number in _counts(user, start, end, viewer).items():
            days[day] += number
        return days

    def items(
        self, user: "User", start: date, end: date, *, viewer: "User | None", limit: int
    ) -> Sequence[DoneItem]:
        days = Period(PeriodKind.DAY, start, end)
        return work_done.items(user, days, viewer=viewer, limit=limit)


def _counts(user: "User", start: date, end: date, viewer: "User | None") -> work_done.Counts:
    days = Period(PeriodKind.DAY, start, end)
    return work_done.counts([user.pk], days, with_secret=viewer == user)


def register() -> None:
    """Called once when the app is ready."""
    registry.menu_entries.register(StatisticsEntry())
    registry.person_statistics.register(LetterWork())
    for source in sources():
        registry.evidence.register(source)
    registry.demo_loaders.register(StatisticsDemo())

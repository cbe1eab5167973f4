"""Whether each registry looked into its inbox in both halves of the day (appendix 6, 4.1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from circulars.enums import INBOX_ROLES, OFFICE_READERS
from circulars.inboxes import inbox_units
from circulars.mail.enums import Half
from circulars.models import Delivery, InboxLook
from circulars.services.recipients import RECEIVING_KINDS
from portal.core.thai import workdays
from portal.org.models import Office, Unit
from portal.org.permissions import has_role
from portal.org.service import closure_days
from portal.users.models import User

NOON = time(12, 0)
CLOSES = time(16, 30)
DAYS = 5
"""Working days that the board shows."""

_KEPT = 6 * 60 * 60


@dataclass(frozen=True, slots=True)
class HalfDay:
    day: date
    half: Half


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with the time of its first look in each half-day shown; None where it owes one."""

    unit: Unit
    looks: list[datetime | None]
    unread: int

    @property
    def is_behind(self) -> bool:
        """Not looked in the present half-day."""
        return bool(self.looks) and self.looks[0] is None


def may_see_board(user: User) -> bool:
    """The director, deputies and the central registry see who is behind."""
    return has_role(user, *OFFICE_READERS)


def note_look(*, user: User, now: datetime | None = None) -> None:
    """``user`` has their inbox before them: note it once for each unit and half-day.

    After closing time nothing is noted: the rule is about office hours.
    """
    now = now or timezone.now()
    units = inbox_units(user, INBOX_ROLES)
    half = half_of(now)
    if not units or half is None:
        return
    keys = {f"inbox-look:{pk}:{half.day}:{half.half}": pk for pk in units}
    known = cache.get_many(keys)
    missing = [pk for key, pk in keys.items() if key not in known]
    if not missing:
        return
    InboxLook.objects.bulk_create(
        [
            InboxLook(unit_id=pk, day=half.day, half=half.half, first_at=now, first_by=user)
            for pk in sorted(missing)
        ],
        ignore_conflicts=True,
    )
    cache.set_many(dict.fromkeys(keys, 1), _KEPT)


def half_of(moment: datetime) -> HalfDay | None:
    """The half of the day in office hours; None after they end."""
    local = timezone.localtime(moment)
    if local.time() > CLOSES:
        return None
    return HalfDay(local.date(), Half.MORNING if local.time() < NOON else Half.AFTERNOON)


def half_days(office: Office, now: datetime, days: int = DAYS) -> list[HalfDay]:
    """The last half-days on which the office works, the present one first."""
    local = timezone.localtime(now)
    closures = closure_days(office)
    found: list[HalfDay] = []
    day = local.date()
    while len({half.day for half in found}) < days:
        if workdays.is_working_day(day, closures):
            if day < local.date() or local.time() >= NOON:
                found.append(HalfDay(day, Half.AFTERNOON))
            found.append(HalfDay(day, Half.MORNING))
        day -= timedelta(days=1)
    return found


def board(*, office: Office, now: datetime, show: str = "") -> tuple[list[HalfDay], list[Row]]:
    """The half-days and a row for each unit with an inbox; ``show="behind"`` keeps the late ones.

    Four queries, however many units there are.
    """
    halves = half_days(office, now)
    inboxes = Unit.objects.open().filter(office=office, kind__in=RECEIVING_KINDS)
    units = list(inboxes.order_by("position", "sort_key", "pk"))
    unread = _unread(units)
    seen = _looks(units, {half.day for half in halves})
    rows = [
        Row(
            unit=unit,
            looks=[seen.get((unit.pk, half.day, half.half)) for half in halves],
            unread=unread.get(unit.pk, 0),
        )
        for unit in units
    ]
    return halves, [row for row in rows if row.is_behind] if show == "behind" else rows


def _unread(units: Iterable[Unit]) -> dict[int, int]:
    waiting = Delivery.objects.unread().filter(unit__in=[unit.pk for unit in units])
    return dict(waiting.order_by().values_list("unit_id").annotate(Count("pk")))


def _looks(units: Iterable[Unit], days: set[date]) -> dict[tuple[int, date, str], datetime]:
    rows = InboxLook.objects.filter(unit__in=[unit.pk for unit in units], day__in=days)
    return {
        (unit, day, half): moment
        for unit, day, half, moment in rows.values_list("unit_id", "day", "half", "first_at")
    }

"""By when a desk should have passed a letter on, and by when ordered work should be done."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from circulars.enums import Speed
from circulars.enums_handling import TARGETS
from circulars.models import SpeedTarget
from portal.core.thai.workdays import add_working_days, is_working_day
from portal.org.models import Office
from portal.org.service import closure_days

OPENS = time(8, 30)
CLOSES = time(16, 30)
"""Office hours, as civil servants work them; the hour at noon counts."""


@dataclass(frozen=True)
class Target:
    """Working hours at each desk; working days to do what was ordered."""

    step_hours: int
    work_days: int


def target_of(office: Office, speed: str) -> Target:
    """What the office has set for a speed class, or the usual."""
    row = SpeedTarget.objects.filter(office=office, speed=speed).first()
    if row is not None:
        return Target(row.step_hours, row.work_days)
    return Target(*TARGETS[Speed(speed)])


def desk_deadline(office: Office, speed: str, moment: datetime) -> datetime:
    """When a desk that gets a letter at ``moment`` should have passed it on."""
    hours = target_of(office, speed).step_hours
    return add_working_hours(moment, hours, closure_days(office))


def work_deadline(office: Office, speed: str, day: date) -> date:
    """By when work ordered on ``day`` should be reported."""
    return add_working_days(day, target_of(office, speed).work_days, closure_days(office))


def add_working_hours(moment: datetime, hours: int, closures: frozenset[date]) -> datetime:
    """``hours`` office hours after ``moment``, in the office's time zone."""
    left = timedelta(hours=hours)
    now = timezone.localtime(moment)
    while True:
        start, end = _at(now.date(), OPENS), _at(now.date(), CLOSES)
        if is_working_day(now.date(), closures) and now < end:
            begin = max(now, start)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        now = _at(now.date() + timedelta(days=1), time.min)


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))

"""The next days, from the calendar sources that apps register."""

from datetime import timedelta

from django.utils import timezone

from portal.core.registry import CalendarEntry, calendar_sources
from portal.users.models import User

DAYS = 14
MOST = 6


def coming_days(user: User) -> list[CalendarEntry]:
    """The next entries of the coming two weeks, at most six; empty without any source."""
    today = timezone.localdate()
    until = today + timedelta(days=DAYS)
    entries = [
        entry for source in calendar_sources for entry in source.entries(user, today, until)
    ]
    return sorted(entries, key=lambda entry: entry.starts_at)[:MOST]

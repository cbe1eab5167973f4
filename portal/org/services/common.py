"""What the services share."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core.errors import InvalidInput, NotAllowed
from portal.core.registry import person_changed
from portal.org.permissions import manages_office
from portal.org.querysets import DatedQuerySet
from portal.users.models import User

ONE_DAY = timedelta(days=1)


def require_manager(actor: User | None, office_id: int) -> None:
    """Raise ``NotAllowed`` unless ``actor`` keeps the office; ``None`` is the system itself."""
    if actor is not None and not manages_office(actor, office_id):
        raise NotAllowed(_("You may not change the people and units of this office."))


def announce(person: User, what: str, on: date) -> None:
    """Tell every app that asked that ``person``'s roles change on a day."""
    person.__dict__.pop("_posts_today", None)
    for listener in person_changed:
        listener(person, what, on)


def check_dates(starts_on: date, ends_on: date | None) -> None:
    """Raise ``InvalidInput`` for a span that ends before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(_("The last day is before the first."), field="ends_on")


def overlapping(starts_on: date, ends_on: date | None) -> Q:
    """Rows that share a day with the span."""
    overlap = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    return overlap if ends_on is None else overlap & Q(starts_on__lte=ends_on)


def open_after(rows: DatedQuerySet, day: date) -> DatedQuerySet:
    """Rows that would hold after ``day`` as they stand."""
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=day))

"""What is late is told upwards, each level once; what nobody has is told to who can mend it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from circulars.effects.desks import Post, reads_anyway, tell_people, who_helps
from circulars.effects.handling import inform
from circulars.effects.notices import tell
from circulars.inboxes import heir_of
from circulars.models import Assignment, Escalation, HandlingStep
from circulars.services.routes import UNIT_HEADS
from portal.core.thai.workdays import working_days_between
from portal.org.enums import UnitKind
from portal.org.models import Unit
from portal.org.service import closure_days, holders, superior_chain

if TYPE_CHECKING:
    from django.db.models import QuerySet

ROWS = (
    "unit__office", "unit__merged_into", "membership", "handling__delivery__letter__unit",
    "handling__delivery__unit__office",
)  # fmt: skip
Late = HandlingStep | Assignment


def escalate(*, now: datetime | None = None) -> int:
    """Tell superiors of what is overdue; the next level after each further working day.

    Safe to run at any time and twice at once: a level is told once. Returns how many were told
    of.
    """
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    told = 0
    steps = HandlingStep.objects.at_desks().filter(due_at__lt=moment)
    for pk in list(steps.values_list("pk", flat=True)):
        told += _escalate(HandlingStep.objects.at_desks(), pk, moment, today)
    for pk in list(Assignment.objects.late(today).values_list("pk", flat=True)):
        told += _escalate(Assignment.objects.open(), pk, moment, today)
    return told


def superiors(row: Late) -> list[Post]:
    """The posts above the one where something waits, the nearest first.

    About a secret letter only who gave the order is told: nobody else may know of it.
    """
    if row.handling.delivery.letter.is_secret:
        source = (row.parent or row.order_step) if isinstance(row, Assignment) else None
        return [Post.of(source)] if source else []
    unit = heir_of(row.unit)
    posts = [
        (level, role)
        for level in superior_chain(unit)
        for role in UNIT_HEADS[UnitKind(level.kind)]
    ]
    own = next((n for n, (level, role) in enumerate(posts) if _is_at(row, level, role)), -1)
    return [Post(level.pk, role) for level, role in posts[own + 1 :]]


def tell_vacant_work(*, office_id: int | None = None) -> int:
    """Tell who heads a unit of desks and work there that nobody has any more, each once."""
    count = 0
    with transaction.atomic():
        for rows in (HandlingStep.objects.at_desks(), Assignment.objects.open()):
            found = rows.vacant().filter(vacancy_told_at=None).select_related(*ROWS)
            if office_id is not None:
                found = found.filter(unit__office_id=office_id)
            for row in found.select_for_update(of=("self",), skip_locked=True):
                row.vacancy_told_at = timezone.now()
                row.save(update_fields=["vacancy_told_at"])
                letter = row.handling.delivery.letter
                url = row.handling.get_absolute_url()
                tell("step_vacant", who_helps(row, row.handling), letter, None, url)
                count += 1
    return count


def _escalate(rows: "QuerySet", pk: int, moment: datetime, today: date) -> int:
    """Tell the levels of one row that are due and not told yet; 1 when anybody was told."""
    with transaction.atomic():
        row = rows.select_related(*ROWS).select_for_update(of=("self",), skip_locked=True).filter(
            pk=pk
        ).first()  # fmt: skip
        if row is None:
            return 0
        since = row.due_on if isinstance(row, Assignment) else timezone.localdate(row.due_at)
        days = working_days_between(since or today, today, closure_days(row.unit.office))
        due = days if isinstance(row, Assignment) else days + 1
        done = row.escalations.count()
        posts = superiors(row)[done : max(due, 1)]
        for level, post in enumerate(posts, done + 1):
            _tell_level(row, post, level, moment)
        return int(bool(posts))


def _tell_level(row: Late, post: Post, level: int, moment: datetime) -> None:
    handling = row.handling
    unit = Unit.objects.get(pk=post.unit_id)
    people = holders(unit=unit, roles=[post.role])
    if people and not reads_anyway(handling.delivery, post) and not _has_it(row, post):
        inform(handling=handling, actor=None, to=[post])
    tell_people("overdue_below", people, handling, None)
    key = {"assignment": row} if isinstance(row, Assignment) else {"step": row}
    Escalation.objects.create(
        level=level, unit=unit, role=post.role, told_at=moment, told=len(people), **key
    )


def _has_it(row: Late, post: Post) -> bool:
    """Whether the letter came to this post before."""
    at_post = {"unit": post.unit_id, "role": post.role, "membership": post.membership_id}
    handling = row.handling
    return (
        handling.steps.reached().filter(**at_post).exists()
        or handling.assignments.seen_by_owner().filter(**at_post).exists()
    )


def _is_at(row: Late, level: Unit, role: str) -> bool:
    return level.pk == heir_of(row.unit).pk and role == row.role

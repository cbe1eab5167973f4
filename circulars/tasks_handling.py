"""What runs by the clock for received letters; safe to run twice. Loaded with the app."""

from celery import shared_task

from circulars.services import desks, escalation


@shared_task(name="circulars.escalate")
def escalate_overdue() -> None:
    """Every half hour: what is overdue is told to the next level, each level once."""
    escalation.escalate()


@shared_task(name="circulars.tell_vacant_work")
def tell_vacant_work() -> None:
    """Every morning: work that waits where nobody is any more."""
    escalation.tell_vacant_work()


@shared_task(name="circulars.hand_over_desks")
def hand_over_desks() -> None:
    """Every morning: desks whose new holder begins today."""
    desks.hand_over_due()

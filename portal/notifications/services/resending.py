"""What the administrator does with mails that were given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from portal.audit import service as audit
from portal.core.tasks import defer
from portal.notifications.enums import DeliveryState
from portal.notifications.models import Delivery

if TYPE_CHECKING:
    from portal.notifications.querysets import DeliveryQuerySet
    from portal.users.models import User


@dataclass(frozen=True, slots=True)
class MailState:
    """How the mails of an office stand; ``oldest`` is when the first of the waiting was due."""

    waiting: int
    failed: int
    dead: int
    oldest: datetime | None


def dead_mails(user: "User") -> "DeliveryQuerySet":
    """The mails that were given up, of the office that ``user`` looks after."""
    return Delivery.objects.visible_to(user).dead()


def mail_state(user: "User") -> MailState:
    waiting = Q(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED])
    failed = Q(state=DeliveryState.FAILED)
    counted = (
        Delivery.objects.visible_to(user)
        .exclude(state=DeliveryState.SENT)
        .aggregate(
            waiting=Count("pk", filter=waiting),
            failed=Count("pk", filter=failed),
            dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
            oldest=Min("notification__notice__created_at", filter=waiting | failed),
        )
    )
    return MailState(**counted)


@transaction.atomic
def resend(*, deliveries: "DeliveryQuerySet", actor: "User") -> int:
    """Give mails that were given up another full round of attempts; returns how many."""
    count = deliveries.dead().update(
        state=DeliveryState.PENDING, attempts=0, next_at=timezone.now()
    )
    if count:
        audit.record(action="notification.resent", actor=actor, data={"count": count})
        defer("notifications.send_due")
    return count

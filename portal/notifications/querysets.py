from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from portal.notifications.enums import DeliveryState

if TYPE_CHECKING:
    from portal.users.models import User


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "NotificationQuerySet":
        """What the bell and the list of ``user`` show: their own, where not switched off."""
        return self.filter(person=user, in_app=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "DeliveryQuerySet":
        """Of one's own office; those who belong to none look after all."""
        if user.office_id is None:
            return self.all()
        return self.filter(notification__person__office_id=user.office_id)

    def due(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(
            state__in=[DeliveryState.PENDING, DeliveryState.FAILED], next_at__lte=now
        )

    def abandoned(self, now: datetime) -> "DeliveryQuerySet":
        """Held by a worker whose time is over: it was killed, or hangs."""
        return self.filter(state=DeliveryState.CLAIMED, next_at__lte=now)

    def dead(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.DEAD)

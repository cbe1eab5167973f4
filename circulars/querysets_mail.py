"""Lists around the central mailbox; each begins with who may see it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from circulars.mail.enums import MailState, OutboundState
from portal.org.enums import Role
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from portal.users.models import User


class MailQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MailQuerySet":
        """The clerks of the central registry read the central mailbox, and nobody else."""
        if not has_role(user, Role.REGISTRY):
            return self.none()
        return self.filter(mailbox__office_id=user.office_id)

    def waiting(self) -> "MailQuerySet":
        return self.filter(state=MailState.WAITING)


class OutboundQuerySet(models.QuerySet):
    def due(self, now: datetime) -> "OutboundQuerySet":
        """What may be sent now: waiting, to be tried again, or left by a worker that died."""
        return self.filter(
            Q(state__in=(OutboundState.PENDING, OutboundState.FAILED, OutboundState.CLAIMED)),
            next_at__lte=now,
        ).order_by("next_at", "pk")

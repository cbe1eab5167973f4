"""What of accounts a person may see."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from portal.accounts.permissions import (
    invites_for_office,
    keeps_installation,
    may_read_history,
    own_school_ids,
)

if TYPE_CHECKING:
    from portal.users.models import User


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "InvitationQuerySet":
        """Account managers see their office's, a principal those into the own school."""
        if keeps_installation(user):
            return self.all()
        rows = self.filter(unit__office_id=user.office_id)
        if invites_for_office(user, user.office_id):
            return rows
        return rows.filter(unit_id__in=own_school_ids(user))

    def pending(self, now: datetime | None = None) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.open().filter(expires_at__gt=now or timezone.now())

    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn, expired ones included."""
        return self.filter(accepted_at=None, revoked_at=None)


class SignInQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "SignInQuerySet":
        """One's own; for auditors and system administrators those of their office."""
        if keeps_installation(user):
            return self.all()
        if may_read_history(user) and user.office_id is not None:
            return self.filter(user__office_id=user.office_id)
        return self.filter(user_id=user.pk)

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from portal.desk.enums import ReportState
from portal.org.permissions import roles_of

if TYPE_CHECKING:
    from portal.users.models import User


class MonthReportQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MonthReportQuerySet":
        """One's own, and those that were submitted to a post that ``user`` holds today."""
        return self.filter(Q(person=user) | self._submitted_to(user))

    def waiting_for(self, user: "User") -> "MonthReportQuerySet":
        """Reports that ``user`` has to approve or to give back."""
        waiting = self._submitted_to(user)
        return self.filter(waiting, state=ReportState.SUBMITTED).exclude(person=user)

    def _submitted_to(self, user: "User") -> Q:
        """A report once submitted stays with the superior, whatever became of it."""
        posts = Q(pk__in=())
        for role, unit_id in roles_of(user):
            posts |= Q(to_unit_id=unit_id, to_roles__contains=[role])
        return posts & ~Q(state=ReportState.DRAFT)

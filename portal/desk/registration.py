"""What the daily record adds to the pages of the portal."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.registry import (
    NotificationKind,
    WorkItem,
    WorkTile,
    demo_loaders,
    evidence,
    notification_kinds,
    work_tiles,
)
from portal.desk.demo import RecordsDemo
from portal.desk.models import MonthReport
from portal.desk.services.evidence import RecordEvidence
from portal.desk.workflow import MONTH_REPORT
from portal.workflow.service import register_table

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.users.models import User

KINDS = (
    ("report_submitted", _("Somebody submitted the report of a month to me")),
    ("report_approved", _("My report of a month was approved")),
    ("report_returned", _("My report of a month came back")),
)


class ReportsTile(WorkTile):
    """Reports of months that wait for my approval."""

    code = "desk.reports"
    order = 40
    title = _("Reports of months to approve")
    icon = "people"

    def url(self, user: "User") -> str:
        return reverse("desk:reports")

    def count(self, user: "User") -> int:
        return self._rows(user).count()

    def items(self, user: "User", limit: int) -> list[WorkItem]:
        rows = self._rows(user).select_related("person", "unit").order_by("submitted_at", "pk")
        return [
            WorkItem(
                title=f"{report.period.label} · {report.person}",
                url=report.get_absolute_url(),
                meta=str(report.unit),
            )
            for report in rows[:limit]
        ]

    def _rows(self, user: "User") -> "QuerySet[MonthReport]":
        return MonthReport.objects.waiting_for(user)


def register() -> None:
    """Called once when the app is ready."""
    register_table(MONTH_REPORT, readme="portal/desk/README.md")
    for position, (code, label) in enumerate(KINDS):
        notification_kinds.register(
            NotificationKind(code=f"desk.{code}", label=label, order=80 + position)
        )
    work_tiles.register(ReportsTile())
    evidence.register(RecordEvidence())
    demo_loaders.register(RecordsDemo())

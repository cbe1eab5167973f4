"""The report of a month on its way: handed in, taken back, approved, given back."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.errors import NotReady
from portal.desk.enums import ReportState
from portal.desk.models import MonthReport
from portal.desk.services.records import first_of, lock_record, month_figures
from portal.desk.superiors import Below, Ladder, below, main_post
from portal.desk.workflow import MONTH_REPORT
from portal.users.models import User
from portal.workflow.service import apply_move


@dataclass(frozen=True)
class ReportLine:
    """Somebody who reports to a person, and how far their report of a month has come."""

    below: Below
    report: MonthReport | None

    @property
    def state(self) -> ReportState:
        return ReportState(self.report.state) if self.report else ReportState.DRAFT


def submit(*, actor: User, month: date, summary: str = "") -> MonthReport:
    """Hand the own month in to the superior, with the figures as they are now.

    The figures leave out what the superior may not know of. Raises NotReady for a month that
    has not begun and for people above or below whom there is nobody.
    """
    month = first_of(month)
    if month > timezone.localdate():
        raise NotReady(_("This month has not begun yet."))
    post = main_post(actor)
    if post is None:
        raise NotReady(_("You hold no post, so there is nobody to submit the report to."))
    superior = Ladder(post.unit.office_id).above(actor.pk, post.role, post.unit_id)
    if superior is None:
        raise NotReady(_("Nobody stands above your post, so there is nobody to submit it to."))
    with transaction.atomic():
        lock_record(actor)
        report, _made = MonthReport.objects.get_or_create(person=actor, month=month)
        with translation.override("th"):  # the words stay with the report
            figures = month_figures(report, viewer=None)
        return apply_move(
            MONTH_REPORT,
            "submit",
            pk=report.pk,
            actor=actor,
            unit=post.unit,
            superior=superior,
            figures=figures,
            summary=summary,
        )


def take_back(*, actor: User, report: MonthReport) -> MonthReport:
    """Get the own report back while nobody has decided on it."""
    return apply_move(MONTH_REPORT, "take_back", pk=report.pk, actor=actor)


def approve(*, actor: User, report: MonthReport, remark: str = "") -> MonthReport:
    return apply_move(MONTH_REPORT, "approve", pk=report.pk, actor=actor, remark=remark)


def give_back(*, actor: User, report: MonthReport, remark: str) -> MonthReport:
    """Return it with a remark; all days of the month are open again for the person."""
    return apply_move(MONTH_REPORT, "give_back", pk=report.pk, actor=actor, remark=remark)


def reports_below(user: User, month: date) -> list[ReportLine]:
    """Everybody who reports to ``user``, with their report of the month; five queries."""
    people = below(user)
    found = MonthReport.objects.visible_to(user).filter(
        month=first_of(month), person__in=[row.person.pk for row in people]
    )
    reports = {report.person_id: report for report in found}
    return [ReportLine(row, reports.get(row.person.pk)) for row in people]

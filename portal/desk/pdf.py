"""The report of a month on paper; official words are Thai in every language."""

from django.utils import timezone, translation

from portal.core.pdf.render import render_template_pdf
from portal.desk.services.evidence import Evidence
from portal.desk.services.records import MonthRecord
from portal.org.service import position_on
from portal.users.models import User


def month_report_pdf(record: MonthRecord) -> bytes:
    """The month of a person as PDF: the system's figures, hours by category, day by day."""
    report = record.report
    last_day = min(record.period.end, timezone.localdate())
    with translation.override("th"):
        context = {
            "title": f"รายงานผลการปฏิบัติงานรายบุคคล {record.period.label} {report.person}",
            "record": record,
            "report": report,
            "person": report.person,
            "position": position_on(report.person, None, last_day),
            "printed_on": timezone.localdate(),
        }
        return render_template_pdf("desk/pdf/month_report.html", context)


def evidence_pdf(found: Evidence, *, taken_by: User) -> bytes:
    """Counts and samples for one point of the office standard, on paper."""
    with translation.override("th"):
        context = {
            "title": f"หลักฐานตามมาตรฐานสำนักงาน ประเด็นที่ {found.number}",
            "found": found,
            "sections": found.sections(),
            "taken_by": taken_by,
            "taken_at": timezone.now(),
        }
        return render_template_pdf("desk/pdf/evidence.html", context)

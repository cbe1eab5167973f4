"""Daily records of a demo group: two months of entries, reports at each stage; all invented."""

from datetime import date, timedelta
from itertools import cycle
from typing import TextIO

from django.utils import timezone

from portal.core.periods import Period, PeriodKind
from portal.desk.enums import WorkCategory
from portal.desk.models import DayEntry
from portal.desk.services import reports
from portal.org.enums import Role
from portal.org.models import Membership
from portal.users.models import User

WORK = (
    (WorkCategory.DESK, "ตรวจและจัดทำเอกสารประกอบการประชุม", 120),
    (WorkCategory.MEETING, "ประชุมคณะทำงานขับเคลื่อนนโยบาย", 90),
    (WorkCategory.VISIT, "นิเทศติดตามโรงเรียนในเครือข่าย", 240),
    (WorkCategory.PROJECT, "เตรียมโครงการพัฒนาครูผู้สอน", 150),
    (WorkCategory.SERVICE, "ให้คำปรึกษาแก่โรงเรียนทางโทรศัพท์", 45),
    (WorkCategory.TRAINING, "อบรมการใช้ระบบสารสนเทศ", 180),
)
SUMMARY = "ปฏิบัติงานครบตามแผน (ข้อมูลตัวอย่างสำหรับทดลองใช้ระบบ)"


class RecordsDemo:
    """Runs after people are there; does nothing when anybody has written an entry."""

    code = "desk.records"
    order = 60

    def load(self, stdout: TextIO) -> None:
        officer = User.objects.filter(username="officer").first()
        post = officer.memberships.on().order_by("pk").first() if officer else None
        if officer is None or post is None or DayEntry.objects.exists():
            return
        posts = Membership.objects.on().filter(
            unit=post.unit_id, role=Role.OFFICER, person__is_active=True
        )
        people = [row.person for row in posts.select_related("person").order_by("pk")[:4]]
        people = [officer, *(one for one in people if one != officer)]
        head = posts.model.objects.on().filter(unit=post.unit_id, role=Role.GROUP_DIRECTOR)
        month = Period.of(PeriodKind.MONTH, timezone.localdate()).before
        DayEntry.objects.bulk_create(
            entry
            for place, person in enumerate(people)
            for entry in _entries(person, month.start, place)
        )
        for person in people[:3]:
            reports.submit(actor=person, month=month.start, summary=SUMMARY)
        if len(people) > 2 and (row := head.select_related("person").first()):
            approved = people[2].month_reports.get(month=month.start)
            reports.approve(actor=row.person, report=approved, remark="เรียบร้อยดี")
        stdout.write(f"desk: {DayEntry.objects.count()} entries of daily records\n")


def _entries(person: User, start: date, place: int) -> list[DayEntry]:
    """An entry for each weekday from ``start`` until yesterday, and for today's morning."""
    today = timezone.localdate()
    days = [start + timedelta(days=n) for n in range((today - start).days + 1)]
    turns = cycle(WORK[place:] + WORK[:place])
    return [
        DayEntry(person=person, day=day, category=category, text=text, minutes=minutes)
        for day, (category, text, minutes) in zip(days, turns, strict=False)
        if day.weekday() < 5
    ]

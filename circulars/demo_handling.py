"""Received letters of the demo office on their way through the house; all texts are invented."""

from datetime import timedelta
from typing import TextIO

from django.utils import timezone

from circulars.effects.assignments import Owner
from circulars.effects.desks import Post
from circulars.enums import Channel, Speed
from circulars.enums_handling import Share
from circulars.models import Assignment, Delivery, Handling
from circulars.services import assignments, deliveries, handling, outside
from portal.org.enums import Role
from portal.org.models import Membership, Office
from portal.org.service import central_registry
from portal.users.models import User

NOTE = "(ข้อมูลตัวอย่างสำหรับทดลองใช้ระบบ)"
SENDER = "สำนักงานตัวอย่างเพื่อการศึกษา"


class HandlingDemo:
    """Runs after the letters; does nothing when any received letter is being worked on."""

    code = "circulars.handling"
    order = 55

    def load(self, stdout: TextIO) -> None:
        officer = User.objects.get(username="officer")
        if Handling.objects.exists() or officer.office is None:
            return
        office, unit = officer.office, _post(officer).unit
        group = Owner(Post(unit.pk, Role.GROUP_DIRECTOR), Share.LEAD)
        registry, director = _holder(office, Role.REGISTRY), _holder(office, Role.DIRECTOR)
        desk = Post(_post(director).unit_id, Role.DIRECTOR)
        for number, (subject, speed) in enumerate(LETTERS):
            handled = handling.propose(
                delivery=_received(office, registry, subject, speed, number),
                actor=registry,
                to=[[desk]],
                remark="เพื่อโปรดพิจารณา",
                owners=[group] if number else [],
            )
            if number > 1:
                handling.approve(handling=handled, actor=director, remark="ดำเนินการตามเสนอ")
        _share_out(Handling.objects.latest("pk"), officer)
        stdout.write(f"circulars: {Handling.objects.count()} received letters at work\n")


LETTERS = (
    ("ขอเชิญร่วมพิธีเปิดงานวันวิชาการ", Speed.ORDINARY),
    ("การสำรวจอาคารเรียนที่ชำรุด", Speed.URGENT),
    ("ขอข้อมูลครูผู้ผ่านการอบรมคอมพิวเตอร์", Speed.ORDINARY),
    ("การรายงานผลการป้องกันอุทกภัยในสถานศึกษา", Speed.VERY_URGENT),
)


def _received(office: Office, clerk: User, subject: str, speed: Speed, number: int) -> Delivery:
    unit = central_registry(office)
    row = outside.enter(
        unit=unit,
        actor=clerk,
        sender=outside.agency(office=office, name=SENDER, actor=clerk),
        channel=Channel.PAPER,
        subject=f"{subject} {NOTE}",
        reference=f"ตย 0001/{100 + number}",
        dated=timezone.localdate(),
        speed=speed,
    )
    return deliveries.register(delivery=row, actor=clerk)


def _share_out(handled: Handling, officer: User) -> None:
    """The group's director gives a part to the officer; it is late."""
    work = handled.assignments.get()
    head = Membership.objects.on().get(unit=work.unit, role=Role.GROUP_DIRECTOR).person
    owner = Owner(Post.held_in(_post(officer)), Share.LEAD)
    assignments.share_out(assignment=work, actor=head, owners=[owner], note="รวบรวมข้อมูลและรายงาน")
    late = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(handling=handled).update(due_on=late)


def _post(person: User) -> Membership:
    return Membership.objects.on().filter(person=person).select_related("unit").order_by("pk")[0]


def _holder(office: Office, role: Role) -> User:
    posts = Membership.objects.on().filter(role=role, unit__office=office, person__is_active=True)
    return posts.select_related("person").order_by("pk")[0].person

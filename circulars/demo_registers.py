"""Reserved numbers and an order of the demo office; all texts are invented and say so."""

from datetime import timedelta
from typing import TextIO

from django.utils import timezone

from circulars.enums import RegisterKind
from circulars.models import Reservation
from circulars.services import registers, reservations
from circulars.services.registers import Line
from portal.org.enums import Role
from portal.org.service import central_registry, holders
from portal.users.models import User

NOTE = "(ข้อมูลตัวอย่าง)"


class RegistersDemo:
    """Runs after the letters; does nothing when any number is reserved."""

    code = "circulars.registers"
    order = 58

    def load(self, stdout: TextIO) -> None:
        officer = User.objects.get(username="officer")
        if Reservation.objects.exists() or officer.office is None:
            return
        unit = central_registry(officer.office)
        registry = holders(unit=unit, roles=[Role.REGISTRY])[0]
        line = Line(
            subject=f"แต่งตั้งคณะกรรมการจัดงานวันวิชาการ {NOTE}",
            sender=str(officer.office),
            receiver="ผู้มีรายชื่อแนบท้าย",
        )
        registers.enter(unit=unit, kind=RegisterKind.ORDER, actor=registry, line=line)
        made = reservations.reserve(
            unit=unit,
            kind=RegisterKind.ORDER,
            actor=registry,
            count=3,
            purpose=f"คำสั่งจัดงานวันวิชาการ {NOTE}",
            person=officer,
            expires_on=timezone.localdate() + timedelta(days=2),
        )
        reservations.release(
            reservation=made, actor=officer, reason=f"รวมไว้ในคำสั่งเดียว {NOTE}",
            numbers=[made.last_number],
        )  # fmt: skip
        stdout.write(f"circulars: {made.count} reserved numbers\n")

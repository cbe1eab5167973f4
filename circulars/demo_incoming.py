"""Letters on paper in the demo office; all agencies and texts are invented and say so."""

from datetime import date, timedelta
from typing import TextIO

from django.core.files.base import ContentFile
from django.utils import timezone

from circulars import tasks
from circulars.demo import NOTE
from circulars.enums import Channel, Speed
from circulars.models import Letter, ReceiptStamp
from circulars.services import agencies, outside, paper
from portal.core.pdf import render_pdf
from portal.core.thai.dates import official
from portal.core.thai.digits import to_thai
from portal.files.models import StoredFile
from portal.files.service import store
from portal.org.enums import UnitKind
from portal.org.models import Office, Unit
from portal.users.models import User

ADDRESSEE = "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"
AGENCIES = (
    ("สำนักงานจังหวัดตัวอย่าง", "สนจ.ตัวอย่าง", "ตย 0017", "saraban@province.example"),
    ("ที่ว่าการอำเภอตัวอย่าง", "", "ตย 0118", ""),
    ("เทศบาลตำบลตัวอย่าง", "ทต.ตัวอย่าง", "ตย 52001", "saraban@town.example"),
)
PAPERS = (
    (0, "ขอเชิญประชุมคณะกรรมการประสานงานระดับจังหวัด", 412, 3, Speed.URGENT),
    (1, "ขอความอนุเคราะห์ใช้สถานที่จัดกิจกรรม", 88, 5, Speed.ORDINARY),
    (2, "แจ้งกำหนดพ่นหมอกควันกำจัดยุงในสถานศึกษา", 156, 1, Speed.ORDINARY),
)
"""Agency, subject, number, days since its date, speed."""


class PaperDemo:
    """Runs after the letters of the office; does nothing when there is any on paper."""

    code = "circulars.paper"
    order = 52

    def load(self, stdout: TextIO) -> None:
        if Letter.objects.filter(channel=Channel.PAPER).exists():
            return
        clerk = User.objects.get(username="registry")
        unit = Unit.objects.select_related("office").get(
            kind=UnitKind.OFFICE, memberships__person=clerk
        )
        senders = [
            outside.agency(
                office=unit.office, name=name, actor=clerk, short_name=short, letter_code=code,
                email=email,
            )
            for name, short, code, email in AGENCIES
        ]  # fmt: skip
        for agency, subject, number, days, speed in PAPERS:
            sender = senders[agency]
            reference = f"{sender.letter_code}/{number}"
            dated = timezone.localdate() - timedelta(days=days)
            taken = paper.take_in(
                unit=unit,
                actor=clerk,
                sender=sender.name,
                subject=subject,
                reference=reference,
                dated=dated,
                addressee=ADDRESSEE,
                speed=speed,
                document=_scan(clerk, unit.office, (sender.name, subject, reference), dated),
            )
            tasks.stamp_letter(ReceiptStamp.objects.get(delivery=taken.delivery).pk)
        stdout.write(f"circulars.paper: {agencies.directory(clerk).count()} agencies outside\n")


def _scan(clerk: User, office: Office, words: tuple[str, str, str], dated: date) -> StoredFile:
    """A page like those that the post brings."""
    sender, subject, reference = words
    lines = (
        f"ที่ {to_thai(reference)} {sender}", official(dated), f"เรื่อง {subject}",
        f"เรียน {ADDRESSEE}", NOTE,
    )  # fmt: skip
    data = render_pdf("".join(f"<p>{line}</p>" for line in lines), title=subject)
    return store(
        upload=ContentFile(data, "หนังสือสแกน.pdf"), office=office, actor=clerk, attached=False
    )

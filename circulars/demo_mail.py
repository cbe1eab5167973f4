"""Mails at the demo office's central registry; all of them are invented and say so."""

from datetime import timedelta
from email.message import EmailMessage
from typing import TextIO

from django.utils import timezone

from circulars.mail.enums import Security
from circulars.models import IncomingMail, Letter, Mailbox
from circulars.services import mail_in, mail_triage
from portal.files.service import open_stored
from portal.org.models import Office
from portal.users.models import User

NOTE = "(ข้อมูลตัวอย่างสำหรับทดลองใช้ระบบ)"
MAILS = (
    ("สำนักงานศึกษาธิการจังหวัด (ตัวอย่าง)", "saraban@edu.example.test", "ด่วนมาก : ขอเชิญประชุม", True),
    ("เทศบาลเมือง (ตัวอย่าง)", "saraban@town.example.test", "ขอความอนุเคราะห์ใช้สถานที่", True),
    ("ผู้ปกครอง (ตัวอย่าง)", "parent@mail.example.test", "สอบถามวันเปิดภาคเรียน", False),
    ("ร้านค้า (ตัวอย่าง)", "sale@shop.example.test", "โปรโมชันเครื่องเขียน", False),
)  # fmt: skip


class MailDemo:
    """Runs after the letters; the mailbox is not in use, so that nothing is called."""

    code = "circulars.mail"
    order = 56

    def load(self, stdout: TextIO) -> None:
        clerk = User.objects.filter(username="registry").select_related("office").first()
        if clerk is None or clerk.office is None or Mailbox.objects.exists():
            return
        mailbox = _mailbox(clerk.office)
        pdf = _some_pdf()
        for number, (name, address, subject, is_letter) in enumerate(MAILS):
            raw = _mail(number, name, address, subject, pdf if is_letter else b"")
            mail_in.keep(
                mailbox=mailbox,
                raw=raw,
                arrived_at=timezone.now() - timedelta(hours=4 - number),
            )
        spam = IncomingMail.objects.get(from_address="sale@shop.example.test")
        mail_triage.set_aside(mail=spam, actor=clerk, reason="อีเมลขยะหรือโฆษณา")
        stdout.write(f"mail: {IncomingMail.objects.count()} mails\n")


def _mailbox(office: Office) -> Mailbox:
    return Mailbox.objects.create(
        office=office,
        address="saraban@office.example.test",
        name_en="Demo Primary Educational Service Area Office",
        is_active=False,
        host="mail.example.test",
        security=Security.TLS,
        username="saraban@office.example.test",
    )


def _some_pdf() -> bytes:
    letter = Letter.objects.filter(pdf__isnull=False).select_related("pdf__blob").first()
    if letter is None or letter.pdf is None:
        return b""
    with open_stored(letter.pdf) as source:
        return source.read()


def _mail(number: int, name: str, address: str, subject: str, pdf: bytes) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = f"{name} <{address}>"
    mail["To"] = "saraban@office.example.test"
    mail["Message-ID"] = f"<demo-{number}@example.test>"
    mail.set_content(f"เรียน ผู้อำนวยการ\n\n{subject}\n\n{NOTE}")
    if pdf:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="หนังสือ.pdf")
    return mail.as_bytes()

"""Kept letters of the demo office: a file plan, loans, a list and a destruction under way."""

from datetime import timedelta
from typing import TextIO

from django.utils import timezone

from circulars.enums_archive import ListKind, Retention
from circulars.models import Folder, KeptLetter
from circulars.services import archive, archive_destruction, archive_lists, archive_loans
from circulars.services.archive import PaperLetter
from circulars.services.archive_destruction import Vote
from portal.core.thai.dates import be_year
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Unit
from portal.users.models import User

NOTE = "ข้อมูลตัวอย่าง"
PLAN = (
    ("1", "การบริหารทั่วไป", "", Retention.TEN, "57"),
    ("1.1", "การประชุม", "1", Retention.TEN, "57"),
    ("1.2", "หนังสือเวียนทั่วไป", "1", Retention.ONE, "57.5"),
    ("2", "การเงินและพัสดุ", "", Retention.FIVE, "57.6"),
    ("3", "ประวัติสำนักงาน", "", Retention.PERMANENT, "57.3"),
)
OLD = (
    ("1.1", "รายงานการประชุมผู้บริหารสถานศึกษา", 11),
    ("1.1", "การประชุมเชิงปฏิบัติการจัดทำแผนปฏิบัติราชการ", 12),
    ("1.2", "ขอเชิญร่วมกิจกรรมวันสำคัญ", 3),
    ("2", "หลักฐานการจ่ายค่าสาธารณูปโภค", 7),
    ("3", "การจัดตั้งสำนักงานเขตพื้นที่การศึกษา", 21),
    ("1", "แนวปฏิบัติการรับส่งหนังสือ", 22),
)


class ArchiveDemo:
    """Runs after the letters; does nothing when there is any folder."""

    code = "circulars.archive"
    order = 58

    def load(self, stdout: TextIO) -> None:
        if Folder.objects.exists():
            return
        clerk = User.objects.get(username="registry")
        office = Unit.objects.get(office=clerk.office, kind=UnitKind.OFFICE)
        folders = _plan(office, clerk)
        for code, subject, years in OLD:
            _old_letter(folders[code], clerk, subject, years)
        received = list(archive.received_to_file(clerk).filter(unit=office)[:3])
        if received:
            archive.file_letters(actor=clerk, folder=folders["1"], deliveries=received)
        _loans(clerk)
        archive_lists.begin(
            house=office, kind=ListKind.HANDOVER, year=archive_lists.last_year(), actor=clerk
        )
        _destruction(office, clerk)
        stdout.write(f"archive: {KeptLetter.objects.count()} kept letters\n")


def _plan(unit: Unit, clerk: User) -> dict[str, Folder]:
    made: dict[str, Folder] = {}
    for code, title, parent, retention, clause in PLAN:
        made[code] = archive.save_folder(
            actor=clerk, unit=unit, code=code, title=title, parent=made.get(parent),
            retention=retention, clause=clause,
        )  # fmt: skip
    return made


def _old_letter(folder: Folder, clerk: User, subject: str, years: int) -> None:
    day = timezone.localdate() - timedelta(days=366 * years)
    letter = PaperLetter(
        subject=subject,
        reference=f"ศธ 04000/{years * 13}",
        dated=day,
        receipt_number=f"{years * 17}/{be_year(day)}",
        finished_on=day,
        note=NOTE,
    )
    archive.file_letters(actor=clerk, folder=folder, papers=[letter])


def _loans(clerk: User) -> None:
    kept = KeptLetter.objects.get(subject=OLD[5][1])
    borrower = User.objects.get(username="officer")
    loan = archive_loans.ask(
        kept=kept, actor=clerk, borrower=borrower, purpose="ใช้ประกอบการจัดทำคู่มือสารบรรณ",
        due_on=timezone.localdate() + timedelta(days=14),
    )  # fmt: skip
    archive_loans.move(loan=loan, name="confirm", actor=User.objects.get(username="director"))


def _destruction(office: Unit, clerk: User) -> None:
    chain = archive_destruction.begin(house=office, actor=clerk)
    director = User.objects.get(username="director")
    chain = archive_destruction.move(destruction=chain, name="propose", actor=clerk)
    posts = Membership.objects.on().filter(
        unit__office=office.office, role__in=(Role.OFFICER, Role.GROUP_DIRECTOR)
    )
    people = [post.person for post in posts.select_related("person").order_by("pk")[:3]]
    chain = archive_destruction.move(
        destruction=chain, name="appoint", actor=director, chair=people[0], members=people[1:],
        order_number=f"1/{be_year(timezone.localdate())}", order_date=timezone.localdate(),
    )  # fmt: skip
    votes = [Vote(line=line.pk, destroy=True) for line in chain.lines.all()]
    archive_destruction.vote(destruction=chain, actor=people[0], votes=votes)

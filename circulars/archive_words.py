"""The words and columns of forms 19–25: the regulation's own, Thai in every language.

Titles say ๒๐ ปี and สำนักหอจดหมายเหตุแห่งชาติ, as amendment 2 (B.E. 2548) has it; the pictures
of the forms are older and still say ๒๕ ปี and กองจดหมายเหตุแห่งชาติ.
"""

from dataclasses import dataclass
from datetime import date

from circulars.enums_archive import ListKind, Outcome
from circulars.models import DestructionLine, KeptLetter, Loan
from portal.core.thai.dates import short

MINISTRY = "ศึกษาธิการ"
DEPARTMENT = "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"
FOR_EVER = "ห้ามทำลาย"
UNTIL = "เก็บถึง พ.ศ. {year}"
ELECTRONIC = "ตลอดไป (ข้อ 89/5)"
CROSS = "×"
HIDDEN = "(ลับ)"


@dataclass(frozen=True)
class Form:
    """A form: its number, names, and (heading, width in percent) of each column."""

    number: int
    name: str
    clause: str
    title: tuple[str, ...]
    columns: tuple[tuple[str, float], ...]
    portrait: bool = False
    has_head: bool = False
    sentence: str = ""
    signers: tuple[str, ...] = ()

    @property
    def headings(self) -> list[str]:
        """One line each; on paper some break where the pictures of the forms break them."""
        return [name.replace("\n", "") for name, _width in self.columns]


STORING = Form(
    19,
    "แบบบัญชีหนังสือส่งเก็บ",
    "54",
    ("บัญชีหนังสือส่งเก็บ",),
    (
        ("ลำดับที่", 9),
        ("ที่", 12),
        ("ลงวันที่", 11),
        ("เรื่อง", 41),
        ("อายุการเก็บหนังสือ", 14),
        ("หมายเหตุ", 13),
    ),
)
KEPT = Form(
    20,
    "แบบทะเบียนหนังสือเก็บ",
    "55",
    ("ทะเบียนหนังสือเก็บ",),
    (
        ("ลำดับที่", 8), ("วันเก็บ", 10.5), ("เลขทะเบียนรับ", 10), ("ที่", 14), ("เรื่อง", 26.5),
        ("รหัสแฟ้ม", 10), ("กำหนดเวลาเก็บ", 9), ("หมายเหตุ", 12),
    ),
)  # fmt: skip
_SENT_COLUMNS = (
    ("ลำดับ\nที่", 7), ("รหัสแฟ้ม", 10.5), ("ที่", 16), ("ลงวันที่", 11.5),
    ("เลข\nทะเบียน\nรับ", 11), ("เรื่อง", 31), ("หมายเหตุ", 13),
)  # fmt: skip
HANDOVER = Form(
    21,
    "แบบบัญชีส่งมอบหนังสือครบ 20 ปี",
    "59.1",
    ("บัญชีส่งมอบหนังสือครบ 20 ปี ประจำปี {year}",),
    _SENT_COLUMNS,
    portrait=True,
    has_head=True,
    sentence="ขอส่งหนังสือครบ 20 ปี มาเก็บไว้ที่สำนักหอจดหมายเหตุแห่งชาติ กรมศิลปากร ตามรายการข้างล่างนี้",
    signers=("ผู้มอบ", "ผู้รับมอบ"),
)
OWN = Form(
    22,
    "แบบบัญชีหนังสือครบ 20 ปี ที่ขอเก็บเอง",
    "59.2",
    ("บัญชีหนังสือครบ 20 ปี", "ที่ขอเก็บเอง ประจำปี {year}"),
    (("ลำดับที่", 9), ("รหัสแฟ้ม", 10), ("ที่", 12), ("ลงวันที่", 11), ("เรื่อง", 44), ("หมายเหตุ", 14)),
    has_head=True,
)
DEPOSIT = Form(
    23,
    "แบบบัญชีฝากหนังสือ",
    "60",
    ("บัญชีฝากหนังสือ ประจำปี {year}",),
    _SENT_COLUMNS,
    portrait=True,
    has_head=True,
    sentence="ขอฝากหนังสือไว้ที่สำนักหอจดหมายเหตุแห่งชาติ กรมศิลปากร ตามรายการข้างล่างนี้",
    signers=("ผู้ฝาก", "ผู้รับฝาก"),
)
LOAN = Form(
    24,
    "แบบบัตรยืมหนังสือ",
    "63",
    ("บัตรยืมหนังสือ",),
    (
        ("รายการ", 32), ("ผู้ยืม", 13), ("ผู้รับ", 12), ("วันยืม", 10.5), ("กำหนดส่งคืน", 10.5),
        ("ผู้ส่งคืน", 11.5), ("วันส่งคืน", 10.5),
    ),
)  # fmt: skip
DESTRUCTION = Form(
    25,
    "แบบบัญชีหนังสือขอทำลาย",
    "66",
    ("บัญชีหนังสือขอทำลาย ประจำปี {year}",),
    (
        ("ลำดับที่", 7.5), ("รหัสแฟ้ม", 9), ("ที่", 14), ("ลงวันที่", 11), ("เลขทะเบียนรับ", 10),
        ("เรื่อง", 26.5), ("การพิจารณา", 11), ("หมายเหตุ", 11),
    ),
    has_head=True,
)  # fmt: skip
OF_LIST = {ListKind.HANDOVER: HANDOVER, ListKind.OWN: OWN, ListKind.DEPOSIT: DEPOSIT}


def mark(kept: KeptLetter) -> str:
    """ตรากำหนดเก็บหนังสือ (clauses 55.1, 73); for electronic letters what clause 89/5 says."""
    if kept.for_ever:
        return FOR_EVER
    if kept.keep_until is None:
        return ELECTRONIC
    return UNTIL.format(year=kept.keep_until)


def subject(kept: KeptLetter) -> str:
    return HIDDEN if kept.is_secret else kept.subject


def storing_row(number: int, kept: KeptLetter) -> tuple[str, ...]:
    period = FOR_EVER if kept.for_ever else ELECTRONIC
    if kept.keep_until is not None and not kept.for_ever:
        period = f"31 ธ.ค. {kept.keep_until}"
    return (str(number), kept.reference, _day(kept.dated), subject(kept), period, kept.note)


def kept_row(kept: KeptLetter) -> tuple[str, ...]:
    return (
        str(kept.number), _day(kept.filed_on), kept.receipt_number, kept.reference, subject(kept),
        kept.folder.code, mark(kept), kept_note(kept),
    )  # fmt: skip


def kept_note(kept: KeptLetter) -> str:
    """หมายเหตุ of form 20: where the letter is when it is not here."""
    place = {
        "deposited": "ฝากไว้ที่สำนักหอจดหมายเหตุแห่งชาติ",
        "handed_over": "ส่งมอบสำนักหอจดหมายเหตุแห่งชาติแล้ว",
        "destroyed": "ทำลายแล้ว",
    }.get(kept.state, "")
    return " · ".join(word for word in (place, kept.note) if word)


def sent_row(kind: str, number: int, kept: KeptLetter) -> tuple[str, ...]:
    row = [str(number), kept.folder.code, kept.reference, _day(kept.dated)]
    if kind != ListKind.OWN:
        row.append(kept.receipt_number)
    return (*row, subject(kept), kept.note)


def loan_row(loan: Loan) -> tuple[str, ...]:
    kept = loan.kept
    return (
        f"{subject(kept)} ({kept.folder.code} / {kept.number})",
        str(loan.borrower or loan.agency),
        loan.received_by,
        _day(loan.lent_on),
        _day(loan.due_on),
        loan.returned_by,
        _day(loan.returned_on),
    )


def destruction_row(line: DestructionLine) -> tuple[str, ...]:
    kept = line.kept
    return (
        str(line.position), kept.folder.code, kept.reference, _day(kept.dated),
        kept.receipt_number, subject(kept), consideration(line), line.note or kept.note,
    )  # fmt: skip


def consideration(line: DestructionLine) -> str:
    """การพิจารณา: a cross to destroy, or until when the letter is kept (68.2, 68.3)."""
    if line.outcome == Outcome.DESTROY:
        return CROSS
    if line.outcome == Outcome.OPEN:
        return ""
    return UNTIL.format(year=line.keep_until) if line.keep_until else FOR_EVER


def _day(day: date | None) -> str:
    return short(day) if day else ""

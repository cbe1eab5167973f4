"""The words of forms 13 and 14: they are the regulation's own and Thai in every language."""

from circulars.enums import EntryState, RegisterKind
from circulars.models import RegisterEntry

TITLES = {
    RegisterKind.INCOMING: "ทะเบียนหนังสือรับ",
    RegisterKind.OUTGOING: "ทะเบียนหนังสือส่ง",
    RegisterKind.CIRCULAR: "ทะเบียนหนังสือเวียน",
    RegisterKind.MEMO: "ทะเบียนบันทึกข้อความ",
    RegisterKind.ORDER: "ทะเบียนคำสั่ง",
    RegisterKind.ANNOUNCEMENT: "ทะเบียนประกาศ",
    RegisterKind.CERTIFICATE: "ทะเบียนหนังสือรับรอง",
    RegisterKind.SECRET_INCOMING: "ทะเบียนหนังสือรับ (ลับ)",
    RegisterKind.SECRET_OUTGOING: "ทะเบียนหนังสือส่ง (ลับ)",
}
FORM_NUMBERS = {RegisterKind.INCOMING: "แบบที่ 13", RegisterKind.OUTGOING: "แบบที่ 14"}
NUMBER_WORDS = {
    RegisterKind.INCOMING: "เลขทะเบียนรับ",
    RegisterKind.SECRET_INCOMING: "เลขทะเบียนรับ",
    RegisterKind.ORDER: "เลขที่คำสั่ง",
    RegisterKind.ANNOUNCEMENT: "เลขที่ประกาศ",
    RegisterKind.CERTIFICATE: "เลขที่หนังสือรับรอง",
}
NUMBER_WORD = "เลขทะเบียนส่ง"
REGISTERED = "วันที่ลงทะเบียน"
COLUMNS = ("ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ")
OF_THE_YEAR = "ประจำปี"
VOID = "ยกเลิก"
STATES = {
    EntryState.GIVEN: "ออกแล้ว",
    EntryState.RESERVED: "จองไว้",
    EntryState.VOID: VOID,
}


def title(kind: str) -> str:
    return TITLES[RegisterKind(kind)]


def number_word(kind: str) -> str:
    """The head of the column of numbers."""
    return NUMBER_WORDS.get(RegisterKind(kind), NUMBER_WORD)


def headings(kind: str) -> list[str]:
    """The nine columns, the registration date first."""
    return [REGISTERED, number_word(kind), *COLUMNS]


def remark(entry: RegisterEntry) -> str:
    """หมายเหตุ: why a number is void, for what it is reserved, and what was noted besides.

    Also which letter answered it, or which it answers (clauses 39 and 47).
    """
    state = entry.state
    if state == EntryState.VOID:
        reason = entry.void_reason
        words = reason if reason.startswith(VOID) else f"{VOID}: {reason}"
        return words if entry.note in ("", reason) else f"{words} ({entry.note})"
    if state == EntryState.RESERVED and entry.reservation is not None:
        return f"{STATES[state]}: {entry.reservation.purpose}"
    crossed = entry.cross_references.text if entry.cross_references else ""
    return f"{entry.note} {crossed}".strip()

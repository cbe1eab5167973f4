"""One builder for each layout; all write the fields of ``circulars.pdf.content.Sheet``."""

from collections.abc import Callable

from circulars.docx.body import BodyWriter, Figures
from circulars.docx.paper import Paper
from circulars.docx.pictures import emblem_png, seal_png
from circulars.models import Letter
from circulars.pdf.content import Item, Sheet, sheet_of

_MIDDLE = 75  # mm from the left margin to the middle of the sheet
_OPEN_NAME = "." * 40


def letter_docx(letter: Letter) -> bytes:
    """The letter as DOCX: a draft says so and has no number.

    Raises ``FileMissing`` when the office's emblem cannot be read.
    """
    sheet = sheet_of(letter)
    paper = Paper(sheet.title)
    if sheet.is_draft:
        paper.run(paper.line(middle=True), "ร่าง", bold=True)
    if sheet.secrecy:
        paper.run(paper.line(middle=True), sheet.secrecy, size=26, bold=True, red=True)
    BUILDERS[sheet.kind.layout](paper, sheet)
    return paper.saved()


def _letter(paper: Paper, sheet: Sheet) -> None:
    """Form 1."""
    _emblem(paper, sheet, 30)
    _speed(paper, sheet)
    paper.line(f"ที่ {sheet.number}")
    _agency(paper, sheet)
    paper.line(sheet.date, before=6, left=_MIDDLE)
    paper.field("เรื่อง", [sheet.subject])
    paper.field(sheet.salutation, ["".join(sheet.addressee)])
    paper.field("อ้างถึง", _texts(sheet.references))
    paper.field("สิ่งที่ส่งมาด้วย", _texts(sheet.attachments))
    _text(paper, sheet)
    paper.line(sheet.closing, before=12, left=40, middle=True)
    _signature(paper, sheet)
    _owner(paper, sheet)
    paper.field("สำเนาส่ง", _texts(sheet.copies), before=0)


def _memo(paper: Paper, sheet: Sheet) -> None:
    """Form 2."""
    head = paper.picture(emblem_png(sheet), high=15, middle=False)
    paper.run(head, f"  {sheet.speed}  " if sheet.speed else " " * 12, size=32, red=True)
    paper.run(head, "บันทึกข้อความ", size=29, bold=True)
    agency = f" {sheet.agency_name}" if sheet.is_of_group else ""
    phone = f" โทร. {sheet.phone}" if sheet.phone else ""
    paper.dotted(("ส่วนราชการ", f"{sheet.owner}{agency}{phone}"))
    paper.dotted(("ที่", sheet.number), ("วันที่", sheet.date))
    paper.dotted(("เรื่อง", sheet.subject))
    paper.field(sheet.salutation, ["".join(sheet.addressee)])
    _text(paper, sheet)
    if sheet.author:
        _name(paper, sheet.author.name, sheet.author.lines, before=42)
    for remark in sheet.remarks:
        paper.line(remark.words, before=12)
        _name(paper, remark.name, [*remark.lines, remark.date])


def _sealed(paper: Paper, sheet: Sheet) -> None:
    """Form 3."""
    _emblem(paper, sheet, 30)
    _speed(paper, sheet)
    paper.line(f"ที่ {sheet.number}")
    paper.field("ถึง", ["".join(sheet.addressee)])
    _text(paper, sheet)
    paper.line(sheet.agency_name, before=12, left=40, middle=True)
    if not sheet.is_draft:
        seal = paper.picture(seal_png(sheet), high=45)
        seal.paragraph_format.left_indent = paper.line().paragraph_format.left_indent
    paper.line(sheet.date, left=40, middle=True)
    if sheet.initials:
        paper.line(sheet.initials, left=110)
    _owner(paper, sheet)


def _decree(paper: Paper, sheet: Sheet) -> None:
    """Forms 4–9."""
    if sheet.kind.has_emblem:
        _emblem(paper, sheet, 30)
    edition = sheet.details.get("edition", "")
    heads = [f"{sheet.kind.title} {sheet.issuer}"]
    if sheet.kind.value == "order":
        heads.append(f"ที่ {sheet.number or '........../..........'}")
    if sheet.kind.value in ("rule", "bylaw"):
        heads.append(f"ว่าด้วย{sheet.subject}")
        heads += [f"(ฉบับที่ {edition})"] if edition else []
        heads.append(f"พ.ศ. {sheet.year or '..........'}")
    else:
        heads.append(f"เรื่อง {sheet.subject}")
        heads += [f"ฉบับที่ {edition}"] if edition else []
    _heads(paper, heads)
    _text(paper, sheet)
    if effective := sheet.details.get("effective"):
        paper.line(f"ทั้งนี้ ตั้งแต่{effective}", before=6, first=25)
    if sheet.kind.date_words:
        paper.line(f"{sheet.kind.date_words} {sheet.long_date}", before=18, left=40, middle=True)
        _signature(paper, sheet)
    else:
        paper.line(sheet.agency_name, before=18, left=40, middle=True)
        paper.line(sheet.date, left=40, middle=True)


def _certificate(paper: Paper, sheet: Sheet) -> None:
    """Form 10."""
    _emblem(paper, sheet, 30)
    paper.line(f"เลขที่ {sheet.number}")
    _agency(paper, sheet)
    BodyWriter(paper, Figures(thai=sheet.thai_digits)).write(sheet.certified_body)
    paper.line(f"{sheet.kind.date_words} {sheet.long_date}", before=18, left=40, middle=True)
    _signature(paper, sheet)
    if sheet.details.get("with_photo"):
        paper.line("(รูปถ่าย 4 × 6 เซนติเมตร)", before=12)
        paper.line(f"({sheet.details.get('certified', '')})")


def _minutes(paper: Paper, sheet: Sheet) -> None:
    """Form 11."""
    details = sheet.details
    heads = [
        f"รายงานการประชุม{sheet.subject}",
        f"ครั้งที่ {details.get('meeting_number', '')}",
        f"เมื่อวันที่ {details.get('held_on', '')}",
        f"ณ {details.get('place', '')}",
    ]
    _heads(paper, heads)
    for label, name in (
        ("ผู้มาประชุม", "present"), ("ผู้ไม่มาประชุม", "absent"), ("ผู้เข้าร่วมประชุม", "attending"),
    ):  # fmt: skip
        if people := details[name]:
            paper.line(before=8).add_run(label).underline = True
            for number, person in people:
                paper.line(f"{number} {person}", left=10)
    paper.line(f"เริ่มประชุมเวลา {details.get('began_at', '')} น.", before=8)
    _text(paper, sheet)
    paper.line(f"เลิกประชุมเวลา {details.get('ended_at', '')} น.", before=8)
    _name(paper, details.get("taken_by", ""), ["ผู้จดรายงานการประชุม"], before=42)
    if not sheet.is_draft:
        lines = ["".join(line) for line in sheet.signer_lines]
        _name(paper, sheet.signer_name, [*lines, "ผู้ตรวจรายงานการประชุม"], before=42)


BUILDERS: dict[str, Callable[[Paper, Sheet], None]] = {
    "letter": _letter,
    "memo": _memo,
    "sealed": _sealed,
    "decree": _decree,
    "certificate": _certificate,
    "minutes": _minutes,
}


def _texts(items: list[Item]) -> list[str]:
    return [f"{item.mark} {item.text}".strip() for item in items]


def _emblem(paper: Paper, sheet: Sheet, high: float) -> None:
    paper.picture(emblem_png(sheet), high=high).paragraph_format.right_indent = None


def _speed(paper: Paper, sheet: Sheet) -> None:
    if sheet.speed:
        paper.run(paper.line(), sheet.speed, size=32, bold=True, red=True)


def _agency(paper: Paper, sheet: Sheet) -> None:
    paper.line(sheet.agency_name, left=95)
    for line in sheet.address:
        paper.line(" ".join(line), left=95)


def _heads(paper: Paper, lines: list[str]) -> None:
    for line in lines:
        paper.line(line, middle=True)
    paper.line("─" * 12, middle=True)


def _text(paper: Paper, sheet: Sheet) -> None:
    BodyWriter(paper, Figures(thai=sheet.thai_digits)).write(sheet.body)


def _name(paper: Paper, name: str, lines: list[str], before: float = 0) -> None:
    paper.line(f"({name})", before=before, left=40, middle=True)
    for line in lines:
        paper.line(line, left=40, middle=True)


def _signature(paper: Paper, sheet: Sheet) -> None:
    if not sheet.is_draft and sheet.kind.signed:
        paper.run(paper.line(before=42, left=40, middle=True), "ลงลายมือชื่ออิเล็กทรอนิกส์", size=12)
    lines = ["".join(line) for line in sheet.signer_lines]
    _name(paper, sheet.signer_name or _OPEN_NAME, lines, before=20 if not sheet.is_draft else 62)


def _owner(paper: Paper, sheet: Sheet) -> None:
    paper.line(sheet.owner, before=20)
    if sheet.phone:
        paper.line(f"โทร. {sheet.phone}")
    if sheet.email:
        paper.line(f"ไปรษณีย์อิเล็กทรอนิกส์ {sheet.email}")

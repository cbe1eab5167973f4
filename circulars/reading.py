"""What the first page of a letter says of itself: ที่, ลงวันที่, จาก, เรื่อง, ถึง and its speed.

Rules over lines of text, after the layout of the regulation's forms 1 and 2 (clauses 11 and 12);
they look at Thai words, which stand in letters whatever the language of the page. Text layers
of Thai PDFs are often damaged, so the text is mended first. A value that is not sure is left
out: a clerk types faster than they find out what a program guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from circulars.enums import Speed
from portal.core.thai.dates import MONTHS, SHORT_MONTHS, parse_be
from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize

MAX_LINES = 60
"""A letter's head is on its first page; what follows is its text."""

HEAD_LINES = 25
"""Within how many lines ที่ or เรื่อง has to stand."""

NAME_LENGTH = 60
"""Letters of a line that may be part of an agency's name; lines of text are longer."""


@dataclass(frozen=True)
class Reading:
    """What could be read; ``None`` where nothing was sure."""

    reference: str | None = None
    dated: date | None = None
    sender: str | None = None
    addressee: str | None = None
    subject: str | None = None
    speed: Speed | None = None

    def found(self) -> dict[str, object]:
        """The values that were read, by the names of the form's fields."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


_SPEEDS = {
    "ด่วนที่สุด": Speed.MOST_URGENT, "ด่วนมาก": Speed.VERY_URGENT, "ด่วน": Speed.URGENT,
}  # fmt: skip
_MONTH = "|".join(map(re.escape, sorted((*MONTHS, *SHORT_MONTHS), key=len, reverse=True)))
_DATE = rf"\d{{1,2}}\s*(?:{_MONTH})\s*(?:พ\.?\s?ศ\.?)?\s*\d{{4}}"

# A speed may stand before ที่. The code is an abbreviation with its number; ว marks circulars.
_CODE = (
    r"[ก-ฮ]{1,6}\.?(?:\s?[ก-ฮ]{1,6}\.?)?\s*\d{2,6}(?:[.\-]\d+)*\s*/\s*"
    r"(?:ว\s*|[ก-ฮ]{1,4}\s*)?\d+"
)
_NUMBER_LINE = re.compile(
    rf"^(?P<speed>ด่วน(?:ที่สุด|มาก)?)?\s*ที่?\s*(?P<reference>{_CODE})(?P<rest>.*)$"
)
_DATE_LINE = re.compile(rf"^(?:วันที่\s*)?(?P<date>{_DATE})$")
# In a memo several fields share a line, and readers may join them further.
_MEMO = "บันทึกข้อความ"
_FIELD_OF_MEMO = re.compile(rf"\s+(?=ที่?\s*{_CODE}|วันที่?\s*\d)")
_UNIT_LINE = re.compile(r"^ส่วนราชการ\s*(?P<name>\S.*)$")
_SUBJECT = re.compile(r"^เรื่?อง\s*(?P<text>.*)$")
# Programs that read scans lose the space after the salutation before a person's title.
_ADDRESSEE = re.compile(
    r"^(?:กราบเรียน|เรียน|นมัสการ|ถึง)(?:\s+|(?=ผู้|ท่าน|หัวหน้า|ประธาน|นายก|ปลัด|อธิบดี|เลขา|ศึกษาธิการ))"
    r"(?P<text>.+)$"
)
_LABEL = re.compile(
    r"^(?:ที่\s|วันที่|เรื่?อง|กราบเรียน|เรียน|นมัสการ|ถึง\s|อ้าง\s?ถึง|สิ่งที่ส่งมาด้วย|ส่วนราชการ|ด่วน)"
)
_AFTER_SUBJECT = re.compile(
    r"^(?:(?:กราบเรียน|เรียน|นมัสการ|ถึง)(?:\s|ผู้|ท่าน|หัวหน้า|ประธาน|นายก|ปลัด|อธิบดี)"
    r"|อ้าง\s?ถึง|สิ่งที่ส่งมาด้วย)"
)
_AFTER_ADDRESSEE = re.compile(r"^(?:อ้าง\s?ถึง|สิ่งที่ส่งมาด้วย)")
_BODY = re.compile(r"^(?:ด้วย|ตาม|เนื่อง(?:จาก|ด้วย)|อนุสนธิ|โดยที่|พร้อมนี้)")
_AGENCY = re.compile(
    r"^(?:สำนัก|กระทรวง|กรม|กอง|ทบวง|มหาวิทยาลัย|วิทยาลัย|สถาบัน|โรงเรียน|โรงพยาบาล|ศูนย์|องค์การ"
    r"|องค์กร|เทศบาล|ที่ว่าการ|ที่ทำการ|ศาล|สถานี|คณะ|สภา|ธนาคาร|สหกรณ์|มูลนิธิ|สมาคม|บริษัท|ห้างหุ้นส่วน"
    r"|การไฟฟ้า|การประปา|วัด|ชมรม|ด่าน|เรือนจำ|ตำรวจ)"
)
_ADDRESS = re.compile(
    r"^(?:\d|เลขที่|หมู่|ถนน|ถ\.|ซอย|ตำบล|แขวง|ต\.|อำเภอ|อ\.|จังหวัด|จ\.|กรุงเทพ|กทม|โทร|โทรสาร|อาคาร|ชั้น|ตู้)"
)
_OWNER = re.compile(r"^(?:กลุ่ม|ฝ่าย|งาน|หน่วย|ศาลากลาง|ที่ว่าการ|ที่ทำการ)")
_PHONE = re.compile(r"\s*(?:โทร(?:ศัพท์)?\b|โทร\.).*$")
_PAGE_NUMBER = re.compile(r"^[-–(]?\s*\d+\s*[-–)]?$")
_HOLLOW = re.compile(r"[.…_]{3,}")

# Common words whose ำ a PDF wrote as า. None of the left sides is a word of its own.
_LOST_SARA_AM = {
    "สานัก": "สำนัก", "อาเภอ": "อำเภอ", "ตาบล": "ตำบล", "อานวย": "อำนวย", "กาหนด": "กำหนด",
    "ดาเนิน": "ดำเนิน", "สาคัญ": "สำคัญ", "จานวน": "จำนวน", "ประจา": "ประจำ", "สาหรับ": "สำหรับ",
    "คาสั่ง": "คำสั่ง", "ชานาญ": "ชำนาญ", "สารวจ": "สำรวจ", "สาเร็จ": "สำเร็จ", "แนะนา": "แนะนำ",
    "ตาแหน่ง": "ตำแหน่ง", "ทาเนียบ": "ทำเนียบ", "จัดทา": "จัดทำ", "ผู้นา": "ผู้นำ", "ลาดับ": "ลำดับ",
}  # fmt: skip
# Word processors write ส ำนักงาน or ส านักงาน: no vowel of these two stands after a space.
_TORN_SARA_AM = re.compile(r"(?<=[ก-ฮ่-๋]) [าำ]")
_LOST = re.compile("|".join(_LOST_SARA_AM))
_ENOUGH = 40
"""Letters from which on a text without any า is not Thai as people write it."""


def read_letter(text: str, *, agencies: Sequence[str] = ()) -> Reading:
    """What the text of a letter's first page says of it; all empty when it is no letter.

    ``agencies`` are names that the office knows: a sender that equals one of them but for
    spaces is given in its spelling.
    """
    lines = _lines(text)
    number = _first(_NUMBER_LINE, lines[:HEAD_LINES])
    subject = _first(_SUBJECT, lines[:HEAD_LINES])
    addressee = _first(_ADDRESSEE, lines[:HEAD_LINES])
    # A number of a letter, or the two lines that only letters have one after the other.
    if number is None and not (subject and addressee and subject[0] < addressee[0]):
        return Reading()
    return Reading(
        reference=_reference(number),
        dated=_dated(lines),
        sender=_known(_sender(lines, number), agencies),
        addressee=_addressee(lines, addressee, subject),
        subject=_subject(lines, subject),
        speed=_speed(lines, number),
    )


def mend(text: str) -> str:
    """``text`` in one spelling, with the ำ that a PDF tore, lost or put for every า."""
    text = _TORN_SARA_AM.sub("ำ", normalize(text))
    if text.count("ำ") > 1 and "า" not in text and len(text) > _ENOUGH:
        text = text.replace("ำ", "า")
    return _LOST.sub(lambda word: _LOST_SARA_AM[word[0]], text)


_Found = tuple[int, re.Match[str]] | None


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in to_arabic(mend(text)).split("\n")]
    if _MEMO in lines[:HEAD_LINES]:
        lines = [part for line in lines for part in _FIELD_OF_MEMO.split(line)]
    return [line for line in lines if line and not _PAGE_NUMBER.match(line)][:MAX_LINES]


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> _Found:
    for index, line in enumerate(lines):
        if match := pattern.match(line):
            return index, match
    return None


def _reference(number: _Found) -> str | None:
    if number is None:
        return None
    written = re.sub(r"\s*/\s*", "/", number[1]["reference"])
    written = re.sub(r"/ว\s*(?=\d)", "/ว ", written)
    return re.sub(r"^([ก-ฮ.]+(?:\s[ก-ฮ.]+)?)\s*(?=\d)", r"\1 ", written)


def _dated(lines: Sequence[str]) -> date | None:
    """The letter's own date: alone on its line; in a memo after วันที่ (form 2)."""
    for line in lines:
        match = _DATE_LINE.match(line)
        if match is None:
            continue
        try:
            return parse_be(match["date"])
        except ValueError:
            return None
    return None


def _sender(lines: Sequence[str], number: _Found) -> str | None:
    if unit := _first(_UNIT_LINE, lines[:HEAD_LINES]):
        return _unit_of_memo(unit[1]["name"], lines[unit[0] + 1 :])
    if number is None:
        return None
    index, match = number
    rest = _clean(match["rest"])
    if rest and _AGENCY.match(rest):
        return _joined([rest, *_while_name(lines[index + 1 :])])
    for start in (*_above_date(lines, index), *range(index)):
        if _AGENCY.match(lines[start]):
            return _joined([lines[start], *_while_name(lines[start + 1 :])])
    return None


def _above_date(lines: Sequence[str], number: int) -> range:
    """The short lines right above the date, where forms 1 and 3 have the agency."""
    date_line = _first(_DATE_LINE, lines)
    end = start = date_line[0] if date_line else number
    while start - 1 > number and len(lines[start - 1]) <= NAME_LENGTH:
        start -= 1
    return range(start, end)


def _unit_of_memo(name: str, lines: Sequence[str]) -> str | None:
    """ส่วนราชการ, which may go on in a second line, without the phone at its end."""
    goes_on = lines[:1] if not _PHONE.search(name) else []
    following = [line for line in goes_on if not _LABEL.match(line)]
    return _clean(_PHONE.sub("", _joined([name, *following]) or ""))


def _while_name(lines: Sequence[str]) -> Iterator[str]:
    """The lines that go on with an agency's name: up to its address, the date or a label."""
    for line in lines[:2]:
        if any(end.match(line) for end in (_ADDRESS, _OWNER, _DATE_LINE, _LABEL)):
            return
        yield line


def _subject(lines: Sequence[str], subject: _Found) -> str | None:
    if subject is None:
        return None
    index, match = subject
    parts = [match["text"]]
    for line in lines[index + 1 : index + 5]:
        if _AFTER_SUBJECT.match(f"{line} ") or _BODY.match(line):
            break
        parts.append(line)
    return _joined(parts)


def _addressee(lines: Sequence[str], addressee: _Found, subject: _Found) -> str | None:
    """After the salutation; a second line only where the next label shows that it ends there."""
    if addressee is None or (subject and addressee[0] < subject[0] and addressee[1][0][0] != "ถ"):
        return None
    index, match = addressee
    following = lines[index + 1 : index + 3]
    goes_on = (
        len(following) == 2
        and _AFTER_ADDRESSEE.match(following[1])
        and not (_LABEL.match(following[0]) or _BODY.match(following[0]))
    )
    return _joined([match["text"], following[0]] if goes_on else [match["text"]])


def _speed(lines: Sequence[str], number: _Found) -> Speed | None:
    """One of the words of clause 28, before ที่ or on a line above it."""
    if number is None:
        return None
    index, match = number
    if match["speed"]:
        return _SPEEDS[match["speed"]]
    return next((_SPEEDS[line] for line in lines[: index + 3] if line in _SPEEDS), None)


def _joined(parts: Sequence[str]) -> str | None:
    """Lines as one: Thai has no space where a line breaks, figures do."""
    joined = parts[0].strip()
    for part in parts[1:]:
        needs_space = joined[-1:].isascii() or part[:1].isascii() or part.startswith("เขต ")
        joined = f"{joined} {part}" if needs_space and joined else f"{joined}{part}"
    return _clean(joined)


def _clean(text: str) -> str | None:
    """``text`` if it says anything; the dotted line of an empty form does not."""
    text = normalize(text).replace("\n", " ")
    return text if text and not _HOLLOW.search(text) else None


def _known(sender: str | None, agencies: Sequence[str]) -> str | None:
    if sender is None:
        return None
    squeezed = sender.replace(" ", "")
    return next((name for name in agencies if name.replace(" ", "") == squeezed), sender)

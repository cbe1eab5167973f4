"""What stands on the sheet of a letter, line by line, on whatever form (clauses 11–26).

The words here are the regulation's own and Thai in every language of the portal. What the
portal puts on the sheet itself (number, date, address, phone, numbering) follows the office's
choice of digits; what people wrote stays as they wrote it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from circulars.body import clean_body
from circulars.enums import Secrecy, Speed
from circulars.kinds import Kind, kind_of
from circulars.models import Letter, LetterSettings
from circulars.numbering import number_beginning
from circulars.pdf.details import initials, printed_details
from circulars.pdf.remarks import Remark, author_of, remarks_of
from circulars.pdf.signer import expected_signature
from portal.core.thai.dates import long
from portal.core.thai.digits import to_thai
from portal.core.thai.text import normalize
from portal.org.models import School
from portal.org.service import SignatureBlock

if TYPE_CHECKING:
    from portal.files.models import StoredFile

SPEED_WORDS = {
    Speed.URGENT: "ด่วน",
    Speed.VERY_URGENT: "ด่วนมาก",
    Speed.MOST_URGENT: "ด่วนที่สุด",
}
SECRECY_WORDS = {Secrecy.CONFIDENTIAL: "ลับ", Secrecy.SECRET: "ลับมาก"}

_DOTTED = "." * 40
_PROVINCE = re.compile(r"จังหวัด\S+")
_ADDRESS_JOINT = re.compile(r" (?=ถนน|ตำบล|แขวง|อำเภอ|เขต|จังหวัด)")
_JOINT = re.compile(r"(?<=การศึกษา)(?=ประถมศึกษา|มัธยมศึกษา)")


@dataclass(frozen=True)
class Item:
    """One of several things in a row; ``mark`` is its number, empty when it is the only one."""

    mark: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """Everything a letter prints, ready to be set; a draft has neither number, date nor QR."""

    is_draft: bool
    thai_digits: bool
    title: str
    speed: str
    secrecy: str
    emblem: "StoredFile | None"
    number: str
    agency: list[str]
    address: list[list[str]]
    date: str
    subject: str
    salutation: str
    addressee: list[str]
    references: list[Item]
    attachments: list[Item]
    body: SafeString
    closing: str
    signer_name: str
    signer_lines: list[list[str]]
    owner: str
    phone: str
    email: str
    copies: list[Item]
    check_url: str
    kind: Kind
    issuer: str
    day: str
    year: str
    details: dict[str, Any]
    initials: str
    signer_post: str
    author: SignatureBlock | None
    remarks: list[Remark]

    @property
    def certified(self) -> str:
        """Who is certified, with position and affiliation (clause 24.3)."""
        words = [self.details.get("certified", "")]
        for name, label in (("certified_position", "ตำแหน่ง"), ("certified_affiliation", "สังกัด")):
            if value := self.details.get(name):
                words.append(f"{label} {value}")
        return f"หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า {' '.join(words)}"

    @property
    def certified_body(self) -> SafeString:
        """The text that goes on in the line that names who is certified."""
        begun = f"<p>{escape(self.certified)}"
        rest = self.body.removeprefix("<p>") if self.body.startswith("<p>") else f"</p>{self.body}"
        return mark_safe(f"{begun} {rest}")

    @property
    def agency_name(self) -> str:
        return "".join(self.agency)

    @property
    def is_of_group(self) -> bool:
        """A group's memo names its office after it; a school or the office stands for itself."""
        return self.owner != self.agency_name

    @property
    def long_date(self) -> str:
        """20 พฤศจิกายน พ.ศ. 2569; dots while the day is not known."""
        return f"{self.day or _DOTTED} พ.ศ. {self.year or '........'}"

    @property
    def check_lines(self) -> list[str]:
        """The address in two lines, so that it keeps clear of a mark in the middle below."""
        parts = urlsplit(self.check_url)
        return [f"{parts.scheme}://{parts.netloc}", parts.path]


def sheet_of(letter: Letter) -> Sheet:
    """The sheet of ``letter``: a draft until it is signed, then the letter itself."""
    office = letter.unit.office
    chosen = LetterSettings.objects.select_related("emblem__blob").filter(office=office).first()
    thai_digits = chosen.thai_digits if chosen else True
    figures = to_thai if thai_digits else str
    block = _signature(letter)
    kind = kind_of(letter)
    date = figures(long(letter.letter_date)) if letter.letter_date else ""
    return Sheet(
        is_draft=not letter.is_signed,
        thai_digits=thai_digits,
        title=letter.subject,
        speed=SPEED_WORDS.get(Speed(letter.speed), ""),
        secrecy=SECRECY_WORDS.get(Secrecy(letter.secrecy), ""),
        emblem=(chosen.emblem if chosen else None) or office.emblem,
        number=figures(_number(letter)),
        agency=breakable(figures(_agency(letter))),
        address=[_ADDRESS_JOINT.split(figures(line)) for line in _address(letter)],
        date=date,
        subject=letter.subject,
        salutation=letter.salutation,
        addressee=breakable(letter.addressee),
        references=_items(letter.references.values_list("text", flat=True), figures),
        attachments=_items(letter.attachments.values_list("title", flat=True), figures),
        body=mark_safe(clean_body(letter.body)),
        closing=letter.closing,
        signer_name=block.name if block else "",
        signer_lines=[breakable(figures(line)) for line in block.lines] if block else [],
        owner=figures(letter.unit.name),
        phone=figures(_contact(letter, "phone")),
        email=_contact(letter, "email"),
        copies=_items(letter.copies_to.splitlines(), figures),
        check_url=check_url(letter) if letter.is_signed else "",
        kind=kind,
        issuer=letter.details.get("issuer") or figures(_agency(letter)),
        day=date.rpartition(" ")[0],
        year=date.rpartition(" ")[2],
        details=printed_details(letter.details, figures),
        initials=initials(letter.signer) if letter.signer else "",
        signer_post=" ".join(block.lines) if block else "",
        author=author_of(letter) if kind.layout == "memo" else None,
        remarks=remarks_of(letter, figures) if kind.layout == "memo" else [],
    )


def check_url(letter: Letter) -> str:
    """The public address at which anybody can check a signed letter."""
    return settings.SITE_URL.rstrip("/") + reverse("letter_check:check", args=[letter.check_token])


def breakable(name: str) -> list[str]:
    """A long name in the pieces between which a line may end: สำนักงาน…การศึกษา, ประถมศึกษา…"""
    return _JOINT.split(name)


def _items(texts: Iterable[str], figures: Callable[[str], str]) -> list[Item]:
    """Numbered when there are several (clause 11.7)."""
    given = [normalize(text) for text in texts]
    if len(given) == 1:
        return [Item("", given[0])]
    return [Item(figures(f"{number}."), text) for number, text in enumerate(given, 1)]


def _number(letter: Letter) -> str:
    """ที่ of a signed letter; of a draft only what is known before it is signed."""
    return letter.number_text if letter.is_signed else number_beginning(letter)


def _signature(letter: Letter) -> SignatureBlock | None:
    """The frozen block of a signed letter; of a draft, that of whoever would sign it today."""
    if letter.is_signed:
        return SignatureBlock(letter.signer_name, list(letter.signer_lines))
    return expected_signature(letter)


def _agency(letter: Letter) -> str:
    """The agency in whose name the letter is written: the school, or the office."""
    return letter.unit.name if letter.unit.is_school else letter.unit.office.name


def _address(letter: Letter) -> list[str]:
    """Where the agency is: the office's own address, or the school's tambon and amphoe."""
    office_lines = letter.unit.office.address.splitlines()
    school = School.objects.filter(unit=letter.unit_id).first()
    if school is None:
        return office_lines
    province = _PROVINCE.search(letter.unit.office.address)
    lines = [f"ตำบล{school.tambon} อำเภอ{school.amphoe}"]
    return [*lines, province[0]] if province else lines


def _contact(letter: Letter, name: str) -> str:
    """The unit's own phone or e-mail; the office's where a group has none."""
    own = getattr(letter.unit, name)
    return own or ("" if letter.unit.is_school else getattr(letter.unit.office, name))

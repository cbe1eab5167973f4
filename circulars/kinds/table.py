"""What each kind of letter is: its form, parts, number, recipients, signers and layout.

The regulation's own words (``title``, ``date_words``) are Thai in every language.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from circulars.enums import LetterKind, RegisterKind
from circulars.kinds.beginnings import BYLAW_TEXT, RULE_TEXT
from portal.org.enums import Role

if TYPE_CHECKING:
    from circulars.models import Letter


class Numbering(Enum):
    AGENCY = "agency"
    """The agency's code, then the number: ศธ 04108/12 (clause 11.1)."""
    YEARLY = "yearly"
    """The number, then the year: 12/2569 (clause 16.2)."""


class Recipients(Enum):
    REQUIRED = "required"
    """It is sent to units of the office and its schools."""
    INSIDE = "inside"
    """It may go to units of the same house, or to nobody but its signer."""
    OPTIONAL = "optional"
    """It stands by itself and may be sent to whom it concerns."""


@dataclass(frozen=True)
class Part:
    """A part of a form: the letter's own field or one of its ``details``, and its clause."""

    name: str
    clause: str
    required: bool = True
    label: Promise | None = None
    help_text: Promise | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of letter.

    ``signers`` are the posts at which its way up may end, the usual one first. ``signed`` says
    whether the signer proves who they are once more; otherwise the typed name is enough
    (clause 26 as amended by no. 4). ``layout`` names the PDF template and the DOCX builder.
    """

    value: LetterKind
    clause: str
    form: int
    parts: tuple[Part, ...]
    register: RegisterKind
    numbering: Numbering
    recipients: Recipients
    signers: tuple[Role, ...]
    layout: str
    title: str = ""
    date_words: str = ""
    signed: bool = True
    is_public: bool = False
    is_sent_by_speed: bool = False
    names_person: bool = False
    has_emblem: bool = True
    beginning: str = ""
    is_for_many: bool = False
    """One signature may make a document for each person of a list."""

    @property
    def template(self) -> str:
        return f"circulars/pdf/{self.layout}.html"

    @property
    def required(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.required)

    @property
    def wants_recipients(self) -> bool:
        return self.recipients is Recipients.REQUIRED

    def part(self, name: str) -> Part | None:
        """The part of that name, ``None`` where the form has no such part."""
        return next((part for part in self.parts if part.name == name), None)

    def clause_of(self, name: str) -> str:
        """The clause that a finding about the part ``name`` goes back to."""
        part = self.part(name)
        return part.clause if part else self.clause


HEADS = (Role.DIRECTOR, Role.DEPUTY, Role.PRINCIPAL)
MEMO_SIGNERS = (Role.DIRECTOR, Role.DEPUTY, Role.GROUP_DIRECTOR, Role.PRINCIPAL)
SEAL_SIGNERS = (Role.GROUP_DIRECTOR, Role.DEPUTY, Role.DIRECTOR, Role.PRINCIPAL)

_SUBJECT_IN_REGISTER = _("For the register; this form does not print it.")
_ISSUER = _("The agency, or the post with the power to issue it. Empty: the office's name.")

_EXTERNAL = (
    Part("subject", "11.4"),
    Part("salutation", "11.5"),
    Part("addressee", "11.5"),
    Part("references", "11.6", required=False),
    Part("body", "11.8"),
    Part("closing", "11.9"),
    Part("copies_to", "11.14", required=False),
    Part("attachments", "11.7", required=False),
)


def _issuer(clause: str) -> Part:
    return Part("issuer", clause, required=False, help_text=_ISSUER)


def _rules(kind: LetterKind, clause: str, form: int, title: str, beginning: str) -> Kind:
    """Rules and bylaws have the same form under another name (clauses 17 and 18)."""
    return Kind(
        value=kind,
        clause=clause,
        form=form,
        parts=(
            _issuer(f"{clause}.1"),
            Part("subject", f"{clause}.2", label=_("Name, after “on”")),
            Part("edition", f"{clause}.3", required=False, label=_("Amendment no.")),
            Part("body", f"{clause}.5"),
            Part("attachments", f"{clause}.5", required=False),
        ),
        register=RegisterKind.ANNOUNCEMENT,
        numbering=Numbering.YEARLY,
        recipients=Recipients.OPTIONAL,
        signers=HEADS,
        layout="decree",
        title=title,
        date_words="ประกาศ ณ วันที่",
        beginning=beginning,
    )


def _told(kind: LetterKind, clause: str, form: int, title: str, *, has_emblem: bool) -> Kind:
    """Statements and news end with the agency and the date, unsigned (clauses 21 and 22)."""
    return Kind(
        value=kind,
        clause=clause,
        form=form,
        parts=(
            _issuer(f"{clause}.1"),
            Part("subject", f"{clause}.2"),
            Part("edition", f"{clause}.3", required=False, label=_("No. in its series")),
            Part("body", f"{clause}.4"),
            Part("attachments", f"{clause}.4", required=False),
        ),
        register=RegisterKind.ANNOUNCEMENT,
        numbering=Numbering.YEARLY,
        recipients=Recipients.OPTIONAL,
        signers=HEADS,
        layout="decree",
        title=title,
        is_public=True,
        has_emblem=has_emblem,
    )


_ALL = (
    Kind(
        value=LetterKind.CIRCULAR,
        clause="32",
        form=1,
        parts=_EXTERNAL,
        register=RegisterKind.CIRCULAR,
        numbering=Numbering.AGENCY,
        recipients=Recipients.REQUIRED,
        signers=HEADS,
        layout="letter",
        is_sent_by_speed=True,
    ),
    Kind(
        value=LetterKind.LETTER,
        clause="11",
        form=1,
        parts=_EXTERNAL,
        register=RegisterKind.OUTGOING,
        numbering=Numbering.AGENCY,
        recipients=Recipients.REQUIRED,
        signers=HEADS,
        layout="letter",
        is_sent_by_speed=True,
    ),
    Kind(
        value=LetterKind.MEMO,
        clause="12",
        form=2,
        parts=(
            Part("subject", "12.4"),
            Part("salutation", "12.5"),
            Part("addressee", "12.5"),
            Part(
                "references", "12.6", required=False, help_text=_("Name it in the text as well.")
            ),
            Part("body", "12.6"),
            Part("attachments", "12.6", required=False),
        ),
        register=RegisterKind.MEMO,
        numbering=Numbering.AGENCY,
        recipients=Recipients.INSIDE,
        signers=MEMO_SIGNERS,
        layout="memo",
        title="บันทึกข้อความ",
        signed=False,
        is_sent_by_speed=True,
    ),
    Kind(
        value=LetterKind.SEALED,
        clause="14",
        form=3,
        parts=(
            Part("subject", "43", help_text=_SUBJECT_IN_REGISTER),
            Part("addressee", "14.2", label=_("To")),
            Part(
                "references", "14.3", required=False, help_text=_("Name it in the text as well.")
            ),
            Part("body", "14.3"),
            Part("attachments", "14.3", required=False),
        ),
        register=RegisterKind.OUTGOING,
        numbering=Numbering.AGENCY,
        recipients=Recipients.REQUIRED,
        signers=SEAL_SIGNERS,
        layout="sealed",
        is_sent_by_speed=True,
    ),
    Kind(
        value=LetterKind.ORDER,
        clause="16",
        form=4,
        parts=(
            _issuer("16.1"),
            Part("subject", "16.3"),
            Part("body", "16.4"),
            Part("effective", "16.4"),
            Part("attachments", "16.4", required=False),
        ),
        register=RegisterKind.ORDER,
        numbering=Numbering.YEARLY,
        recipients=Recipients.OPTIONAL,
        signers=HEADS,
        layout="decree",
        title="คำสั่ง",
        is_for_many=True,
        date_words="สั่ง ณ วันที่",
    ),
    _rules(LetterKind.RULE, "17", 5, "ระเบียบ", RULE_TEXT),
    _rules(LetterKind.BYLAW, "18", 6, "ข้อบังคับ", BYLAW_TEXT),
    Kind(
        value=LetterKind.ANNOUNCEMENT,
        clause="20",
        form=7,
        parts=(
            _issuer("20.1"),
            Part("subject", "20.2"),
            Part("body", "20.3"),
            Part("attachments", "20.3", required=False),
        ),
        register=RegisterKind.ANNOUNCEMENT,
        numbering=Numbering.YEARLY,
        recipients=Recipients.OPTIONAL,
        signers=HEADS,
        layout="decree",
        title="ประกาศ",
        date_words="ประกาศ ณ วันที่",
        is_public=True,
    ),
    _told(LetterKind.STATEMENT, "21", 8, "แถลงการณ์", has_emblem=True),
    _told(LetterKind.NEWS, "22", 9, "ข่าว", has_emblem=False),
    Kind(
        value=LetterKind.CERTIFICATE,
        clause="24",
        form=10,
        parts=(
            Part("subject", "43", help_text=_SUBJECT_IN_REGISTER),
            Part("certified", "24.3"),
            Part("certified_position", "24.3", required=False),
            Part("certified_affiliation", "24.3", required=False),
            Part("body", "24.3", label=_("What is certified")),
            Part("with_photo", "24.7", required=False),
            Part("attachments", "24.3", required=False),
        ),
        register=RegisterKind.CERTIFICATE,
        numbering=Numbering.YEARLY,
        recipients=Recipients.OPTIONAL,
        signers=HEADS,
        layout="certificate",
        date_words="ให้ไว้ ณ วันที่",
        is_for_many=True,
        names_person=True,
    ),
    Kind(
        value=LetterKind.MINUTES,
        clause="25",
        form=11,
        parts=(
            Part("subject", "25.1", label=_("Meeting of")),
            Part("meeting_number", "25.2"),
            Part("held_on", "25.3"),
            Part("place", "25.4"),
            Part("present", "25.5"),
            Part("absent", "25.6", required=False),
            Part("attending", "25.7", required=False),
            Part("began_at", "25.8"),
            Part("body", "25.9"),
            Part("ended_at", "25.10"),
            Part("taken_by", "25.11"),
            Part("attachments", "25.9", required=False),
        ),
        register=RegisterKind.MEMO,
        numbering=Numbering.AGENCY,
        recipients=Recipients.OPTIONAL,
        signers=MEMO_SIGNERS,
        layout="minutes",
        title="รายงานการประชุม",
        signed=False,
        has_emblem=False,
    ),
    Kind(
        value=LetterKind.RECORD,
        clause="26",
        form=2,
        parts=(
            Part("subject", "26.2"),
            Part("salutation", "26.1"),
            Part("addressee", "26.1"),
            Part(
                "references", "26.2", required=False, help_text=_("Name it in the text as well.")
            ),
            Part("body", "26.2"),
            Part("attachments", "26.2", required=False),
        ),
        register=RegisterKind.MEMO,
        numbering=Numbering.AGENCY,
        recipients=Recipients.INSIDE,
        signers=MEMO_SIGNERS,
        layout="memo",
        title="บันทึกข้อความ",
        signed=False,
    ),
)

KINDS: dict[str, Kind] = {kind.value.value: kind for kind in _ALL}

GROUPS: tuple[tuple[Promise, tuple[LetterKind, ...]], ...] = (
    (_("External"), (LetterKind.CIRCULAR, LetterKind.LETTER)),
    (_("Internal"), (LetterKind.MEMO,)),
    (_("Under the agency's seal"), (LetterKind.SEALED,)),
    (_("Orders"), (LetterKind.ORDER, LetterKind.RULE, LetterKind.BYLAW)),
    (_("To the public"), (LetterKind.ANNOUNCEMENT, LetterKind.STATEMENT, LetterKind.NEWS)),
    (_("Kept as evidence"), (LetterKind.CERTIFICATE, LetterKind.MINUTES, LetterKind.RECORD)),
)
"""The six types of clause 10, in its order."""


def kind_of(letter: "Letter") -> Kind:
    return KINDS[letter.kind]


def without_recipients() -> list[str]:
    """Kinds that may be finished when they are signed, because nobody has to get them."""
    return [kind.value for kind in _ALL if not kind.wants_recipients]

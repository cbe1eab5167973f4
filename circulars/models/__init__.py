from circulars.models.archive import Folder, KeptLetter, Loan, StoringList
from circulars.models.archive_lists import (
    ArchiveList,
    ArchiveListLine,
    Destruction,
    DestructionLine,
    DestructionMember,
    DestructionVote,
)
from circulars.models.assignments import Assignment, DeskHandover, Escalation, WorkReport
from circulars.models.deliveries import Answer, Delivery, Forward
from circulars.models.exchange import (
    ExchangeArrival,
    ExchangeKey,
    ExchangeNonce,
    ExchangePartner,
)
from circulars.models.handling import Handling, HandlingStep, LetterLook, SpeedTarget
from circulars.models.letters import (
    Attachment,
    Letter,
    LetterSettings,
    Recipient,
    RecipientList,
    Reference,
)
from circulars.models.looks import InboxLook
from circulars.models.mail import IncomingMail, MailAttachment, Mailbox
from circulars.models.merging import MergeRow, MergeRun
from circulars.models.outbound import Outbound
from circulars.models.papers import RegisterImport, RegisterPaper
from circulars.models.registers import Register, RegisterEntry, Reservation
from circulars.models.routing import RouteStep
from circulars.models.stamps import ReceiptStamp
from circulars.models.writing import LetterTemplate, Phrase

__all__ = [
    "Answer",
    "ArchiveList",
    "ArchiveListLine",
    "Assignment",
    "Attachment",
    "Delivery",
    "DeskHandover",
    "Destruction",
    "DestructionLine",
    "DestructionMember",
    "DestructionVote",
    "Escalation",
    "ExchangeArrival",
    "ExchangeKey",
    "ExchangeNonce",
    "ExchangePartner",
    "Folder",
    "Forward",
    "Handling",
    "HandlingStep",
    "InboxLook",
    "IncomingMail",
    "KeptLetter",
    "Letter",
    "LetterLook",
    "LetterSettings",
    "LetterTemplate",
    "Loan",
    "MailAttachment",
    "Mailbox",
    "MergeRow",
    "MergeRun",
    "Outbound",
    "Phrase",
    "ReceiptStamp",
    "Recipient",
    "RecipientList",
    "Reference",
    "Register",
    "RegisterEntry",
    "RegisterImport",
    "RegisterPaper",
    "Reservation",
    "RouteStep",
    "SpeedTarget",
    "StoringList",
    "WorkReport",
]

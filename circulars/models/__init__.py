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
from circulars.models.outbound import Outbound
from circulars.models.papers import RegisterImport, RegisterPaper
from circulars.models.registers import Register, RegisterEntry, Reservation
from circulars.models.routing import RouteStep
from circulars.models.stamps import ReceiptStamp

__all__ = [
    "Answer",
    "Assignment",
from circulars.models.merging import MergeRow, MergeRun
    "Attachment",
    "Delivery",
    "DeskHandover",
    "Escalation",
    "ExchangeArrival",
from circulars.models.writing import LetterTemplate, Phrase
    "ExchangeKey",
    "ExchangeNonce",
    "ExchangePartner",
    "Forward",
    "Handling",
    "HandlingStep",
    "InboxLook",
    "IncomingMail",
    "Letter",
    "LetterLook",
    "LetterSettings",
    "MailAttachment",
    "Mailbox",
    "Outbound",
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
    "WorkReport",
]
    "LetterTemplate",
    "Loan",
    "MergeRow",
    "MergeRun",
    "Phrase",

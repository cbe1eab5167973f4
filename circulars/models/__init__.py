from circulars.models.deliveries import Answer, Delivery, Forward
from circulars.models.letters import (
    Attachment,
    Letter,
    LetterSettings,
    Recipient,
    RecipientList,
    Reference,
)
from circulars.models.papers import RegisterImport, RegisterPaper
from circulars.models.registers import Register, RegisterEntry, Reservation
from circulars.models.routing import RouteStep
from circulars.models.stamps import ReceiptStamp

__all__ = [
    "Answer",
    "Attachment",
    "Delivery",
    "Forward",
    "Letter",
    "LetterSettings",
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
]

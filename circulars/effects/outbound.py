"""What shall leave the house, stored in the transaction that wants it to."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import DeliveryState
from circulars.mail.enums import OutboundKind, OutboundState, Way
from circulars.models import (
    Delivery,
    ExchangeArrival,
    ExchangePartner,
    IncomingMail,
    Letter,
    Mailbox,
    Outbound,
)
from portal.core.errors import NotReady
from portal.core.tasks import defer
from portal.org.enums import UnitKind
from portal.org.models import Unit

SEND = "circulars.send_outbound"


def agencies_of(unit: Unit) -> "QuerySet[Unit]":
    """Agencies outside that ``unit`` may write to: the office's, which a school does not."""
    agencies = Unit.objects.outside().filter(office_id=unit.office_id)
    if not unit.writes_as_office:
        return agencies.none()
    return agencies.filter(Q(closed_on=None) | Q(closed_on__gte=timezone.localdate()))


def reachable_agencies(unit: Unit) -> "QuerySet[Unit]":
    """Those that are partners or have an address; to the others letters go on paper."""
    ways = Q(exchange_partner__is_active=True)
    if Mailbox.objects.filter(office=unit.office_id, is_active=True).exists():
        ways |= ~Q(email="")
    return agencies_of(unit).filter(ways)


def check_secrecy(letter: Letter) -> None:
    """Refuse to send a secret letter out: neither way is closed to others (29; 6, 4.2.3)."""
    if goes_out_in_secret(letter):
        raise NotReady(secrecy_refusal(), about=letter)


def goes_out_in_secret(letter: Letter) -> bool:
    return letter.is_secret and letter.recipients.filter(unit__kind=UnitKind.OUTSIDE).exists()


def secrecy_refusal() -> str:
    return _("A secret letter cannot be sent to an agency outside this way. Send it on paper.")


def queue_letters(letter: Letter) -> None:
    """One sending for each agency outside that the letter goes to; the others wait for paper."""
    leaving = letter.deliveries.filter(state=DeliveryState.SENDING).select_related("unit")
    if not (deliveries := list(leaving.order_by("pk"))):
        return
    reachable = set(reachable_agencies(letter.unit).values_list("pk", flat=True))
    rows = [_letter_to(delivery) for delivery in deliveries if delivery.unit_id in reachable]
    Outbound.objects.bulk_create(rows)
    if rows:
        defer(SEND)


def queue_again(delivery: Delivery) -> None:
    """Once more to the agency, at its address of today."""
    _letter_to(delivery).save()
    defer(SEND)


def queue_receipt(mail: IncomingMail, *, number: str) -> None:
    """Confirm to the sender that the mail was received (appendix 7, 3.2)."""
    _answer(mail, OutboundKind.RECEIPT, {"number": number})


def queue_refusal(mail: IncomingMail) -> None:
    _answer(mail, OutboundKind.REFUSAL, {})


def queue_status(arrival: ExchangeArrival, details: dict[str, str]) -> None:
    """Tell the partner what became of its letter."""
    partner = arrival.partner
    Outbound.objects.create(
        office_id=partner.office_id,
        kind=OutboundKind.STATUS,
        way=Way.PORTAL,
        address=partner.url[:320],
        arrival=arrival,
        details=details,
        next_at=timezone.now(),
    )
    defer(SEND)


def cancel_waiting(delivery: Delivery) -> None:
    """What was not sent yet need not be sent any more."""
    waiting = (OutboundState.PENDING, OutboundState.FAILED)
    delivery.outbounds.filter(state__in=waiting).update(state=OutboundState.DEAD)


def _answer(mail: IncomingMail, kind: OutboundKind, details: dict[str, str]) -> None:
    Outbound.objects.create(
        office_id=mail.mailbox.office_id,
        kind=kind,
        address=mail.answer_address,
        mail=mail,
        details=details,
        next_at=timezone.now(),
    )
    defer(SEND)


def _letter_to(delivery: Delivery) -> Outbound:
    unit = delivery.unit
    partner = ExchangePartner.objects.filter(unit=unit, is_active=True).first()
    return Outbound(
        office_id=unit.office_id,
        kind=OutboundKind.LETTER,
        way=Way.PORTAL if partner else Way.EMAIL,
        address=partner.url if partner else unit.email,
        delivery=delivery,
        next_at=timezone.now(),
    )


def public_address(outbound: Outbound) -> str:
    """Where the receiver of a letter finds files too large for a mail (appendix 7, 5.3.9)."""
    return f"{settings.SITE_URL}/circulars/files/{outbound.token}/"

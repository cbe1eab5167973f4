"""Letters from and to partners' portals: keys, partners, packages in, reports back and forth."""

from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.body import clean_body
from circulars.effects.notices import keepers_of, tell
from circulars.effects.outbound import queue_status
from circulars.effects.outside import STAGES
from circulars.enums import Channel, DeliveryState, LetterKind, LetterState, Secrecy, Speed
from circulars.exchange import keys, package
from circulars.exchange.errors import PackageRefused, RequestRefused
from circulars.mail import addresses, secrets
from circulars.mail.enums import Way
from circulars.models import (
    Attachment,
    Delivery,
    ExchangeArrival,
    ExchangeKey,
    ExchangeNonce,
    ExchangePartner,
    Letter,
    Outbound,
)
from circulars.services.mailboxes import may_set_up
from circulars.workflow import DELIVERY
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.thai.text import normalize
from portal.files.service import FileRefused, store, store_bytes
from portal.org.models import Office, Unit
from portal.org.service import central_registry
from portal.users.models import User
from portal.workflow.service import apply_move

NONCE_DAYS = 2


def ensure_key(*, office: Office, actor: User) -> ExchangeKey:
    """The office's key pair, made when it has none."""
    _check_may(office, actor)
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        kept = ExchangeKey.objects.filter(office=office).first()
        if kept is not None:
            return kept
        private, public = keys.new_pair()
        key = ExchangeKey.objects.create(
            office=office,
            code=office.roman_code or office.code,
            public_key=public,
            secret=secrets.seal(private),
        )
        record(action="exchange.make_key", actor=actor, about=key, office_id=office.pk)
    return key


def admit_partner(
    *, office: Office, actor: User, unit: Unit, code: str, url: str, public_key: str,
    is_active: bool = True, partner: ExchangePartner | None = None,
) -> ExchangePartner:  # fmt: skip
    """Enter a partner, or change one. Raises ``InvalidInput`` for a key or address of no use."""
    _check_may(office, actor)
    if unit not in Unit.objects.outside().filter(office=office):
        raise InvalidInput(_("Choose an agency outside the office."), field="unit")
    if not keys.is_public_key(public_key.strip()):
        raise InvalidInput(_("This is no public key of a portal."), field="public_key")
    host = url.split("://")[-1].split("/")[0].split(":")[0]
    if not (url.startswith("https://") or addresses.is_inside(host)):
        raise InvalidInput(_("The address must begin with https://."), field="url")
    row = partner or ExchangePartner(office=office, added_by=actor)
    row.unit, row.code, row.url = unit, code.strip(), url.strip().rstrip("/")
    row.public_key, row.is_active = public_key.strip(), is_active
    try:
        with transaction.atomic():
            row.save()
            record(action="exchange.admit", actor=actor, about=row, office_id=office.pk)
    except IntegrityError as error:
        raise InvalidInput(_("There is already such a partner."), field="code") from error
    return row


def partners_of(office: Office | None) -> "QuerySet[ExchangePartner]":
    return ExchangePartner.objects.filter(office=office).select_related("unit")


def find_partner(*, sender: str, receiver: str) -> ExchangePartner:
    """The partner that a request names, at the office that it is for."""
    partner = (
        ExchangePartner.objects.filter(
            office__exchange_key__code=receiver, code=sender, is_active=True
        )
        .select_related("unit", "office__exchange_key")
        .first()
    )
    if partner is None:
        raise RequestRefused(code="unknown_partner")
    return partner


def remember(partner: ExchangePartner, nonce: str) -> None:
    """Raises ``RequestRefused`` for a request that was heard before."""
    _row, is_new = ExchangeNonce.objects.get_or_create(partner=partner, nonce=nonce)
    if not is_new:
        raise RequestRefused(code="heard_before")


def purge_nonces() -> int:
    """Requests so old that their time alone refuses them."""
    old = timezone.now() - timedelta(days=NONCE_DAYS)
    return ExchangeNonce.objects.filter(heard_at__lt=old).delete()[0]


def receive(*, partner: ExchangePartner, data: bytes, reports: bool = True) -> ExchangeArrival:
    """Put a partner's letter into the central inbox; the same package again changes nothing.

    ``reports``: whether the partner hears what becomes of it (not for a package that came by
    hand). Raises ``PackageRefused``.
    """
    receiver = partner.office.exchange_key.code
    read = package.read(data, public_key=partner.public_key, receiver=receiver)
    if read.sender != partner.code:
        raise PackageRefused(code="other_sender")
    if read.letter.get("secrecy", Secrecy.OPEN) != Secrecy.OPEN:
        raise PackageRefused(_("Secret letters are not exchanged this way."), code="secret")
    with transaction.atomic():
        ExchangePartner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        known = partner.arrivals.filter(package_id=read.number).first()
        if known is not None:
            return known
        delivery = _enter(partner, read)
        arrival = ExchangeArrival.objects.create(
            partner=partner,
            package_id=read.number,
            delivery=delivery,
            reported=DeliveryState.DELIVERED,
            wants_reports=reports,
            file=store_bytes(
                data=data,
                name=f"letter-{read.number[:12]}.zip",
                content_type="application/zip",
                office=partner.office,
                actor=None,
            ),
        )
        record(
            action="exchange.receive", actor=None, about=delivery, office_id=partner.office_id,
            data={"partner": partner.pk},
        )  # fmt: skip
        arrived = Delivery.objects.filter(pk=delivery.pk)
        letter = delivery.letter
        people = keepers_of(letter, arrived)
        tell("delivered", people, letter, None, letter.get_received_url())
    return arrival


def import_package(*, office: Office, actor: User, data: bytes) -> ExchangeArrival:
    """Take in a package that came by hand, on a stick or with a mail."""
    _check_may(office, actor)
    sender = package.sender_of(data)
    partner = partners_of(office).filter(code=sender).select_related("office__exchange_key")
    found = partner.first()
    if found is None or not hasattr(found.office, "exchange_key"):
        raise PackageRefused(_("The sender of this package is none of your partners."))
    return receive(partner=found, data=data, reports=False)


def export_package(*, delivery: Delivery, actor: User) -> bytes:
    """The letter as a package for the partner, to hand over where the network is down."""
    partner = ExchangePartner.objects.filter(unit=delivery.unit).first()
    office = delivery.letter.unit.office
    key = ExchangeKey.objects.filter(office=office).first()
    sent = delivery.outbounds.order_by("-pk").first()
    if partner is None or key is None or sent is None:
        raise NotAllowed(action="exchange.export", about=delivery)
    record(action="exchange.export", actor=actor, about=delivery)
    return package.build(
        delivery.letter,
        number=sent.token,
        sender=key.code,
        receiver=partner.code,
        private_key=secrets.unseal(key.secret),
    )


def receive_status(*, partner: ExchangePartner, report: dict[str, Any]) -> Delivery:
    """A partner says how far our letter has come. Raises ``RequestRefused`` for no such letter.

    Reports may come twice or in any order: a letter never goes back.
    """
    state = str(report.get("state", ""))
    moment = package.moment_of(report.get("at"))
    sent = (
        Outbound.objects.filter(
            token=str(report.get("package", "")), way=Way.PORTAL, delivery__unit=partner.unit_id
        )
        .select_related("delivery")
        .first()
    )
    if sent is None or sent.delivery is None:
        raise RequestRefused(code="unknown_letter")
    if state not in STAGES or moment is None:
        raise RequestRefused(code="unknown_state")
    return apply_move(
        DELIVERY,
        "confirm",
        pk=sent.delivery.pk,
        actor=None,
        state=DeliveryState(state),
        moment=min(moment, timezone.now()),
        number=str(report.get("number", "")),
    )


def report_states() -> int:
    """Tell partners what became of their letters since they last heard; returns how many."""
    behind = ExchangeArrival.objects.filter(wants_reports=True, partner__is_active=True)
    pks = list(behind.exclude(reported=F("delivery__state")).values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            arrival = ExchangeArrival.objects.select_for_update(of=("self",)).get(pk=pk)
            delivery = Delivery.objects.select_related("entry__register").get(
                pk=arrival.delivery_id
            )
            if arrival.reported != delivery.state:
                queue_status(arrival, _report(arrival, delivery))
                arrival.reported = delivery.state
                arrival.save(update_fields=["reported"])
    return len(pks)


def _report(arrival: ExchangeArrival, delivery: Delivery) -> dict[str, str]:
    entry = delivery.entry
    times = {
        DeliveryState.OPENED: delivery.opened_at,
        DeliveryState.REGISTERED: entry.registered_at if entry else None,
        DeliveryState.ACKNOWLEDGED: delivery.acknowledged_at,
        DeliveryState.ANSWERED: delivery.answered_at,
    }
    moment = times.get(DeliveryState(delivery.state)) or timezone.now()
    return {
        "package": arrival.package_id,
        "state": delivery.state,
        "at": moment.isoformat(),
        "number": f"{entry.number}/{entry.register.year}" if entry else "",
    }


def _enter(partner: ExchangePartner, read: package.Package) -> Delivery:
    """The letter as one from outside, entered by the portal itself."""
    words = {name: normalize(str(read.letter.get(name) or "")) for name in _WORDS}
    letter = Letter.objects.create(
        unit=partner.unit,
        drafter=partner.added_by,
        kind=LetterKind.LETTER,
        state=LetterState.OUTSIDE,
        channel=Channel.EXCHANGE,
        subject=words["subject"][:300] or "–",
        addressee=words["addressee"][:200],
        body=clean_body(str(read.letter.get("body") or "")),
        number_text=words["number"][:80],
        letter_date=_day(read.letter.get("date")),
        due_on=_day(read.letter.get("due_on")),
        answer_wanted=read.letter.get("answer_wanted") is True,
        speed=_speed(read.letter.get("speed")),
    )
    position = 0
    for enclosed in read.files:
        try:
            file = store(
                upload=ContentFile(enclosed.data, enclosed.name), office=partner.office, actor=None
            )
        except FileRefused as error:
            raise PackageRefused(str(error), code="bad_file") from error
        if enclosed.is_document and letter.pdf_id is None:
            letter.pdf = file
            letter.save(update_fields=["pdf"])
            continue
        position += 1
        title = enclosed.title or enclosed.name
        Attachment.objects.create(letter=letter, file=file, title=title, position=position)
    return Delivery.objects.create(
        letter=letter, unit=central_registry(partner.office), delivered_at=timezone.now()
    )


_WORDS = ("subject", "addressee", "number")


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _speed(text: object) -> Speed:
    return Speed(str(text)) if str(text) in Speed.values else Speed.ORDINARY


def _check_may(office: Office, actor: User) -> None:
    if actor.office_id != office.pk or not may_set_up(actor):
        raise NotAllowed(action="exchange.set_up", about=office)

"""Letters that did not come through the portal: from which agency, what they say, for whom."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.secrecy import seal_letter_files
from circulars.effects.uploads import take_uploads
from circulars.enums import INBOX_ROLES, Channel, LetterKind, LetterState, Secrecy
from circulars.inboxes import heir_of, inbox_units
from circulars.models import Attachment, Delivery, Letter
from circulars.services.letters import TOP_SECRET_REFUSAL
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize
from portal.files.models import StoredFile
from portal.org.enums import UnitKind
from portal.org.models import Office, Unit
from portal.users.models import User

Enclosure = tuple[StoredFile, str]
"""A file and the title under which it is listed."""


def agency(*, office: Office, name: str, actor: User, **facts: str) -> Unit:
    """The agency of this name outside the office, entered when it is new.

    A short name that only one agency has means that agency; the name of one that was merged
    into another means the other.
    ``facts`` are ``short_name``, ``letter_code``, ``email`` and ``phone`` of a new one. Two
    clerks who enter the same name at once get the same agency.
    """
    name = normalize(name)
    if not name:
        raise InvalidInput(_("Say who sent the letter."), field="sender")
    if (known := known_agency(office=office, name=name)) is not None:
        return known
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        known = known_agency(office=office, name=name)
        if known is not None:
            return known
        unit = Unit.objects.create(office=office, kind=UnitKind.OUTSIDE, name=name, **facts)
        record(action="letter.add_agency", actor=actor, about=unit)
    return unit


def known_agency(*, office: Office, name: str) -> Unit | None:
    """The agency of this name or short name, if the office has written it down."""
    name = normalize(name)
    agencies = Unit.objects.outside().filter(office=office).select_related("merged_into")
    named = agencies.filter(name=name).order_by(F("closed_on").desc(nulls_first=True)).first()
    if named is not None:
        return heir_of(named)
    short = list(agencies.filter(short_name=name, closed_on=None)[:2]) if name else []
    return short[0] if len(short) == 1 else None


def enter(
    *,
    unit: Unit,
    actor: User,
    sender: Unit,
    channel: Channel,
    subject: str,
    reference: str = "",
    dated: date | None = None,
    arrived_at: datetime | None = None,
    document: StoredFile | None = None,
    enclosures: Sequence[Enclosure] = (),
    already: Sequence[int] = (),
    **fields: Any,
) -> Delivery:
    """Put a letter from outside into the inbox of ``unit``, where it waits to be registered.

    ``reference`` is its ที่ and ``dated`` its ลงวันที่; ``arrived_at`` is when it entered the
    house and decides a dispute (amendment 4, appendix 6, 2.4). ``fields`` are further fields of
    the letter: ``addressee``, ``body``, ``speed``, ``secrecy``, ``due_on``, ``answer_wanted``,
    ``details``. Files are the actor's fresh uploads, but for those whose ids are in
    ``already``: the portal took them over with a mail. Raises ``NotAllowed`` unless the actor
    keeps the inbox, ``InvalidInput`` for what may not be kept here.
    """
    _check(unit, actor, sender, subject, fields)
    with transaction.atomic():
        letter = Letter.objects.create(
            unit=sender,
            drafter=actor,
            kind=LetterKind.LETTER,
            state=LetterState.OUTSIDE,
            channel=channel,
            subject=normalize(subject),
            number_text=to_arabic(normalize(reference)),
            letter_date=dated,
            pdf=document,
            **fields,
        )
        files = [file for file, _title in enclosures]
        take_uploads([*files, *filter(None, [document])], actor, already=already)
        Attachment.objects.bulk_create(
            Attachment(letter=letter, file=file, title=title[:200], position=position)
            for position, (file, title) in enumerate(enclosures, 1)
        )
        delivery = Delivery.objects.create(
            letter=letter, unit=unit, delivered_at=arrived_at or timezone.now()
        )
        seal_letter_files(letter)
        record(action="letter.enter", actor=actor, about=delivery, data={"channel": str(channel)})
    return delivery


def _check(unit: Unit, actor: User, sender: Unit, subject: str, fields: dict[str, Any]) -> None:
    if unit.pk not in inbox_units(actor, INBOX_ROLES):
        raise NotAllowed(action="letter.enter", about=unit)
    if sender.kind != UnitKind.OUTSIDE or sender.office_id != unit.office_id:
        raise NotAllowed(action="letter.enter", about=sender)
    if not subject.strip():
        raise InvalidInput(_("A letter needs its subject."), field="subject")
    if fields.get("secrecy") == Secrecy.TOP_SECRET:
        raise InvalidInput(TOP_SECRET_REFUSAL, field="secrecy")

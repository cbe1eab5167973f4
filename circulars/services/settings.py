"""What an office decides about its letters."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.uploads import take_uploads
from circulars.enums import CircularSeries, LetterKind, RegisterKind
from circulars.models import LetterSettings, Register
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.thai.dates import be_year
from portal.files.models import StoredFile
from portal.org.enums import Role
from portal.org.models import Office
from portal.org.permissions import has_role
from portal.users.models import User


def may_change_settings(user: User) -> bool:
    """The central registry decides how the office's letters are numbered and printed."""
    return has_role(user, Role.REGISTRY)


def settings_of(office: Office) -> LetterSettings:
    """The office's settings; the usual ones, not stored yet, when nobody has changed any."""
    return LetterSettings.objects.filter(office=office).first() or LetterSettings(office=office)


def change_settings(
    *,
    office: Office,
    actor: User,
    circular_series: CircularSeries,
    thai_digits: bool,
    emblem: StoredFile | None,
) -> LetterSettings:
    """Raises ``NotAllowed`` unless the actor keeps the central registry of that office.

    Raises ``InvalidInput`` when another series would give a circular of this year a number that
    one has already.
    """
    if actor.office_id != office.pk or not may_change_settings(actor):
        raise NotAllowed(action="letter_settings.change", about=office)
    with transaction.atomic():
        kept = LetterSettings.objects.select_for_update().filter(office=office).first()
        kept = kept or LetterSettings(office=office)
        if circular_series != kept.circular_series:
            _check_series(office, circular_series)
        if emblem:
            take_uploads([emblem], actor, already=[kept.emblem_id] if kept.emblem_id else [])
        kept.circular_series = circular_series
        kept.thai_digits = thai_digits
        kept.emblem = emblem
        kept.save()
        record(
            action="letter_settings.change",
            actor=actor,
            about=office,
            data={"series": circular_series, "thai_digits": thai_digits},
        )
    return kept


def _check_series(office: Office, series: CircularSeries) -> None:
    """Refuse a series whose next number is not above all circulars of the year (clause 32)."""
    year = be_year(timezone.localdate())
    books = Register.objects.filter(unit__office=office, year=year)
    kind = RegisterKind.CIRCULAR if series == CircularSeries.OWN else RegisterKind.OUTGOING
    reached = dict(books.filter(kind=kind).values_list("unit_id", "last_number"))
    given = books.filter(entries__letter__kind=LetterKind.CIRCULAR).order_by()
    for unit_id, highest in given.values_list("unit_id").annotate(Max("entries__number")):
        if reached.get(unit_id, 0) < highest:
            raise InvalidInput(
                _(
                    "Circulars of this year already have numbers up to %(number)s. Another "
                    "series would give some of them twice: change it before the first one of "
                    "a year."
                )
                % {"number": highest},
                field="circular_series",
            )

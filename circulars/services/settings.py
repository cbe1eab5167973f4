"""What an office decides about its letters."""

from django.db import transaction

from circulars.effects.uploads import take_uploads
from circulars.enums import CircularSeries
from circulars.models import LetterSettings
from portal.audit.service import record
from portal.core.errors import NotAllowed
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
    """Raises ``NotAllowed`` unless the actor keeps the central registry of that office."""
    if actor.office_id != office.pk or not may_change_settings(actor):
        raise NotAllowed(action="letter_settings.change", about=office)
    with transaction.atomic():
        kept = LetterSettings.objects.select_for_update().filter(office=office).first()
        kept = kept or LetterSettings(office=office)
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

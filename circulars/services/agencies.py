"""The directory of agencies outside the office: who may keep it, changing and merging rows."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import INBOX_ROLES, LetterState
from circulars.models import Letter, Recipient
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.thai.digits import to_arabic, to_thai
from portal.core.thai.text import normalize
from portal.org.enums import Role
from portal.org.models import Office, Unit
from portal.org.permissions import has_role
from portal.users.models import User

FACTS = ("name", "short_name", "letter_code", "email", "phone")
"""What the directory holds of an agency."""

KEEPERS = (Role.REGISTRY, Role.GROUP_REGISTRY)
"""Roles that correct the directory; everybody who keeps an inbox reads it."""


def reads_directory(user: User) -> bool:
    return has_role(user, *INBOX_ROLES)


def keeps_directory(user: User) -> bool:
    return has_role(user, *KEEPERS)


def directory(user: User) -> QuerySet[Unit]:
    """The agencies of the user's office that are written to today, for those who may look."""
    if not reads_directory(user):
        return Unit.objects.none()
    return Unit.objects.outside().filter(office_id=user.office_id, closed_on=None)


def search(*, office: Office | None, words: str) -> QuerySet[Unit]:
    """The agencies written to today whose name, short name or code holds each of ``words``."""
    found = Unit.objects.outside().filter(office=office, closed_on=None)
    for word in normalize(words).split():
        either = Q()
        for spelled in {to_arabic(word), to_thai(word)}:
            either |= Q(name__icontains=spelled) | Q(short_name__icontains=spelled)
            either |= Q(letter_code__icontains=spelled) | Q(email__icontains=spelled)
        found = found.filter(either)
    return found.order_by("sort_key", "pk")


def change_agency(*, agency: Unit, actor: User, **facts: str) -> Unit:
    """Correct what the directory says of an agency. What letters printed stays as it was.

    Raises ``InvalidInput`` for a name that is empty or another agency's already.
    """
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"no fact of an agency: {sorted(unknown)}")
    with transaction.atomic():
        row = _locked(agency, actor, "agency.change")
        changed = _write(row, facts)
        if changed:
            row.save(update_fields=changed)
            record(action="agency.change", actor=actor, about=row, data={"fields": changed})
    return row


def merge_agencies(*, agency: Unit, into: Unit, actor: User) -> Unit:
    """Make two rows of one agency one: letters and drafts of ``agency`` go over to ``into``.

    Its name keeps leading to ``into``. Deliveries of the past stay where they were sent, and
    the registers keep the words that were written in them. Returns ``into``.
    """
    if agency.pk == into.pk:
        raise InvalidInput(_("Choose another agency than this one."), field="into")
    with transaction.atomic():
        _lock_office(agency.office)
        row = _locked(agency, actor, "agency.merge")
        kept = _locked(into, actor, "agency.merge")
        letters = Letter.objects.filter(unit=row, state=LetterState.OUTSIDE).update(unit=kept)
        _hand_over_recipients(row, kept)
        for name in FACTS[1:]:
            setattr(kept, name, getattr(kept, name) or getattr(row, name))
        kept.save(update_fields=FACTS[1:])
        # Closed since yesterday: a unit still works on its last day.
        row.closed_on = timezone.localdate() - timedelta(days=1)
        row.merged_into = kept
        row.save(update_fields=["closed_on", "merged_into"])
        Unit.objects.filter(merged_into=row).update(merged_into=kept)
        data = {"into": kept.pk, "letters": letters}
        record(action="agency.merge", actor=actor, about=row, data=data)
    return kept


def letter_count(agency: Unit) -> int:
    """How many letters of this agency the office has received."""
    return Letter.objects.filter(unit=agency, state=LetterState.OUTSIDE).count()


def _locked(agency: Unit, actor: User, action: str) -> Unit:
    """The row under a lock, if ``actor`` keeps the directory of its office."""
    found = Unit.objects.outside().filter(office_id=actor.office_id, pk=agency.pk)
    row = found.select_for_update(of=("self",)).select_related("office").first()
    if row is None or not keeps_directory(actor):
        raise NotAllowed(action=action, about=agency)
    if row.closed_on is not None:
        raise StaleAction(
            _("This agency was merged into another."), state="merged", about=row.merged_into
        )
    return row


def _lock_office(office: Office) -> None:
    """One merge at a time: two of them crosswise would wait for each other for ever."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def _write(row: Unit, facts: dict[str, Any]) -> list[str]:
    """Set the facts that differ; the names of those that changed."""
    tidy = {name: normalize(value) for name, value in facts.items()}
    if "name" in tidy:
        _check_name(row, tidy["name"])
    changed = sorted(name for name, value in tidy.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, tidy[name])
    return changed


def _check_name(row: Unit, name: str) -> None:
    if not name:
        raise InvalidInput(_("An agency needs a name."), field="name")
    others = Unit.objects.outside().filter(office_id=row.office_id, closed_on=None, name=name)
    if others.exclude(pk=row.pk).exists():
        message = _("Another agency has this name already. Merge the two instead.")
        raise InvalidInput(message, field="name")


def _hand_over_recipients(row: Unit, kept: Unit) -> None:
    """Letters not sent yet go to ``kept``, once each."""
    waiting = Recipient.objects.filter(unit=row)
    twice = Recipient.objects.filter(unit=kept, letter__in=waiting.values("letter"))
    waiting.filter(letter__in=twice.values("letter")).delete()
    waiting.update(unit=kept)

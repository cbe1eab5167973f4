"""Surveying, voting on and recording the destruction of letters (clauses 66–70)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.archive import house_keepers, tell
from circulars.effects.archive_destruction import add_lines, keep_line
from circulars.enums_archive import (
    RUNNING,
    SURVEY_DAYS,
    DestructionState,
    KeptBy,
    Outcome,
)
from circulars.models import (
    Destruction,
    DestructionLine,
    DestructionMember,
    DestructionVote,
    KeptLetter,
)
from circulars.permissions_archive import heads_house, keeps_house
from circulars.querysets_archive import of_house
from circulars.services.archive_lists import last_year
from circulars.workflow_archive import DESTRUCTION
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.files.models import StoredFile
from portal.files.service import remove
from portal.org.enums import UnitKind
from portal.org.models import Membership, Unit
from portal.users.models import User
from portal.workflow.service import apply_move


def survey_deadline(year: int) -> date:
    """60 days after the end of a BE year (clause 66)."""
    return date(year - 543, 12, 31) + timedelta(days=SURVEY_DAYS)


def begin(*, house: Unit, actor: User, year: int | None = None) -> Destruction:
    """The list of a year, with all paper whose period has ended."""
    year = year or last_year()
    made = Destruction(house=house, year=year)
    if not keeps_house(actor, made):
        raise NotAllowed(action="destruction.begin", about=house)
    if year > last_year():
        raise InvalidInput(_("This year has not ended yet."), field="year")
    return _begin(made, actor)


def _begin(made: Destruction, actor: User | None) -> Destruction:
    try:
        with transaction.atomic():
            made.save()
            found = add_lines(made, KeptLetter.objects.due(made.year))
            record(action="destruction.begin", actor=actor, about=made, data={"letters": found})
    except IntegrityError as error:
        raise InvalidInput(_("There is a list of this year already."), field="year") from error
    return made


def begin_surveys(today: date | None = None) -> int:
    """In the first 60 days of a year: a list for every house where something is due; how many.

    Safe to run daily: a house that has the year's list gets no second one.
    """
    today = today or timezone.localdate()
    year = today.year + 543 - 1
    if today > survey_deadline(year):
        return 0
    begun = 0
    houses = Unit.objects.filter(kind__in=(UnitKind.OFFICE, UnitKind.SCHOOL)).exclude(
        destructions__year=year
    )
    for house in houses.order_by("pk"):
        if not KeptLetter.objects.due(year).filter(of_house(house)).exists():
            continue
        with transaction.atomic():
            made = _begin(Destruction(house=house, year=year), None)
            words = {"year": str(year), "due_on": survey_deadline(year).isoformat()}
            tell("archive_survey", house_keepers(house), made, None, words)
        begun += 1
    return begun


def survey_again(*, destruction: Destruction, actor: User) -> int:
    """Add what has become due since the list was begun."""
    with transaction.atomic():
        locked = _locked(destruction, actor, DestructionState.SURVEY)
        found = add_lines(locked, KeptLetter.objects.due(locked.year))
        record(action="destruction.survey", actor=actor, about=locked, data={"letters": found})
    return found


def drop_line(*, line: DestructionLine, actor: User) -> None:
    """Leave a letter off the list before it is submitted; it is surveyed again next year."""
    with transaction.atomic():
        locked = _locked(line.destruction, actor, DestructionState.SURVEY)
        line.delete()
        record(action="destruction.drop_line", actor=actor, about=locked)


def keep(*, line: DestructionLine, actor: User, note: str) -> DestructionLine:
    """The head takes one letter out at any stage before the destruction (a case, a mistake)."""
    if not note:
        raise InvalidInput(_("Say why."), field="note")
    with transaction.atomic():
        destruction = Destruction.objects.select_for_update().get(pk=line.destruction_id)
        if not heads_house(actor, destruction):
            raise NotAllowed(action="destruction.keep", about=destruction)
        later = (DestructionState.APPROVED, DestructionState.SENT, DestructionState.CLEARED)
        if destruction.state not in later:
            raise _too_late(destruction)
        line = DestructionLine.objects.select_for_update().get(pk=line.pk)
        if line.outcome == Outcome.DESTROY:
            line.note = note
            keep_line(line, KeptBy.HEAD, destruction.year + 1)
            record(action="destruction.keep", actor=actor, about=destruction)
    return line


def people_for_committee(destruction: Destruction) -> "QuerySet[User]":
    """Who may sit in the committee: people with a post in the house, not its head."""
    posts = Membership.objects.on().filter(of_house(destruction.house))
    people = User.objects.filter(is_active=True, pk__in=posts.values("person"))
    return people.order_by("sort_key", "pk")


@dataclass(frozen=True)
class Vote:
    line: int
    destroy: bool
    keep_until: int | None = None
    reason: str = ""


def vote(*, destruction: Destruction, actor: User, votes: Sequence[Vote]) -> int:
    """One member's opinion on some lines; may be changed until the committee reports."""
    with transaction.atomic():
        destruction = Destruction.objects.select_for_update().get(pk=destruction.pk)
        seat = DestructionMember.objects.filter(destruction=destruction, person=actor).first()
        if seat is None:
            raise NotAllowed(action="destruction.vote", about=destruction)
        if destruction.state != DestructionState.COMMITTEE:
            raise _too_late(destruction)
        lines = {line.pk: line for line in destruction.lines.all()}
        for given in votes:
            _cast(seat, lines[given.line], given, destruction.year)
        record(
            action="destruction.vote", actor=actor, about=destruction,
            data={"letters": len(votes)},
        )  # fmt: skip
    return len(votes)


def _cast(seat: DestructionMember, line: DestructionLine, given: Vote, year: int) -> None:
    until = None if given.destroy else given.keep_until
    if until is not None and until <= year:
        raise InvalidInput(
            _("Line %(n)s: until which later year is it kept?") % {"n": line.position}
        )
    DestructionVote.objects.update_or_create(
        line=line,
        seat=seat,
        defaults={
            "destroy": given.destroy,
            "keep_until": until,
            "reason": given.reason,
            "voted_at": timezone.now(),
        },
    )


def undecided_lines(destruction: Destruction, seat: DestructionMember) -> int:
    """How many lines a member has not voted on."""
    return destruction.lines.exclude(votes__seat=seat).count()


def sign_record(*, destruction: Destruction, actor: User) -> DestructionMember:
    """A member signs the record of destruction (clause 68.5)."""
    with transaction.atomic():
        destruction = Destruction.objects.select_for_update().get(pk=destruction.pk)
        seat = DestructionMember.objects.filter(destruction=destruction, person=actor).first()
        if seat is None:
            raise NotAllowed(action="destruction.sign_record", about=destruction)
        if destruction.state != DestructionState.DESTROYED:
            raise _too_late(destruction)
        if seat.signed_at is None:
            seat.signed_at = timezone.now()
            seat.save(update_fields=["signed_at"])
            record(action="destruction.sign_record", actor=actor, about=destruction)
    return seat


def move(
    *, destruction: Destruction, name: str, actor: User, expected: str | None = None, **inputs: Any
) -> Destruction:
    return apply_move(
        DESTRUCTION, name, pk=destruction.pk, actor=actor, expected=expected, **inputs
    )


def remove_destroyed_files(destruction_id: int) -> int:
    """Delete the files of destroyed letters that nothing else points at; safe to run twice."""
    removed = 0
    lines = DestructionLine.objects.filter(
        destruction=destruction_id, destroyed_at__isnull=False
    ).exclude(files=[])
    for line in lines:
        with transaction.atomic():
            removed += remove(StoredFile.objects.filter(pk__in=line.files))
            line.files = []
            line.save(update_fields=["files"])
    return removed


def tally(destruction: Destruction) -> "QuerySet[DestructionLine]":
    """The lines with how many voted and how many for destruction."""
    return destruction.lines.select_related("kept__folder", "kept__unit").annotate(
        given=Count("votes"), for_it=Count("votes", filter=Q(votes__destroy=True))
    )


def running(user: User) -> "QuerySet[Destruction]":
    return Destruction.objects.visible_to(user).filter(state__in=RUNNING)


def _locked(destruction: Destruction, actor: User, state: DestructionState) -> Destruction:
    locked = (
        Destruction.objects.select_for_update(of=("self",))
        .select_related("house")
        .get(pk=destruction.pk)
    )
    if not keeps_house(actor, locked):
        raise NotAllowed(action="destruction.change", about=locked)
    if locked.state != state:
        raise _too_late(locked)
    return locked


def _too_late(destruction: Destruction) -> StaleAction:
    return StaleAction(
        _("Someone was faster: this is now “%(state)s”.")
        % {"state": destruction.get_state_display()},
        state=destruction.state,
        about=destruction,
    )

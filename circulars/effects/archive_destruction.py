"""The stages of destroying letters (clauses 66–70, 89/5), each leaving who and when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.archive import (
    check_past,
    house_heads,
    house_keepers,
    tell,
    tell_waiting,
)
from circulars.effects.archive_content import strip_content
from circulars.enums_archive import (
    ARCHIVES_DAYS,
    COMMITTEE_LEAST,
    OUT,
    ArchivesAnswer,
    DestructionState,
    KeptBy,
    KeptState,
    LoanState,
    Medium,
    Outcome,
)
from circulars.models import (
    Destruction,
    DestructionLine,
    DestructionMember,
    DestructionVote,
    KeptLetter,
    Loan,
)
from circulars.querysets_archive import days_after, of_house
from portal.core.errors import InvalidInput
from portal.core.tasks import defer
from portal.users.models import User


def add_lines(destruction: Destruction, letters: "QuerySet[KeptLetter]") -> int:
    """Put letters of the house at the end of form 25; how many."""
    listed = destruction.lines.values("kept")
    new = letters.filter(of_house(destruction.house)).exclude(pk__in=listed)
    last = destruction.lines.aggregate(last=Max("position"))["last"] or 0
    rows = DestructionLine.objects.bulk_create(
        DestructionLine(destruction=destruction, kept_id=pk, position=last + offset)
        for offset, pk in enumerate(
            new.order_by("finished_on", "pk").values_list("pk", flat=True), 1
        )
    )
    return len(rows)


def order_electronic(
    *, obj: Destruction, actor: User, before: date, order_number: str, reason: str,
    **_inputs: Any,
) -> None:  # fmt: skip
    """Only the head orders electronic letters to be deleted, the oldest first (89/5)."""
    if not add_lines(obj, KeptLetter.objects.old_electronic(before)):
        raise InvalidInput(
            _("No electronic letter that may be deleted is that old."), field="before"
        )
    obj.electronic_by = actor
    obj.electronic_at = timezone.now()
    obj.electronic_order = order_number
    obj.electronic_reason = reason


def propose(*, obj: Destruction, actor: User, **_inputs: Any) -> None:
    if not obj.lines.exists():
        raise InvalidInput(_("The list has no letters yet."))
    obj.made_on = timezone.localdate()
    obj.proposed_by = actor
    obj.proposed_at = timezone.now()
    tell_waiting(house_heads(obj.house), obj, actor)


def send_back(*, obj: Destruction, actor: User, remark: str, **_inputs: Any) -> None:
    obj.remark = remark
    tell_waiting(house_keepers(obj.house), obj, actor)


def appoint(
    *, obj: Destruction, actor: User, chair: User, members: Sequence[User], order_number: str,
    order_date: date, **_inputs: Any,
) -> None:  # fmt: skip
    """A chair and at least two members, appointed by an order (clause 67)."""
    others = [person for person in dict.fromkeys(members) if person != chair]
    if len(others) + 1 < COMMITTEE_LEAST:
        raise InvalidInput(
            _("A committee has a chair and at least two members (clause 67)."), field="members"
        )
    check_past(order_date, "order_date")
    obj.appointed_by = actor
    obj.appointed_at = timezone.now()
    obj.order_number = order_number
    obj.order_date = order_date
    DestructionMember.objects.bulk_create(
        DestructionMember(destruction=obj, person=person, is_chair=person == chair)
        for person in (chair, *others)
    )
    words = {"year": str(obj.year), "house": str(obj.house)}
    tell("archive_seat", (chair, *others), obj, actor, words)


def report(*, obj: Destruction, actor: User, **_inputs: Any) -> None:
    """The majority decides on each line; who is against it has said why (clauses 67, 68)."""
    seats = obj.seats.count()
    lines = obj.lines.annotate(
        given=Count("votes"), for_it=Count("votes", filter=Q(votes__destroy=True))
    )
    unvoted = lines.filter(given__lt=seats).count()
    if unvoted:
        raise InvalidInput(_("%(n)s letters lack the opinion of a member.") % {"n": unvoted})
    for line in lines.select_related("kept"):
        destroyed = line.for_it * 2 > seats
        _check_dissent(line, destroyed)
        if destroyed:
            line.outcome = Outcome.DESTROY
            line.save(update_fields=["outcome"])
        else:
            longest = line.votes.aggregate(year=Max("keep_until"))["year"]
            keep_line(line, KeptBy.COMMITTEE, longest)
    obj.reported_at = timezone.now()
    tell_waiting(house_heads(obj.house), obj, actor)


def _check_dissent(line: DestructionLine, destroyed: bool) -> None:
    silent = DestructionVote.objects.filter(line=line, destroy=not destroyed, reason="")
    if silent.exists():
        raise InvalidInput(
            _("Line %(n)s: who does not agree with the majority records why (clause 67).")
            % {"n": line.position}
        )


def approve(*, obj: Destruction, actor: User, keep: Iterable[int] = (), **_inputs: Any) -> None:
    """The head may keep what the committee would destroy, never the reverse (clause 69)."""
    for line in obj.lines.filter(pk__in=list(keep), outcome=Outcome.DESTROY):
        keep_line(line, KeptBy.HEAD, obj.year + 1)
    obj.approved_by = actor
    obj.approved_at = timezone.now()
    tell_waiting(house_keepers(obj.house), obj, actor)


def if_any(state: DestructionState) -> Any:
    """The next state while a line is still to be destroyed; else the chain ends here."""

    def target(obj: Destruction, _inputs: Any) -> str:
        left = obj.lines.filter(outcome=Outcome.DESTROY).exists()
        return state if left else DestructionState.CANCELLED

    return target


def send(*, obj: Destruction, actor: User, sent_on: date, reference: str, **_inputs: Any) -> None:
    check_past(sent_on, "sent_on")
    assert obj.approved_at is not None  # a constraint  # noqa: S101
    if sent_on < timezone.localdate(obj.approved_at):
        raise InvalidInput(_("It was approved only later."), field="sent_on")
    obj.sent_on = sent_on
    obj.sent_reference = reference


def answer(
    *, obj: Destruction, actor: User, answered_on: date, reference: str,
    answers: Mapping[int, tuple[str, int | None]] | None = None, **_inputs: Any,
) -> None:  # fmt: skip
    """What the National Archives says, line by line; silence on a line is consent (70)."""
    check_past(answered_on, "answered_on")
    if obj.sent_on and answered_on < obj.sent_on:
        raise InvalidInput(_("It was sent only later."), field="answered_on")
    said = answers or {}
    for line in obj.lines.filter(outcome=Outcome.DESTROY).select_related("kept"):
        word, year = said.get(line.pk, (ArchivesAnswer.AGREE, None))
        _hear(line, ArchivesAnswer(word), year, obj.year)
    obj.answered_on = answered_on
    obj.answer_reference = reference
    obj.cleared_on = timezone.localdate()
    tell_waiting([seat.person for seat in obj.seats.filter(is_chair=True)], obj, actor)


def _hear(line: DestructionLine, word: ArchivesAnswer, year: int | None, listed: int) -> None:
    line.archives_answer = word
    if word == ArchivesAnswer.AGREE:
        line.save(update_fields=["archives_answer"])
        return
    if word == ArchivesAnswer.UNTIL and (year is None or year <= listed):
        raise InvalidInput(
            _("Line %(n)s: until which later year is it kept?") % {"n": line.position}
        )
    keep_line(line, KeptBy.ARCHIVES, year if word == ArchivesAnswer.UNTIL else None)


def lapse(*, obj: Destruction, actor: User, **_inputs: Any) -> None:
    """No answer within 60 days counts as consent (clause 70.1)."""
    assert obj.sent_on is not None  # a constraint  # noqa: S101
    today = timezone.localdate()
    end = days_after(obj.sent_on, ARCHIVES_DAYS)
    if today <= end:
        raise InvalidInput(
            _("The National Archives has %(n)s more days to answer (clause 70.1).")
            % {"n": (end - today).days + 1}
        )
    obj.cleared_on = today
    tell_waiting([seat.person for seat in obj.seats.filter(is_chair=True)], obj, actor)


def destroy(
    *, obj: Destruction, actor: User, method: str, place: str, destroyed_on: date,
    **_inputs: Any,
) -> None:  # fmt: skip
    """Under the committee's eyes (68.5); what is electronic is removed here and now."""
    check_past(destroyed_on, "destroyed_on")
    if obj.cleared_on and destroyed_on < obj.cleared_on:
        raise InvalidInput(_("It was allowed only later."), field="destroyed_on")
    lines = obj.lines.filter(outcome=Outcome.DESTROY)
    kept = KeptLetter.objects.select_for_update().filter(pk__in=lines.values("kept"))
    _check_all_may_go(kept)
    letters = list(kept.values_list("pk", flat=True))
    _end_reading(letters)
    kept.update(state=KeptState.DESTROYED)
    lines.update(destroyed_at=timezone.now())
    strip_content(lines)
    obj.destroyed_on = destroyed_on
    obj.destroyed_by = actor
    obj.method = method
    obj.place = place
    defer("circulars.archive_remove_files", obj.pk)
    tell_waiting((seat.person for seat in obj.seats.all()), obj, actor)


def _check_all_may_go(kept: "QuerySet[KeptLetter]") -> None:
    if not kept:
        raise InvalidInput(_("The list has no letters yet."))
    held = [row for row in kept if row.legal_hold or row.is_archival]
    if held:
        raise InvalidInput(
            _("Held back from destruction: %(letters)s")
            % {"letters": ", ".join(str(row) for row in held[:5])}
        )
    lent = Loan.objects.filter(kept__in=[row.pk for row in kept], state__in=OUT, is_paper=True)
    if lent.exists():
        raise InvalidInput(
            _("Still lent: %(letters)s")
            % {"letters": ", ".join(str(loan.kept) for loan in lent[:5])}
        )


def _end_reading(letters: list[int]) -> None:
    """Rights to read end with the letters; requests fall away."""
    loans = Loan.objects.filter(kept__in=letters)
    loans.filter(state=LoanState.LENT).update(
        state=LoanState.RETURNED, returned_on=timezone.localdate()
    )
    waiting = (LoanState.ASKED, LoanState.CONFIRMED)
    loans.filter(state__in=waiting).update(state=LoanState.WITHDRAWN)


def note(*, obj: Destruction, actor: User, **_inputs: Any) -> None:
    """The head takes note of the record that the committee signed (clause 68.5)."""
    signed = obj.seats.filter(signed_at__isnull=False).count()
    if signed * 2 <= obj.seats.count():
        raise InvalidInput(_("The committee has not signed the record of destruction yet."))
    obj.noted_by = actor
    obj.noted_at = timezone.now()


def keep_line(line: DestructionLine, by: KeptBy, until: int | None) -> None:
    """Take a letter out of the destruction and correct its mark (clauses 68.2, 69.1, 70.2).

    ``until`` is a BE year; for the National Archives none means for ever.
    """
    kept = line.kept
    line.outcome = Outcome.KEEP
    line.kept_by = by
    if by == KeptBy.ARCHIVES and until is None:
        kept.is_archival = True
        kept.keep_until = None
    else:
        line.keep_until = until or line.destruction.year + 1
        if kept.medium == Medium.PAPER and kept.keep_until is not None:
            kept.keep_until = max(kept.keep_until, line.keep_until)
    kept.save(update_fields=["is_archival", "keep_until"])
    line.save()


def cancel(*, obj: Destruction, actor: User, remark: str, **_inputs: Any) -> None:
    obj.remark = remark

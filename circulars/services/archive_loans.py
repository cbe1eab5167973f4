"""Lending kept letters (clauses 62–65)."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.archive import check_lendable, loan_words, tell, unit_heads, unit_keepers
from circulars.enums_archive import LoanState, Medium
from circulars.models import KeptLetter, Loan
from circulars.permissions_archive import keeps_letter
from circulars.workflow_archive import LOAN
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.files.models import StoredFile
from portal.org.models import Membership, Unit
from portal.users.models import User
from portal.workflow.service import apply_move, available

LONGEST = timedelta(days=180)
REMIND_EVERY = timedelta(days=7)


def ask(
    *,
    kept: KeptLetter,
    actor: User,
    purpose: str,
    due_on: date,
    borrower: User | None = None,
    agency: str = "",
    evidence: str = "",
) -> Loan:
    """Ask for a letter: for oneself, or as its keeper for somebody or for an agency.

    A private person cannot borrow (clause 65). Whoever heads their unit needs no confirmation.
    """
    check_lendable(kept)
    borrower = None if agency else borrower or actor
    if borrower != actor and not keeps_letter(actor, kept):
        raise NotAllowed(action="loan.ask", about=kept)
    today = timezone.localdate()
    if not today <= due_on <= today + LONGEST:
        raise InvalidInput(_("Choose a day within 180 days."), field="due_on")
    if agency and (kept.medium != Medium.PAPER or not evidence):
        raise InvalidInput(
            _("An agency borrows paper, by a letter of its head (clause 62.3)."),
            field="evidence",
        )
    with transaction.atomic():
        loan = Loan.objects.create(
            kept=kept,
            is_paper=kept.medium == Medium.PAPER,
            borrower=borrower,
            unit=_unit_of(borrower) if borrower else None,
            agency=agency,
            evidence=evidence,
            purpose=purpose,
            due_on=due_on,
            asked_by=actor,
            asked_at=timezone.now(),
        )
        record(action="loan.ask", actor=actor, about=loan)
        if any(move.name == "confirm" for move in available(LOAN, loan, actor)):
            return apply_move(LOAN, "confirm", pk=loan.pk, actor=actor)
        if loan.unit:
            tell("loan_waits", unit_heads(loan.unit), loan, actor, loan_words(loan))
    return loan


def _unit_of(borrower: User) -> Unit:
    post = Membership.objects.on().filter(person=borrower).select_related("unit")
    first = post.order_by("pk").first()
    if first is None:
        raise InvalidInput(_("The borrower holds no post in the office."), field="borrower")
    return first.unit


def move(
    *, loan: Loan, name: str, actor: User, expected: str | None = None, **inputs: Any
) -> Loan:
    return apply_move(LOAN, name, pk=loan.pk, actor=actor, expected=expected, **inputs)


def files_of(kept: KeptLetter) -> list[StoredFile]:
    """The document and attachments of a kept letter, for its borrower."""
    letter = kept.letter
    if letter is None:
        return []
    files = [letter.pdf] if letter.pdf else []
    return files + [row.file for row in letter.attachments.select_related("file__blob")]


def may_read_lent(user: User, file: StoredFile) -> bool:
    """Whether a file is of an electronic letter lent to ``user`` today."""
    loans = Loan.objects.readable_by(user).order_by()
    return (
        loans.filter(kept__letter__pdf=file).exists()
        or loans.filter(kept__letter__attachments__file=file).exists()
    )


def remind() -> int:
    """Once a day: end the rights to read that are over, remind of paper that is late."""
    today = timezone.localdate()
    late = Loan.objects.overdue().select_related("kept__unit", "borrower")
    for loan in late.filter(is_paper=False):
        apply_move(LOAN, "expire", pk=loan.pk, actor=None)
    told = 0
    for loan in late.filter(is_paper=True):
        if loan.reminded_on and loan.reminded_on > today - REMIND_EVERY:
            continue
        with transaction.atomic():
            people = [*unit_keepers(loan.kept.unit)]
            if loan.borrower:
                people.append(loan.borrower)
            tell("loan_overdue", people, loan, None, loan_words(loan))
            Loan.objects.filter(pk=loan.pk, state=LoanState.LENT).update(reminded_on=today)
        told += 1
    return told

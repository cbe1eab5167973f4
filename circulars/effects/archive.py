"""What loans and lists of the archive do when they move, and whom they tell."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums_archive import (
    KEEPERS,
    OUT,
    UNIT_HEADS,
    KeptState,
    ListKind,
    LoanState,
)
from circulars.inboxes import heir_of
from circulars.models import ArchiveList, KeptLetter, Loan
from portal.core.errors import InvalidInput
from portal.notifications.service import notify
from portal.org.enums import Role, UnitKind
from portal.org.models import Unit
from portal.org.service import holders_query
from portal.users.models import User


def confirm(*, obj: Loan, actor: User, **_inputs: Any) -> None:
    """The borrower's head stands behind the loan (clauses 62.3, 62.4)."""
    obj.confirmed_by = actor
    obj.confirmed_at = timezone.now()
    tell("loan_waits", unit_heads(obj.kept.unit), obj, actor, loan_words(obj))


def approve(*, obj: Loan, actor: User, **_inputs: Any) -> None:
    check_lendable(obj.kept)
    _check_not_out(obj)
    if obj.due_on < timezone.localdate():
        raise InvalidInput(_("The day to give it back is over."), field="due_on")
    obj.approved_by = actor
    obj.approved_at = timezone.now()
    if not obj.is_paper:
        obj.lent_on = timezone.localdate()
        obj.received_by = str(obj.borrower)
    _tell_borrower(obj, actor)


def after_approval(obj: Loan, _inputs: Any) -> str:
    """An electronic letter can be read at once; paper waits to be fetched."""
    return LoanState.APPROVED if obj.is_paper else LoanState.LENT


def refuse(*, obj: Loan, actor: User, remark: str, **_inputs: Any) -> None:
    obj.remark = remark
    _tell_borrower(obj, actor)


def hand_out(*, obj: Loan, actor: User, received_by: str, **_inputs: Any) -> None:
    """The borrower signs for the letter; the card stands in its place (clause 62.2)."""
    check_lendable(obj.kept)
    obj.received_by = received_by
    obj.lent_on = timezone.localdate()


def give_back(*, obj: Loan, actor: User, returned_by: str = "", **_inputs: Any) -> None:
    obj.returned_by = returned_by or str(actor)
    obj.returned_on = timezone.localdate()


def expire(*, obj: Loan, actor: User | None, **_inputs: Any) -> None:
    obj.returned_on = timezone.localdate()
    obj.returned_by = str(obj.borrower)


def extend(*, obj: Loan, actor: User, due_on: date, **_inputs: Any) -> None:
    if due_on <= obj.due_on:
        raise InvalidInput(_("Choose a later day."), field="due_on")
    obj.due_on = due_on
    obj.reminded_on = None
    _tell_borrower(obj, actor)


def check_lendable(kept: KeptLetter) -> None:
    if kept.state != KeptState.KEPT:
        raise InvalidInput(
            _("This letter is not here: %(state)s.") % {"state": kept.get_state_display()}
        )
    if kept.is_secret:
        raise InvalidInput(_("Secret letters are not lent here (clause 57.1)."))


def _check_not_out(loan: Loan) -> None:
    others = Loan.objects.filter(kept=loan.kept_id, is_paper=True, state__in=OUT)
    if loan.is_paper and others.exclude(pk=loan.pk).exists():
        raise InvalidInput(_("This letter is lent already."))


def _tell_borrower(loan: Loan, actor: User) -> None:
    if loan.borrower:
        tell("loan_decided", [loan.borrower], loan, actor, loan_words(loan))


def loan_words(loan: Loan) -> dict[str, str]:
    return {
        "subject": loan.kept.shown_subject,
        "number": loan.kept.reference,
        "borrower": str(loan.borrower or loan.agency),
        "purpose": loan.purpose,
        "due_on": loan.due_on.isoformat(),
    }


# Lists for the National Archives.


def propose_list(*, obj: ArchiveList, actor: User, **_inputs: Any) -> None:
    if not obj.lines.exists():
        raise InvalidInput(_("The list has no letters yet."))
    tell_waiting(house_heads(obj.house), obj, actor)


def return_list(*, obj: ArchiveList, actor: User, remark: str, **_inputs: Any) -> None:
    obj.remark = remark
    tell_waiting(house_keepers(obj.house), obj, actor)


def approve_list(*, obj: ArchiveList, actor: User, **_inputs: Any) -> None:
    obj.approved_by = actor
    obj.approved_at = timezone.now()
    tell_waiting(house_keepers(obj.house), obj, actor)


def send_list(
    *, obj: ArchiveList, actor: User, sent_on: date, reference: str, **_inputs: Any
) -> None:
    check_past(sent_on, "sent_on")
    assert obj.approved_at is not None  # a constraint  # noqa: S101
    if sent_on < timezone.localdate(obj.approved_at):
        raise InvalidInput(_("It was approved only later."), field="sent_on")
    obj.sent_on = sent_on
    obj.sent_reference = reference


def receive_list(
    *, obj: ArchiveList, actor: User, received_on: date, receiver: str, receipt: str = "",
    **_inputs: Any,
) -> None:  # fmt: skip
    """The National Archives has signed: the letters are theirs (21) or with them (23)."""
    check_past(received_on, "received_on")
    if obj.sent_on and received_on < obj.sent_on:
        raise InvalidInput(_("It was sent only later."), field="received_on")
    obj.received_on = received_on
    obj.receiver = receiver
    obj.receipt = receipt
    state = {
        ListKind.HANDOVER: KeptState.HANDED_OVER,
        ListKind.DEPOSIT: KeptState.DEPOSITED,
        ListKind.OWN: KeptState.KEPT,
    }[ListKind(obj.kind)]
    lines = obj.lines.values("kept")
    KeptLetter.objects.filter(pk__in=lines, state=KeptState.KEPT).update(state=state)


def reclaim_list(*, obj: ArchiveList, actor: User, remark: str, **_inputs: Any) -> None:
    """What was deposited stays the office's and comes back when it asks (clause 60)."""
    obj.remark = remark
    obj.reclaimed_on = timezone.localdate()
    lines = obj.lines.values("kept")
    KeptLetter.objects.filter(pk__in=lines, state=KeptState.DEPOSITED).update(state=KeptState.KEPT)


def cancel_list(*, obj: ArchiveList, actor: User, remark: str, **_inputs: Any) -> None:
    obj.remark = remark


# Whom to tell.


def check_past(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise InvalidInput(_("This day is still to come."), field=field)


def tell(
    kind: str,
    to: "Iterable[User]",
    about: Model,
    actor: User | None,
    context: dict[str, str] | None = None,
) -> None:
    notify(
        kind=f"circulars.{kind}",
        to=to,
        about=about,
        actor=actor,
        url=about.get_absolute_url(),  # type: ignore[attr-defined]
        context=context,
    )


def tell_waiting(to: "Iterable[User]", about: Any, actor: User | None) -> None:
    words = {"what": str(about._meta.verbose_name), "year": str(about.year)}
    tell("archive_waits", to, about, actor, words)


def unit_heads(unit: Unit) -> "Iterable[User]":
    """Who lends for a unit: its head, for the central registry and executives the director."""
    heir = heir_of(unit)
    if heir.kind in (UnitKind.OFFICE, UnitKind.EXECUTIVE):
        return _executives(heir)
    return holders_query([heir.pk], UNIT_HEADS)


def unit_keepers(unit: Unit) -> "Iterable[User]":
    return holders_query([heir_of(unit).pk], KEEPERS)


def house_heads(house: Unit) -> "Iterable[User]":
    if house.kind == UnitKind.SCHOOL:
        return holders_query([heir_of(house).pk], [Role.PRINCIPAL])
    return _executives(house)


def house_keepers(house: Unit) -> "Iterable[User]":
    return holders_query([heir_of(house).pk], [Role.REGISTRY, Role.SCHOOL_CLERK])


def _executives(unit: Unit) -> "Iterable[User]":
    executive = Unit.objects.filter(office=unit.office_id, kind=UnitKind.EXECUTIVE)
    return holders_query(executive.values("pk"), [Role.DIRECTOR])

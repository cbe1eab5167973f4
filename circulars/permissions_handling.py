"""Who may do what with a received letter on its way through the house."""

from typing import TYPE_CHECKING, TypeVar

from circulars.enums import INBOX_ROLES, StepState
from circulars.enums_handling import (
    ORDERING_POSTS,
    READS_CENTRAL_INBOX,
    AssignmentState,
    HandlingStepKind,
    Share,
)
from circulars.inboxes import inbox_units
from circulars.permissions import may_read_delivery
from portal.core.predicates import predicate
from portal.org.enums import UnitKind
from portal.org.permissions import has_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from circulars.models import Assignment, Handling, HandlingStep
    from portal.users.models import User

T = TypeVar("T")


@predicate
def reads(user: "User", handling: "Handling") -> bool:
    """Sees the letter at all."""
    return _kept(handling, user, "reads", lambda: may_read_delivery(user, handling.delivery))


@predicate
def keeps_it(user: "User", handling: "Handling") -> bool:
    """Keeps the inbox that the letter came to."""
    return handling.delivery.unit_id in inbox_units(user, INBOX_ROLES)


@predicate
def is_registered(user: "User", handling: "Handling") -> bool:
    return handling.delivery.entry_id is not None


@predicate
def sits_at_it(user: "User", handling: "Handling") -> bool:
    """Holds one of the desks of the way at which the letter is now."""
    return handling.steps.main().current().held_by(user).exists()


@predicate
def may_order(user: "User", handling: "Handling") -> bool:
    """Holds the desk that orders, and nobody else is still asked for a remark."""
    desks = handling.steps.main().current()
    own = desks.filter(kind=HandlingStepKind.ORDER).held_by(user)
    return own.exists() and desks.count() == 1


@predicate
def has_suggestion(user: "User", handling: "Handling") -> bool:
    return handling.assignments.filter(state=AssignmentState.SUGGESTED).exists()


@predicate
def passed_it_last(user: "User", handling: "Handling") -> bool:
    """Decided last, and nobody at the next desks has looked yet."""
    way = handling.steps.main()
    current = way.current()
    last = way.filter(decided_at__isnull=False).order_by("-decided_at", "-pk")[:1]
    mine = way.filter(pk__in=last.values("pk"), decided_by=user, state=StepState.DONE)
    return (
        current.exists()
        and not current.filter(seen_at__isnull=False).exists()
        and mine.held_by(user).exists()
    )


@predicate
def can_go_back(user: "User", handling: "Handling") -> bool:
    return handling.steps.main().filter(state=StepState.DONE).exists()


@predicate
def gave_order(user: "User", handling: "Handling") -> bool:
    """Holds the post whose order it was."""
    orders = handling.steps.filter(kind=HandlingStepKind.ORDER, state=StepState.DONE)
    return orders.held_by(user).exists()


@predicate
def heads_house(user: "User", handling: "Handling") -> bool:
    """Orders in the house that received the letter."""
    unit = handling.delivery.unit
    if unit.kind == UnitKind.OFFICE:
        same = user.office_id == unit.office_id
        return same and has_role(user, *ORDERING_POSTS[UnitKind.OFFICE])
    return unit.pk in inbox_units(user, ORDERING_POSTS[UnitKind(unit.kind)])


@predicate
def superior(user: "User", handling: "Handling") -> bool:
    """Decides in the end: may close, reopen, and give work to others."""
    return _kept(
        handling,
        user,
        "superior",
        lambda: (gave_order | heads_house)(user, handling) and reads(user, handling),
    )


@predicate
def leads_work(user: "User", handling: "Handling") -> bool:
    """Holds the lead of what was ordered."""
    return handling.assignments.leads().top().held_by(user).exists()


@predicate
def takes_part(user: "User", handling: "Handling") -> bool:
    """Is waited for: at a desk or with work. May ask others and show it to them."""
    return (
        handling.steps.main().current().held_by(user).exists()
        or handling.assignments.live().held_by(user).exists()
    )


# What can be done with one part of the work.


@predicate
def holds_work(user: "User", assignment: "Assignment") -> bool:
    return assignment.pk in _pks(assignment, user, "held_by")


@predicate
def gave_work(user: "User", assignment: "Assignment") -> bool:
    """Holds the post that gave it: whose order it was, or who shares out a part of their own."""
    return assignment.pk in _pks(assignment, user, "given_by")


@predicate
def heads_house_of(user: "User", assignment: "Assignment") -> bool:
    return superior(user, assignment.handling)


@predicate
def leads_level(user: "User", assignment: "Assignment") -> bool:
    """Leads the work that this is a secondary or joint part of."""
    if assignment.share == Share.LEAD:
        return False
    handling = assignment.handling
    led = handling.assignments.leads().held_by(user).order_by()
    levels = _kept(
        handling, user, "led", lambda: frozenset(led.values_list("parent_id", flat=True))
    )
    return assignment.parent_id in levels


@predicate
def is_unread(user: "User", assignment: "Assignment") -> bool:
    return assignment.seen_at is None


@predicate
def work_is_vacant(user: "User", assignment: "Assignment") -> bool:
    return assignment.pk in _pks(assignment, user, "vacant")


@predicate
def heads_unit_of(user: "User", row: "Assignment | HandlingStep") -> bool:
    """Heads the unit at whose post something waits."""
    roles = ORDERING_POSTS[UnitKind(row.unit.kind)]
    return row.unit_id in inbox_units(user, roles) or (
        row.unit.kind == UnitKind.OFFICE
        and row.unit.office_id == user.office_id
        and has_role(user, *READS_CENTRAL_INBOX)
    )


@predicate
def shares_out(user: "User", assignment: "Assignment") -> bool:
    """Heads the unit that got the work, and so gives parts of it to its people."""
    return holds_work(user, assignment) and heads_unit_of(user, assignment)


# What can be done with one desk beside the way.


@predicate
def sits_there(user: "User", step: "HandlingStep") -> bool:
    return step.pk in _pks(step, user, "held_by")


@predicate
def is_question(user: "User", step: "HandlingStep") -> bool:
    return step.kind == HandlingStepKind.CONSULT


@predicate
def is_copy(user: "User", step: "HandlingStep") -> bool:
    return step.kind == HandlingStepKind.INFORM


@predicate
def asked_it(user: "User", step: "HandlingStep") -> bool:
    return step.asked_by_id == user.pk and reads(user, step.handling)


@predicate
def desk_is_vacant(user: "User", step: "HandlingStep") -> bool:
    return step.pk in _pks(step, user, "vacant")


@predicate
def sees_to_desk(user: "User", step: "HandlingStep") -> bool:
    """May give a desk that nobody sits at to somebody else."""
    house = step.handling
    return reads(user, house) and (
        heads_unit_of(user, step) or heads_house(user, house) or keeps_it(user, house)
    )


def _pks(row: "Assignment | HandlingStep", user: "User", which: str) -> frozenset[int]:
    """The rows of the same letter that a queryset's method leaves, asked for once."""
    model = type(row)

    def ask() -> frozenset[int]:
        rows = model.objects.filter(handling=row.handling_id).order_by()
        found = rows.vacant() if which == "vacant" else getattr(rows, which)(user)
        return frozenset(found.values_list("pk", flat=True))

    return _kept(row.handling, user, f"{model.__name__}.{which}", ask)


def _kept(handling: "Handling", user: "User", name: str, ask: "Callable[[], T]") -> "T":
    """An answer about one letter and one person, kept on the letter as it was loaded.

    A page asks about every part of the work; a move loads the letter anew under its lock.
    """
    answers: dict[tuple[str, int], T] = handling.__dict__.setdefault("_answers", {})
    key = (name, user.pk)
    if key not in answers:
        answers[key] = ask()
    return answers[key]

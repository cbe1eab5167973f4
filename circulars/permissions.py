"""Who may do what with a letter; small predicates over dated roles, joined in the move tables."""

from typing import TYPE_CHECKING

from circulars.enums import (
    DRAFTING_ROLES,
    HEAD_ROLES,
    INBOX_ROLES,
    LetterState,
    StepKind,
    StepState,
)
from circulars.inboxes import inbox_units
from circulars.kinds import kind_of
from portal.core.predicates import predicate
from portal.org.enums import Role, UnitKind
from portal.org.permissions import has_role, unit_ids

if TYPE_CHECKING:
    from circulars.models import Delivery, IncomingMail, Letter
    from portal.users.models import User


@predicate
def nobody(user: "User", obj: object) -> bool:
    """No person: only the portal itself does this."""
    return False


@predicate
def is_drafter(user: "User", letter: "Letter") -> bool:
    return letter.drafter_id == user.pk


@predicate
def may_draft_here(user: "User", letter: "Letter") -> bool:
    """Still holds a drafting role in the letter's unit."""
    return letter.unit_id in unit_ids(user, DRAFTING_ROLES)


@predicate
def goes_somewhere(user: "User", letter: "Letter") -> bool:
    """Somebody has to get it, or was chosen to: an order may stand by itself."""
    return kind_of(letter).wants_recipients or letter.recipients.exists()


@predicate
def came_from_outside(user: "User", delivery: "Delivery") -> bool:
    """Nobody reads an answer in the portal: it is answered by a letter."""
    return delivery.letter.state == LetterState.OUTSIDE


@predicate
def holds_current_step(user: "User", letter: "Letter") -> bool:
    return letter.steps.current().held_by(user).exists()


@predicate
def current_step_signs(user: "User", letter: "Letter") -> bool:
    return letter.steps.current().filter(kind=StepKind.SIGN).exists()


@predicate
def current_step_advises(user: "User", letter: "Letter") -> bool:
    return letter.steps.current().filter(kind=StepKind.CONSULT).exists()


@predicate
def asks_current_step(user: "User", letter: "Letter") -> bool:
    """Holds the step that put the present question, and waits for its answer."""
    steps = letter.steps
    asking = steps.filter(state=StepState.WAITING).order_by("position")[:1]
    is_question = steps.current().filter(kind=StepKind.CONSULT).exists()
    return is_question and steps.filter(pk__in=asking.values("pk")).held_by(user).exists()


@predicate
def current_step_is_vacant(user: "User", letter: "Letter") -> bool:
    return letter.steps.current().vacant().exists()


@predicate
def chain_is_undecided(user: "User", letter: "Letter") -> bool:
    """Nobody has decided anything since the letter was last submitted."""
    return not letter.steps.of_round(letter).decided().exists()


@predicate
def leads_unit(user: "User", letter: "Letter") -> bool:
    """Group director or principal of the unit that wrote the letter."""
    return has_role(user, Role.GROUP_DIRECTOR, Role.PRINCIPAL, unit_id=letter.unit_id)


@predicate
def keeps_unit_registry(user: "User", letter: "Letter") -> bool:
    """Registry clerk of the unit that wrote the letter."""
    return has_role(user, Role.GROUP_REGISTRY, Role.SCHOOL_CLERK, unit_id=letter.unit_id)


@predicate
def keeps_central_registry(user: "User", letter: "Letter") -> bool:
    """Central registry clerk, for what units inside the same office write."""
    return (
        letter.unit.kind != UnitKind.SCHOOL
        and letter.unit.office_id == user.office_id
        and has_role(user, Role.REGISTRY)
    )


@predicate
def keeps_inbox(user: "User", delivery: "Delivery") -> bool:
    return delivery.unit_id in inbox_units(user, INBOX_ROLES)


@predicate
def heads_recipient(user: "User", delivery: "Delivery") -> bool:
    """May acknowledge for the receiving unit."""
    return delivery.unit_id in inbox_units(user, HEAD_ROLES)


@predicate
def keeps_mailbox(user: "User", mail: "IncomingMail") -> bool:
    """Clerk of the central registry, who alone reads the office's mail (appendix 7, 2)."""
    return mail.mailbox.office_id == user.office_id and has_role(user, Role.REGISTRY)


@predicate
def goes_outside(user: "User", delivery: "Delivery") -> bool:
    """The recipient is an agency that the portal writes to by mail or as a partner."""
    return delivery.unit.kind == UnitKind.OUTSIDE


@predicate
def sends_letter_of(user: "User", delivery: "Delivery") -> bool:
    """May send the letter of this delivery again."""
    return sends(user, delivery.letter)


@predicate
def is_acknowledged(user: "User", delivery: "Delivery") -> bool:
    return delivery.acknowledged_at is not None


@predicate
def may_read_delivery(user: "User", delivery: "Delivery") -> bool:
    return (
        user is not None
        and type(delivery).objects.visible_to(user).filter(pk=delivery.pk).exists()
    )


sends = (is_drafter & may_draft_here) | leads_unit | keeps_unit_registry | keeps_central_registry
"""May send a signed letter, chase its recipients and change who gets it."""

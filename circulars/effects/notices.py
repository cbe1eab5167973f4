"""What people are told about letters; a secret letter's subject is never in it."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.enums import DRAFTING_ROLES, HEAD_ROLES, INBOX_ROLES
from circulars.inboxes import heir_of
from circulars.models import Delivery, Letter, RouteStep
from portal.notifications.service import notify
from portal.org.enums import Role
from portal.org.models import Acting, Membership, Unit
from portal.org.permissions import unit_ids
from portal.org.service import central_registry, holders, holders_query
from portal.users.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable


def notice_context(letter: Letter) -> dict[str, str]:
    """The words of a notice: subject (hidden when secret), number, sender, speed."""
    return {
        "subject": _("(secret letter)") if letter.is_secret else letter.subject,
        "number": letter.number_text,
        "sender": str(letter.unit),
        "speed": letter.speed,
        "due_on": letter.due_on.isoformat() if letter.due_on else "",
    }


def tell(
    kind: str, to: "Iterable[User] | QuerySet[User]", letter: Letter, actor: User | None, url: str
) -> None:
    notify(
        kind=f"circulars.{kind}",
        to=to,
        about=letter,
        actor=actor,
        url=url,
        context=notice_context(letter),
    )


def tell_step_holders(step: RouteStep, actor: User | None) -> None:
    """Tell who can decide a step now; the group's director when nobody can."""
    letter = step.letter
    people = step_holders(step)
    if people:
        kind = "consulted" if step.question else "waiting"
        tell(kind, people, letter, actor, letter.get_absolute_url())
        return
    leaders = holders(unit=letter.unit, roles=[Role.GROUP_DIRECTOR, Role.PRINCIPAL])
    tell("step_vacant", leaders or _others(letter), letter, actor, letter.get_absolute_url())


def owners(letter: Letter) -> list[User]:
    """Who looks after a letter: its drafter, or the unit's people once the drafter has left."""
    drafter = letter.drafter
    if letter.unit_id in unit_ids(drafter, DRAFTING_ROLES):
        return [drafter]
    roles = HEAD_ROLES if letter.is_secret else INBOX_ROLES
    return holders(unit=letter.unit, roles=roles) or [drafter]


def step_holders(step: RouteStep) -> list[User]:
    """The active people who may decide a step today."""
    if step.membership_id is None:
        return holders(unit=step.unit, roles=[step.role])
    own = Membership.objects.on().filter(pk=step.membership_id)
    acting = Acting.objects.on().filter(membership=step.membership_id)
    people = User.objects.filter(
        Q(pk__in=own.order_by().values("person")) | Q(pk__in=acting.order_by().values("person")),
        is_active=True,
    )
    return list(people.order_by("pk"))


def _others(letter: Letter) -> list[User]:
    """Who can help when the writing unit has no head: the drafter and the central registry."""
    people = [letter.drafter]
    if not (letter.unit.is_school or letter.is_secret):
        registry = central_registry(letter.unit.office)
        people += holders(unit=registry, roles=[Role.REGISTRY])
    return people


def inbox_keepers(letter: Letter, deliveries: "QuerySet[Delivery]") -> "QuerySet[User]":
    """Clerks and heads of the units that got a letter; only the heads when it is secret.

    For a unit merged since, those of its successor.
    """
    people = keepers_of(letter, deliveries)
    units = deliveries.order_by().values("unit_id")
    merged = Unit.objects.filter(
        pk__in=units, closed_on__lt=timezone.localdate(), merged_into__isnull=False
    )
    heirs = [heir_of(unit).pk for unit in merged.select_related("merged_into")]
    return people | holders_query(heirs, keeping_roles(letter)) if heirs else people


def keepers_of(letter: Letter, deliveries: "QuerySet[Delivery]") -> "QuerySet[User]":
    """``inbox_keepers`` of units of which none was merged."""
    return holders_query(deliveries.order_by().values("unit_id"), keeping_roles(letter))


def keeping_roles(letter: Letter) -> tuple[Role, ...]:
    """Who is told of a letter in the units that got it."""
    return HEAD_ROLES if letter.is_secret else INBOX_ROLES

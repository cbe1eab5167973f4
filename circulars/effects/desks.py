"""Desks at which received letters wait: who sits there today, and how they sign."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from circulars.effects.notices import step_holders, tell
from circulars.enums import HEAD_ROLES, INBOX_ROLES
from circulars.enums_handling import ORDERING_POSTS, READS_CENTRAL_INBOX
from circulars.inboxes import forget_handed, heir_of
from circulars.models import Delivery, Handling
from circulars.models.handling import HeldRow
from portal.org.enums import Role, UnitKind
from portal.org.models import Acting, Membership
from portal.org.service import holders, signature_block
from portal.users.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Post:
    """Where something waits: a post, or its one holder when ``membership_id`` is given."""

    unit_id: int
    role: str
    membership_id: int | None = None

    @classmethod
    def of(cls, row: HeldRow) -> "Post":
        return cls(row.unit_id, row.role, row.membership_id)

    @classmethod
    def held_in(cls, membership: Membership) -> "Post":
        return cls(membership.unit_id, membership.role, membership.pk)


@dataclass(frozen=True)
class Signature:
    """What stands below a remark: the position that day, and how one acted for it."""

    lines: list[str]
    acting_kind: str


def reads_anyway(delivery: Delivery, post: Post) -> bool:
    """Whether who holds ``post`` sees the letter without being asked for anything.

    A secret letter is only read by those whom it was brought to by name, by the head of the
    unit that received it, and by the director when it came to the office itself.
    """
    is_secret = delivery.letter.is_secret
    if post.unit_id == delivery.unit_id:
        return post.role in (HEAD_ROLES if is_secret else INBOX_ROLES)
    central = (Role.DIRECTOR,) if is_secret else READS_CENTRAL_INBOX
    return delivery.unit.kind == UnitKind.OFFICE and post.role in central


def orders_here(delivery: Delivery, post: Post) -> bool:
    """Whether ``post`` has the authority to order what is done about this letter."""
    if delivery.unit.kind == UnitKind.OFFICE:
        return post.role in ORDERING_POSTS[UnitKind.OFFICE]
    heir = heir_of(delivery.unit)
    is_own = post.unit_id in (heir.pk, delivery.unit_id)
    return is_own and post.role in ORDERING_POSTS[UnitKind(heir.kind)]


def people_at(row: HeldRow) -> list[User]:
    """The active people who may decide at a desk today."""
    if row.membership_id is not None:
        return step_holders(row)  # type: ignore[arg-type]  # the same columns
    return holders(unit=heir_of(row.unit), roles=[row.role])


def tell_desk(kind: str, row: HeldRow, handling: Handling, actor: User | None) -> None:
    """Tell who sits at a desk; the head of its unit, or else of the house, when nobody does."""
    letter = handling.delivery.letter
    people = people_at(row)
    for user in people:
        forget_handed(user)
    if people:
        tell(kind, people, letter, actor, handling.get_absolute_url())
        return
    row.vacancy_told_at = timezone.now()
    row.save(update_fields=["vacancy_told_at"])
    tell("step_vacant", who_helps(row, handling), letter, actor, handling.get_absolute_url())


def who_helps(row: HeldRow, handling: Handling) -> list[User]:
    """Who gives a desk that nobody sits at to somebody else."""
    unit = heir_of(row.unit)
    found = holders(unit=unit, roles=[Role.GROUP_DIRECTOR, Role.PRINCIPAL])
    keeping = HEAD_ROLES if handling.delivery.letter.is_secret else INBOX_ROLES
    return found or holders(unit=heir_of(handling.delivery.unit), roles=keeping)


def tell_people(kind: str, to: "Iterable[User]", handling: Handling, actor: User | None) -> None:
    people = {user for user in to if user != actor}
    for user in people:
        forget_handed(user)
    tell(kind, people, handling.delivery.letter, actor, handling.get_absolute_url())


def signature_at(row: HeldRow, actor: User) -> Signature:
    """How ``actor`` signs at a desk today: the post's own lines, or those of who acts."""
    block = signature_block(actor, unit=heir_of(row.unit), roles=[row.role])
    own = Membership.objects.on().filter(
        person=actor, unit__in=(row.unit_id, heir_of(row.unit).pk), role=row.role
    )
    acting = None
    if not own.exists():
        acting = Acting.objects.on().filter(
            person=actor, membership__unit=row.unit_id, membership__role=row.role
        ).first()  # fmt: skip
    return Signature(block.lines if block else [], acting.kind if acting else "")


def waiting_url() -> str:
    return reverse("circulars:waiting")

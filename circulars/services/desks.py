"""When somebody moves: all of a person's open work goes to another from a day on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.desks import Post, reads_anyway
from circulars.enums import LetterState, StepKind, StepState
from circulars.enums_handling import ORDERING_POSTS, HandlingStepKind
from circulars.models import Assignment, DeskHandover, HandlingStep, Letter, RouteStep
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.notifications.service import notify
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership
from portal.org.permissions import has_role, manages_office, unit_ids
from portal.users.models import User

HEADS = (Role.DIRECTOR, Role.GROUP_DIRECTOR, Role.PRINCIPAL)
UNFINISHED = (StepState.WAITING, StepState.CURRENT)


@dataclass(frozen=True)
class Desk:
    """What lies on a person's desk: held by name, not by the post."""

    assignments: "QuerySet[Assignment]"
    steps: "QuerySet[HandlingStep]"
    letters: "QuerySet[RouteStep]"
    drafts: "QuerySet[Letter]"

    def counts(self) -> dict[str, int]:
        return {
            "assignments": self.assignments.count(),
            "steps": self.steps.count(),
            "letters": self.letters.count(),
            "drafts": self.drafts.count(),
        }


def desk_of(person: User) -> Desk:
    """Everything open that is ``person``'s by name, at any post they held or hold."""
    return Desk(
        assignments=Assignment.objects.open().filter(membership__person=person),
        steps=HandlingStep.objects.filter(membership__person=person, state__in=UNFINISHED),
        letters=RouteStep.objects.filter(membership__person=person, state__in=UNFINISHED),
        drafts=Letter.objects.filter(
            drafter=person, state__in=(LetterState.DRAFT, LetterState.RETURNED)
        ),
    )


def people_handing_over(actor: User) -> "QuerySet[User]":
    """Whose desks ``actor`` may hand over: all in the office, or in the units they head.

    People who left recently are among them: their work is still there.
    """
    members = Membership.objects.filter(unit__office_id=actor.office_id or 0)
    if not _decides_for_all(actor):
        members = members.filter(unit__in=unit_ids(actor, HEADS))
    elif not manages_office(actor, actor.office_id or 0):
        members = members.exclude(unit__kind=UnitKind.SCHOOL)
    return User.objects.filter(pk__in=members.order_by().values("person")).order_by(
        "first_name", "last_name", "pk"
    )


def successors(actor: User) -> "QuerySet[User]":
    """Who may take a desk over: people who hold something there today."""
    members = Membership.objects.on().filter(person__is_active=True)
    return people_handing_over(actor).filter(pk__in=members.order_by().values("person"))


def may_hand_over(user: User) -> bool:
    if user.office_id is None:
        return False
    return manages_office(user, user.office_id) or has_role(user, *HEADS)


def plan_handover(
    *,
    actor: User,
    person: User,
    successor: User,
    starts_on: date,
    with_drafts: bool = False,
) -> DeskHandover:
    """Decide that ``person``'s open work is ``successor``'s from a day on; today at once.

    Raises ``NotAllowed`` for people that are not the actor's to decide about, ``InvalidInput``
    for one person twice, a day that is over, or a hand-over that is planned already.
    """
    if not may_hand_over(actor) or not people_handing_over(actor).filter(pk=person.pk).exists():
        raise NotAllowed(action="handling.handover", about=person)
    if not successors(actor).filter(pk=successor.pk).exists():
        raise NotAllowed(action="handling.handover", about=successor)
    if person == successor:
        raise InvalidInput(_("Choose two different people."), field="successor")
    if starts_on < timezone.localdate():
        raise InvalidInput(_("This day is over."), field="starts_on")
    try:
        with transaction.atomic():
            planned = DeskHandover.objects.create(
                office_id=actor.office_id or 0,
                person=person,
                successor=successor,
                starts_on=starts_on,
                with_drafts=with_drafts,
                decided_by=actor,
                decided_at=timezone.now(),
            )
            record(
                action="handling.handover",
                actor=actor,
                about=person,
                data={"to": successor.pk, "from": starts_on.isoformat()},
            )
            if starts_on <= timezone.localdate():
                _hand_over(planned)
    except IntegrityError as error:
        raise InvalidInput(
            _("A hand-over of this desk is planned already."), field="person"
        ) from error
    return planned


def hand_over_due() -> int:
    """Do what was planned for today or before; safe to run twice."""
    done = 0
    due = DeskHandover.objects.filter(done_at=None, starts_on__lte=timezone.localdate())
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            planned = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            if planned is not None:
                _hand_over(planned)
                done += 1
    return done


def _hand_over(planned: DeskHandover) -> None:
    """Give the successor everything, and say how much of it there was.

    What the successor cannot take (a signature without the authority, a part they have
    already) stays and is counted as left.
    """
    desk = desk_of(planned.person)
    posts = list(Membership.objects.on().filter(person=planned.successor).select_related("unit"))
    moved = {"assignments": 0, "steps": 0, "letters": 0, "drafts": 0, "left": 0}
    for name in ("assignments", "steps", "letters"):
        rows = getattr(desk, name).select_related("unit", "membership").order_by("pk")
        for row in rows.select_for_update(of=("self",)):
            taken = _move(row, posts)
            moved[name if taken else "left"] += 1
    if planned.with_drafts:
        units = [post.unit_id for post in posts]
        drafts = desk.drafts.filter(unit__in=units)
        moved["drafts"] = drafts.update(drafter=planned.successor)
    planned.done_at = timezone.now()
    planned.moved = moved
    planned.save(update_fields=["done_at", "moved"])
    _tell(planned)


def _move(row: Any, posts: list[Membership]) -> bool:
    """Bring one row to the successor's own post that fits it best; False when none does."""
    fitting = [post for post in posts if _fits(row, post)]
    if not fitting:
        return False
    best = min(fitting, key=lambda p: (p.unit_id != row.unit_id, p.role != row.role, p.pk))
    row.unit_id, row.role, row.membership_id = best.unit_id, best.role, best.pk
    fields = ["unit", "role", "membership", "vacancy_told_at"]
    row.vacancy_told_at = None
    row.seen_at = None
    if isinstance(row, (Assignment, HandlingStep)):
        row.opens = not reads_anyway(row.handling.delivery, Post.held_in(best))
        fields.append("opens")
    row.save(update_fields=[*fields, "seen_at"])
    return True


def _fits(row: Any, post: Membership) -> bool:
    if isinstance(row, Assignment):
        same = Q(unit=post.unit_id, role=post.role, membership=post.pk, parent=row.parent_id)
        level = row.handling.assignments.live().exclude(pk=row.pk)
        return not level.filter(same).exists()
    if isinstance(row, HandlingStep) and row.kind == HandlingStepKind.ORDER:
        return post.role in ORDERING_POSTS[UnitKind(post.unit.kind)]
    if isinstance(row, RouteStep) and row.kind == StepKind.SIGN:
        return bool(post.role == row.role and post.unit_id == row.unit_id)
    return True


def _tell(planned: DeskHandover) -> None:
    notify(
        kind="circulars.desk_handed",
        to=[planned.successor],
        about=planned.person,
        actor=planned.decided_by,
        url=reverse("circulars:work", args=["assigned"]),
        context={"name": planned.person.get_full_name(), "count": str(planned.moved_count)},
    )


def _decides_for_all(actor: User) -> bool:
    office = actor.office_id or 0
    return manages_office(actor, office) or has_role(actor, Role.DIRECTOR)

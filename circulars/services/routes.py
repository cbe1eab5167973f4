"""The usual way of a letter up the chain of command."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.notices import step_holders, tell_step_holders
from circulars.effects.steps import Stop
from circulars.enums import StepKind
from circulars.kinds import kind_of
from circulars.models import Letter, RouteStep
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Unit
from portal.org.service import superior_chain
from portal.users.models import User

ENDS_AT = "ends_at"
"""The detail of a letter that says at which role its way up ends."""

UNIT_HEADS = {
    UnitKind.GROUP: (Role.GROUP_DIRECTOR,),
    UnitKind.SECTION: (Role.GROUP_DIRECTOR,),
    UnitKind.EXECUTIVE: (Role.DEPUTY, Role.DIRECTOR),
    UnitKind.SCHOOL: (Role.PRINCIPAL,),
    UnitKind.OFFICE: (),
}
"""The posts of a unit that a letter passes, lowest first."""


def usual_stops(letter: Letter) -> list[Stop]:
    """The way of ``letter``: up to the post that its drafter chose, or that its kind ends at."""
    last = letter.details.get(ENDS_AT) or kind_of(letter).signers[0]
    return default_stops(unit=letter.unit, drafter=letter.drafter, last=last)


def default_stops(
    *, unit: Unit, drafter: User, deputy: Membership | None = None, last: str = ""
) -> list[Stop]:
    """Drafter → group director → deputy → director; in a school, the principal signs.

    ``last`` is the role at which the way ends, where the chain has it.

    A level the drafter holds is left out, unless it is the one that signs. A vacant level of
    deputies is left out; other vacant posts are kept, so that somebody sees that they are empty.
    """
    posts: list[tuple[int, str]] = [
        (level.pk, role)
        for level in superior_chain(unit)
        for role in UNIT_HEADS[UnitKind(level.kind)]
    ]
    posts = _up_to(posts, last)
    held = set(Membership.objects.on().filter(person=drafter).values_list("unit_id", "role"))
    end = len(posts) - 1
    stops = []
    for index, (unit_id, role) in enumerate(posts):
        if index < end and ((unit_id, role) in held or _is_empty_level(unit_id, role)):
            continue
        stops.append(
            Stop(
                kind=StepKind.SIGN if index == end else StepKind.ENDORSE,
                unit_id=unit_id,
                role=role,
                membership_id=deputy.pk if deputy and role == Role.DEPUTY else None,
            )
        )
    return stops


def tell_vacant_steps(*, office_id: int | None = None) -> int:
    """Tell group directors of letters that wait at a post that nobody holds, each once.

    Returns how many letters were told of.
    """
    with transaction.atomic():
        steps = (
            RouteStep.objects.current()
            .vacant()
            .filter(vacancy_told_at=None)
            .select_related("letter__unit", "unit", "membership")
            .select_for_update(of=("self",), skip_locked=True)
        )
        if office_id is not None:
            steps = steps.filter(letter__unit__office_id=office_id)
        for step in (found := list(steps)):
            tell_step_holders(step, None)
        RouteStep.objects.filter(pk__in=[step.pk for step in found]).update(
            vacancy_told_at=timezone.now()
        )
    return len(found)


def waits_at(letter: Letter) -> str:
    """Who decides about a letter now, by name and post; empty when it is not on its way up."""
    steps = letter.steps.current().select_related("unit", "membership__person")
    if (step := steps.first()) is None:
        return ""
    post = f"{step.get_role_display()} · {step.unit}"
    people = ", ".join(str(person) for person in step_holders(step))
    return f"{people} ({post})" if people else f"{post}, {_('nobody holds this post today')}"


def _up_to(posts: list[tuple[int, str]], last: str) -> list[tuple[int, str]]:
    """The posts up to the first of that role; all of them where there is none."""
    roles = [role for _unit, role in posts]
    return posts[: roles.index(last) + 1] if last in roles else posts


def _is_empty_level(unit_id: int, role: str) -> bool:
    return (
        role == Role.DEPUTY
        and not Membership.objects.on().filter(unit=unit_id, role=role).exists()
    )

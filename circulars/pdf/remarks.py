"""What is written below a memo on its way up: the writer's name, then each post's remark."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from circulars.enums import StepKind, StepState
from circulars.models import Letter
from portal.core.thai.dates import long
from portal.org.models import Membership
from portal.org.service import SignatureBlock


@dataclass(frozen=True)
class Remark:
    """The remark of one post (clause 26): its words, the typed name, the post and the day."""

    words: str
    name: str
    lines: list[str]
    date: str


def author_of(letter: Letter) -> SignatureBlock:
    """Who wrote the memo, by name and position (clauses 12.7 and 26.3)."""
    posts = Membership.objects.on(letter.letter_date).filter(
        person=letter.drafter, unit=letter.unit
    )
    post = (
        posts.select_related("position", "unit__office").order_by("position__rank", "pk").first()
    )
    return SignatureBlock(letter.drafter.get_full_name(), [post.position_title] if post else [])


def remarks_of(letter: Letter, figures: Callable[[str], str]) -> list[Remark]:
    """The remarks of the present way up, lowest post first; opinions that were asked stay out."""
    steps = letter.steps.of_round(letter).filter(state=StepState.DONE)
    steps = steps.exclude(kind=StepKind.CONSULT).select_related("decided_by")
    return [
        Remark(
            words=step.remark,
            name=step.decided_by.get_full_name(),
            lines=[figures(line) for line in step.decided_as],
            date=figures(long(timezone.localtime(step.decided_at).date())),
        )
        for step in steps
        if step.decided_by and step.decided_at
    ]

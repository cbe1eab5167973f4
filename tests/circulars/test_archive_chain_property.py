"""No sequence of actions by anybody leads to destruction without every stage."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circulars.enums_archive import DestructionState, KeptState, Method, Outcome
from circulars.models import Destruction, DestructionVote, KeptLetter
from circulars.services import archive, archive_destruction
from circulars.services.archive_destruction import Vote
from circulars.workflow_archive import DESTRUCTION
from portal.core.errors import PortalError
from tests.factories import archive as make
from tests.factories.archive import Chain
from tests.factories.letters import World

PEOPLE = ("registry", "director", "deputy", "chair", "second", "third", "principal")
MOVES = tuple(move.name for move in DESTRUCTION.moves)
OTHER = ("vote_destroy", "vote_keep", "hold", "release", "keep", "sign", "wait", "force")

actions = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(MOVES + OTHER))
RIGHT_WAY = (
    ("registry", "propose"), ("director", "appoint"), ("chair", "vote_destroy"),
    ("second", "vote_destroy"), ("third", "vote_destroy"), ("chair", "report"),
    ("director", "approve"), ("registry", "send"), ("registry", "wait"), ("registry", "lapse"),
    ("chair", "destroy"),
)  # fmt: skip
"""Most of random walks end at once, so walks are this way with steps left out and put in."""


@pytest.mark.parametrize("on_the_way", [True, False])
def test_no_walk_destroys_without_every_stage(world: World, on_the_way: bool) -> None:
    kept = make.paper(world, 2)
    members = make.committee(world)
    people = {
        "registry": world.registry, "director": world.director, "deputy": world.deputy,
        "chair": members[0], "second": members[1], "third": members[2],
        "principal": world.principals[0],
    }  # fmt: skip
    walks = st.lists(actions, max_size=25)
    if on_the_way:
        walks = st.tuples(
            st.lists(st.booleans(), min_size=len(RIGHT_WAY), max_size=len(RIGHT_WAY)),
            st.lists(st.tuples(st.integers(0, len(RIGHT_WAY)), actions), max_size=4),
        ).map(_with_gaps)

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(walks)
    def check(walk: list[tuple[str, str]]) -> None:
        with transaction.atomic():
            chain = Chain(world, members)
            for who, what in walk:
                _try(chain, people[who], what, kept)
                _check_nothing_gone_too_early(kept)
            transaction.set_rollback(True)

    check()
    _check_the_right_way_destroys(world, members, people, kept)


def _with_gaps(drawn: tuple[list[bool], list[tuple[int, tuple[str, str]]]]) -> Any:
    left, added = drawn
    walk = [step for step, stays in zip(RIGHT_WAY, left, strict=True) if stays]
    if sum(left) >= len(left) - 2:
        walk = list(RIGHT_WAY)
    for place, step in added:
        walk.insert(place, step)
    return walk


def _try(chain: Chain, actor: Any, what: str, kept: list[KeptLetter]) -> None:
    """Do one thing as one person; what is refused changes nothing."""
    today = timezone.localdate()
    inputs: dict[str, dict[str, Any]] = {
        "order_electronic": {"before": today, "order_number": "1", "reason": "x"},
        "send_back": {"remark": "x"},
        "cancel": {"remark": "x"},
        "appoint": {
            "chair": chain.members[0], "members": chain.members[1:], "order_number": "1",
            "order_date": today,
        },
        "send": {"sent_on": today, "reference": "1"},
        "answer": {"answered_on": today, "reference": "1"},
        "destroy": {"method": Method.BURN, "place": "x", "destroyed_on": today},
    }  # fmt: skip
    try:
        with transaction.atomic():
            if what in MOVES:
                chain.do(what, actor, **inputs.get(what, {}))
            else:
                _other(chain, actor, what, kept)
    except (PortalError, IntegrityError):
        chain.destruction = Destruction.objects.get(pk=chain.destruction.pk)


def _other(chain: Chain, actor: Any, what: str, kept: list[KeptLetter]) -> None:
    destruction = chain.destruction
    if what in ("vote_destroy", "vote_keep"):
        votes = [
            Vote(line.pk, destroy=what == "vote_destroy", reason="x") for line in chain.lines()
        ]
        archive_destruction.vote(destruction=destruction, actor=actor, votes=votes)
    elif what == "hold":
        archive.hold(kept=kept[0], actor=actor, reason="x")
    elif what == "release":
        archive.release(kept=kept[0], actor=actor)
    elif what == "keep":
        archive_destruction.keep(line=chain.lines()[0], actor=actor, note="x")
    elif what == "sign":
        archive_destruction.sign_record(destruction=destruction, actor=actor)
    elif what == "wait":
        then = timezone.localdate() - timedelta(days=61)
        Destruction.objects.filter(pk=destruction.pk, sent_on__isnull=False).update(sent_on=then)
    else:
        KeptLetter.objects.update(state=KeptState.DESTROYED)


def _check_nothing_gone_too_early(kept: list[KeptLetter]) -> None:
    """Each letter that is gone has every stage behind it."""
    gone = KeptLetter.objects.filter(pk__in=[row.pk for row in kept], state=KeptState.DESTROYED)
    for row in gone:
        line = row.destruction_lines.get(outcome=Outcome.DESTROY, destroyed_at__isnull=False)
        chain = line.destruction
        seats = chain.seats.count()
        votes = DestructionVote.objects.filter(line=line, destroy=True).count()
        assert chain.state in (DestructionState.DESTROYED, DestructionState.CLOSED)
        assert None not in (
            chain.proposed_at, chain.appointed_at, chain.reported_at, chain.approved_at,
            chain.sent_on, chain.cleared_on, chain.destroyed_on,
        )  # fmt: skip
        waited = (chain.cleared_on - chain.sent_on).days > 60  # type: ignore[operator]
        assert chain.answered_on is not None or waited
        assert seats >= 3
        assert votes * 2 > seats
        assert not row.legal_hold


def _check_the_right_way_destroys(
    world: World, members: list[Any], people: dict[str, Any], kept: list[KeptLetter]
) -> None:
    """The property says something: the whole way does destroy."""
    chain = Chain(world, members)
    for who, what in RIGHT_WAY:
        _try(chain, people[who], what, kept)
    states = KeptLetter.objects.values_list("state", flat=True)
    assert list(states) == [KeptState.DESTROYED] * 2

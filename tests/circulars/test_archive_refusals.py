"""What the chain of destruction refuses besides, and what runs by the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circulars import tasks_archive
from circulars.enums_archive import DestructionState
from circulars.models import Destruction
from circulars.services import archive_destruction
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from tests.factories import archive as make
from tests.factories.archive import Chain
from tests.factories.letters import World

D = DestructionState
DAY = timedelta(days=1)


def test_empty_list_is_not_submitted(world: World) -> None:
    with pytest.raises(InvalidInput, match="no letters"):
        Chain(world).propose()


def test_returned_list_is_surveyed_again(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.propose()
    assert chain.do("send_back", world.director, remark="ขาด").state == D.SURVEY
    assert chain.destruction.remark == "ขาด"


def test_days_of_the_chain_run_forward(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.APPROVED)
    today = timezone.localdate()
    with pytest.raises(InvalidInput, match="only later"):
        chain.do("send", world.registry, sent_on=today - DAY, reference="1")
    chain.send()
    with pytest.raises(InvalidInput, match="only later"):
        chain.do("answer", world.registry, answered_on=today - DAY, reference="1")
    chain.clear()
    with pytest.raises(InvalidInput, match="only later"):
        chain.do("destroy", chain.members[0], method="burn", place="x", destroyed_on=today - DAY)


def test_head_alone_keeps_lines_with_a_reason_and_in_time(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    line = chain.lines()[0]
    with pytest.raises(InvalidInput, match="why"):
        archive_destruction.keep(line=line, actor=world.director, note="")
    with pytest.raises(NotAllowed):
        archive_destruction.keep(line=line, actor=world.registry, note="x")
    with pytest.raises(StaleAction):
        archive_destruction.keep(line=line, actor=world.director, note="x")


def test_record_is_signed_by_members_after_the_destruction(world: World) -> None:
    make.paper(world)
    chain = Chain(world)
    chain.to(D.CLEARED)
    with pytest.raises(NotAllowed):
        archive_destruction.sign_record(destruction=chain.destruction, actor=world.registry)
    with pytest.raises(StaleAction):
        archive_destruction.sign_record(destruction=chain.destruction, actor=chain.members[0])


def test_survey_of_another_house_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed):
        archive_destruction.begin(house=world.schools[0], actor=world.registry)


def test_clockwork_runs_without_anything_to_do(world: World) -> None:
    tasks_archive.archive_surveys()
    tasks_archive.archive_loans_due()
    assert not Destruction.objects.exists()

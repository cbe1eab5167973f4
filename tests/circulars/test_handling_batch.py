"""Many decisions at once, whom a letter can be brought to, and how long it lay somewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.enums import Secrecy, StepState
from circulars.enums_handling import HandlingState
from circulars.models import Handling, Letter, LetterLook
from circulars.services import batch, handling, recipients
from circulars.services.desk_choices import desk_choices, to_post, usual_order_desk, value_of
from circulars.services.timeline import held_for
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput
from portal.org.enums import Role
from tests.circulars.test_handling_way import again
from tests.factories import handling as make
from tests.factories import letters as make_letters
from tests.factories.letters import World


def opened(world: World) -> Handling:
    handled = make.proposed(world)
    handling.note_look(delivery=handled.delivery, actor=world.director)
    return handled


def keys(world: World) -> list[str]:
    return [item.key for item in batch.waiting_for(again(world.director))]


def test_batch_takes_at_most_twenty(world: World) -> None:
    for chosen in ([], ["letter-1-1"] * (batch.LIMIT + 1)):
        with pytest.raises(InvalidInput) as refused:
            batch.decide(actor=world.director, keys=chosen)
        assert refused.value.field == "letters"


def test_batch_is_audited_with_its_counts(world: World) -> None:
    opened(world)
    outcomes = batch.decide(actor=again(world.director), keys=keys(world), remark="ทราบ")
    assert [outcome.is_done for outcome in outcomes] == [True]
    row = AuditRow.objects.get(action="handling.batch")
    assert row.data == {"chosen": 1, "decided": 1}


def test_batch_tells_of_a_letter_that_changed_after_it_was_opened(world: World) -> None:
    letter = make_letters.for_signature(world)
    handling.note_letter_look(letter=letter, actor=world.director)
    chosen = keys(world)
    recipients.set_recipients(letter=letter, actor=world.officer, units=[world.schools[0].pk])
    outcome = batch.decide(actor=again(world.director), keys=chosen)[0]
    assert (outcome.is_done, outcome.subject) == (False, letter.subject)
    assert "read it again" in outcome.message
    assert Letter.objects.get().state == "in_chain"


def test_batch_does_not_name_what_the_actor_may_not_see(world: World) -> None:
    letter = make_letters.draft(world)
    for key in (f"letter-{letter.pk}-1", "handling-x", "nonsense"):
        outcome = batch.decide(actor=again(world.director), keys=[key])[0]
        assert (outcome.subject, outcome.url) == ("A letter", "")


def test_batch_goes_on_after_one_refusal(world: World) -> None:
    """The director's post ends between the list and the click for one that was named."""
    first, second = opened(world), opened(world)
    chosen = keys(world)
    first.steps.current().update(state=StepState.CANCELLED)
    outcomes = batch.decide(actor=again(world.director), keys=chosen)
    assert [outcome.is_done for outcome in outcomes] == [False, True]
    assert Handling.objects.get(pk=second.pk).state == HandlingState.CLOSED


def test_refusal_of_one_letter_is_its_own(world: World) -> None:
    opened(world)
    item = batch.waiting_for(again(world.director))[0]
    outcome = batch._decide(item, world.officer, "")
    assert (outcome.is_done, outcome.message) == (False, "You may not do this.")


def test_looks_are_kept_only_of_who_decides(world: World) -> None:
    letter = make_letters.for_signature(world)
    handling.note_letter_look(letter=letter, actor=world.officer)
    handling.note_letter_look(letter=letter, actor=world.director)
    assert list(LetterLook.objects.values_list("person", "revision")) == [
        (world.director.pk, letter.revision)
    ]


def test_school_s_letters_are_brought_to_its_own_people(world: World) -> None:
    row = make.received(world, unit=world.schools[0], by=world.clerks[0])
    posts, people = (group for _label, group in desk_choices(row))
    principal = make.post(world.principals[0])
    assert [key for key, _label in posts] == [value_of(principal)]
    assert {key for key, _label in people} == {
        value_of(make.named(user)) for user in (world.principals[0], world.clerks[0])
    }
    assert usual_order_desk(row) == principal
    assert to_post("person:0", desk_choices(row)) is None


def test_usual_desk_is_the_head_s(world: World) -> None:
    assert usual_order_desk(make.received(world)) == make.director_post(world)
    group = make.received(world, unit=world.group, by=world.group_registry)
    assert usual_order_desk(group).role == Role.GROUP_DIRECTOR


def test_secret_letter_is_offered_to_people_and_its_readers(world: World) -> None:
    row = make.received(world, secrecy=Secrecy.SECRET)
    posts = [key for key, _label in desk_choices(row)[0][1]]
    assert {key.rpartition(":")[2] for key in posts} == {Role.REGISTRY, Role.DIRECTOR}


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1, minutes=30), "1 hour"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3, hours=4), "3 days 4 hours"),
        (timedelta(minutes=-5), "less than a minute"),
    ],
)
def test_span_in_words(span: timedelta, words: str) -> None:
    now = timezone.now()
    assert held_for(now, now + span) == words

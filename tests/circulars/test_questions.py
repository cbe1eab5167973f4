"""Questions on the way up: asked, answered, or taken back."""

import pytest
from django.urls import reverse

from circulars.enums import LetterState, Secrecy, StepKind, StepState
from circulars.models import Letter
from circulars.services import letters
from circulars.workflow import LETTER
from portal.audit.models import AuditRow
from portal.core.errors import NotAllowed
from portal.notifications.models import Notice
from portal.org.enums import Role
from portal.users.models import User
from portal.workflow.service import available
from tests.factories import acting, person
from tests.factories import letters as make
from tests.factories.letters import World


@pytest.fixture
def expert(world: World) -> User:
    return person(Role.OFFICER, world.group)


def ask(world: World, letter: Letter, expert: User, asker: User | None = None) -> Letter:
    return letters.consult(
        letter=letter,
        actor=asker or world.group_director,
        membership=world.membership(expert),
        question="งบประมาณพอหรือไม่",
    )


def steps(letter: Letter) -> list[tuple[str, str]]:
    return [(step.kind, step.state) for step in letter.steps.all()]


def moves_of(letter: Letter, user: User) -> list[str]:
    return [move.name for move in available(LETTER, letter, user)]


def test_unanswered_question_is_taken_back_by_who_asked(world: World, expert: User) -> None:
    letter = ask(world, make.submitted(world), expert)
    letter = letters.take_back_question(letter=letter, actor=world.group_director)
    assert letter.state == LetterState.IN_CHAIN
    assert steps(letter) == [
        (StepKind.CONSULT, StepState.CANCELLED), (StepKind.ENDORSE, StepState.CURRENT),
        (StepKind.ENDORSE, StepState.WAITING), (StepKind.SIGN, StepState.WAITING),
    ]  # fmt: skip
    notice = Notice.objects.latest("pk")
    assert (notice.kind, notice.url) == (
        "circulars.question_withdrawn", reverse("circulars:waiting"),
    )  # fmt: skip
    assert list(notice.notifications.values_list("person", flat=True)) == [expert.pk]
    row = AuditRow.objects.latest("pk")
    assert (row.action, row.actor) == (
        "circulars.letter.take_back_question", world.group_director,
    )  # fmt: skip


def test_who_was_asked_has_nothing_more_to_do_with_the_letter(world: World, expert: User) -> None:
    letter = ask(world, make.submitted(world), expert)
    assert Letter.objects.visible_to(expert).exists()
    letter = letters.take_back_question(letter=letter, actor=world.group_director)
    assert moves_of(letter, expert) == []
    assert not Letter.objects.visible_to(expert).exists()


def test_only_the_asking_post_takes_a_question_back(world: World, expert: User) -> None:
    stand_in = person(None, office=world.office)
    acting(stand_in, world.membership(world.group_director))
    letter = ask(world, make.submitted(world), expert)
    offered = {
        name
        for name, user in {**vars(world), "expert": expert, "stand-in": stand_in}.items()
        if isinstance(user, User) and "take_back_question" in moves_of(letter, user)
    }
    assert offered == {"group_director", "stand-in"}
    with pytest.raises(NotAllowed):
        letters.take_back_question(letter=letter, actor=world.officer)


def test_no_question_no_taking_back(world: World, expert: User) -> None:
    letter = make.submitted(world)
    with pytest.raises(NotAllowed):
        letters.take_back_question(letter=letter, actor=world.deputy)
    letter = ask(world, letter, expert)
    letter = letters.take_back_question(letter=letter, actor=world.group_director)
    with pytest.raises(NotAllowed):
        letters.take_back_question(letter=letter, actor=world.group_director)


def test_question_about_a_question_is_taken_back_alone(world: World, expert: User) -> None:
    second = person(Role.OFFICER, world.group)
    letter = ask(world, make.submitted(world), expert)
    letter = ask(world, letter, second, asker=expert)
    assert "take_back_question" not in moves_of(letter, world.group_director)
    letter = letters.take_back_question(letter=letter, actor=expert)
    assert steps(letter)[:3] == [
        (StepKind.CONSULT, StepState.CANCELLED), (StepKind.CONSULT, StepState.CURRENT),
        (StepKind.ENDORSE, StepState.WAITING),
    ]  # fmt: skip


def test_question_taken_back_begins_no_new_round(world: World, expert: User) -> None:
    letter = make.submitted(world)
    letter = letters.endorse(letter=letter, actor=world.group_director, revision=letter.revision)
    letter = ask(world, letter, expert, asker=world.deputy)
    letter = letters.take_back_question(letter=letter, actor=world.deputy)
    assert letter.steps.of_round(letter).count() == 4
    assert moves_of(letter, world.officer) == []  # somebody has decided: no pulling back


@pytest.mark.parametrize("ending", ["pull_back", "send_back"])
def test_round_is_counted_from_the_last_one_that_ended(world: World, ending: str) -> None:
    letter = make.submitted(world)
    if ending == "pull_back":
        letter = letters.pull_back(letter=letter, actor=world.officer)
    else:
        letter = letters.send_back(letter=letter, actor=world.group_director, remark="แก้")
    letter = letters.submit(letter=letter, actor=world.officer)
    assert letter.steps.count() == 6
    assert letter.steps.of_round(letter).count() == 3


def test_who_asks_about_a_secret_letter_still_sees_it(world: World, expert: User) -> None:
    letter = ask(world, make.submitted(world, secrecy=Secrecy.SECRET), expert)
    assert list(Letter.objects.visible_to(world.group_director)) == [letter]
    assert not Letter.objects.visible_to(world.deputy).exists()


def test_question_is_taken_back_from_its_page(world: World, expert: User, browse) -> None:
    letter = ask(world, make.submitted(world), expert)
    client = browse(world.group_director)
    url = reverse("circulars:letter_move", args=[letter.pk, "take_back_question"])
    assert url in client.get(letter.get_absolute_url()).content.decode()
    assert client.post(url).url == letter.get_absolute_url()
    assert moves_of(letter, world.group_director) == ["endorse", "send_back", "consult"]


def test_who_is_asked_gives_an_opinion_and_endorses_nothing(
    world: World, expert: User, browse
) -> None:
    letter = ask(world, make.submitted(world), expert)
    assert moves_of(letter, expert) == ["give_opinion", "consult"]
    with pytest.raises(NotAllowed):
        letters.endorse(letter=letter, actor=expert, revision=letter.revision)
    client = browse(expert)
    url = reverse("circulars:letter_move", args=[letter.pk, "give_opinion"])
    assert "งบประมาณพอหรือไม่" in client.get(url).content.decode()
    empty = client.post(url, {"revision": letter.revision, "remark": " "})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["remark"])
    client.post(url, {"revision": letter.revision, "remark": "พอ"})
    first = letter.steps.first()
    assert (first.state, first.remark, first.decided_by) == (StepState.DONE, "พอ", expert)

"""The wording of notices about received letters; a secret one shows no subject."""

import pytest
from django.utils import translation

from circulars.effects.notices import tell
from circulars.enums import Secrecy
from circulars.models import Letter
from circulars.registrations.handling import KINDS
from circulars.services import desks
from portal.notifications.models import Notice
from portal.notifications.wording import render_words
from portal.org.enums import Role
from tests.factories import handling as make
from tests.factories import person
from tests.factories.letters import World

SUBJECTS = {
    "to_remark": "For your remark or order: {subject}",
    "sent_back": "Came back to you: {subject}",
    "handling_withdrawn": "Not waiting for you any more: {subject}",
    "opinion_given": "An opinion was given: {subject}",
    "for_information": "For your information: {subject}",
    "assigned": "Assigned to you: {subject}",
    "work_withdrawn": "Not assigned to you any more: {subject}",
    "work_reported": "Result reported: {subject}",
    "report_returned": "More is asked for: {subject}",
    "work_given_back": "Work was given back: {subject}",
    "handling_closed": "Closed: {subject}",
    "overdue_below": "Overdue: {subject}",
}


def test_every_kind_has_its_wording() -> None:
    assert {code for code, _label, _urgent in KINDS} == {*SUBJECTS, "desk_handed"}


@pytest.mark.parametrize("code", SUBJECTS)
def test_subject_and_text_of_each_kind(world: World, code: str) -> None:
    letter = make.received(world).letter
    tell(code, [world.officer], letter, world.director, "/x/")
    told = Notice.objects.filter(kind=f"circulars.{code}").latest("pk")
    with translation.override("en"):
        words = render_words(told, "en")
    filled = words.for_person("A", "https://portal.example/x")
    assert filled.subject == SUBJECTS[code].format(subject=letter.subject)
    assert filled.text.startswith("Dear A,\n")
    assert filled.text.endswith("To open it: https://portal.example/x\n")


@pytest.mark.parametrize("code", SUBJECTS)
def test_secret_letter_shows_no_subject(world: World, code: str) -> None:
    letter = Letter.objects.get(pk=make.received(world, secrecy=Secrecy.SECRET).letter_id)
    tell(code, [world.officer], letter, world.director, "/x/")
    words = render_words(Notice.objects.filter(kind=f"circulars.{code}").latest("pk"), "en")
    assert letter.subject not in words.subject + words.text + words.html


def test_successor_learns_whose_desk_it_is(world: World) -> None:
    make.ordered(world, make.lead(world.officer))
    desks.plan_handover(
        actor=world.group_director, person=world.officer,
        successor=person(Role.OFFICER, world.group), starts_on=desks.timezone.localdate(),
    )  # fmt: skip
    words = render_words(Notice.objects.filter(kind="circulars.desk_handed").latest("pk"), "en")
    name = world.officer.get_full_name()
    filled = words.for_person("A", "https://portal.example/x")
    assert filled.subject == f"The desk of {name} is yours"
    assert "1 pieces" in filled.text

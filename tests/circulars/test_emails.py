"""The wording of every notice: subject lines, and what a secret letter never says."""

import pytest
from django.utils import translation

from circulars.effects.notices import tell
from circulars.enums import Secrecy
from circulars.registration import KINDS
from portal.notifications.models import Notice
from portal.notifications.wording import render_words
from tests.factories import letters as make
from tests.factories.letters import World

CODES = [code for code, _label, _urgent in KINDS]

SUBJECTS = {
    "waiting": "For your decision: {subject}",
    "consulted": "Your opinion is asked: {subject}",
    "question_withdrawn": "Your opinion is not needed any more: {subject}",
    "step_vacant": "Nobody can decide now: {subject}",
    "returned": "Returned for correction: {subject}",
    "signed": "Signed as {number}: {subject}",
    "unsent": "Not sent: {number} {subject}",
    "voided": "Void: {number} {subject}",
    "delivered": "Letter from {sender}: {subject}",
    "chased": "Reminder: {subject}",
    "answered": "Answer to {number}: {subject}",
    "forwarded": "Handed to you: {subject}",
}


@pytest.mark.parametrize("code", CODES)
def test_subject_and_text_of_each_kind(world: World, code: str) -> None:
    letter = make.signed(world)
    tell(code, [world.officer], letter, world.director, letter.get_absolute_url())
    told = Notice.objects.filter(kind=f"circulars.{code}").latest("pk")
    with translation.override("en"):
        words = render_words(told, "en")
    filled = words.for_person("A", "https://portal.example/x")
    assert filled.subject == SUBJECTS[code].format(
        subject=letter.subject, number=letter.number_text, sender=str(letter.unit)
    )
    assert filled.text.startswith("Dear A,\n")
    assert filled.text.endswith("To open it: https://portal.example/x\n")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["th", "en"])
def test_secret_letter_shows_no_subject(world: World, code: str, language: str) -> None:
    letter = make.signed(world, secrecy=Secrecy.SECRET)
    tell(code, [world.officer], letter, world.director, letter.get_absolute_url())
    words = render_words(Notice.objects.filter(kind=f"circulars.{code}").latest("pk"), language)
    assert letter.subject not in words.subject + words.text + words.html


def test_urgent_letter_says_so_first(world: World) -> None:
    letter = make.signed(world, speed="most_urgent")
    tell("delivered", [world.officer], letter, None, letter.get_received_url())
    words = render_words(Notice.objects.filter(kind="circulars.delivered").latest("pk"), "en")
    assert words.subject.startswith("Most urgent: Letter from")

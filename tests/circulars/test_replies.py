"""Answering a letter with a letter; both registers say so by themselves (clauses 39 and 47)."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from circulars.body import text_to_body
from circulars.enums import LetterState
from circulars.forms.letter import LetterForm
from circulars.models import Delivery, Letter, Reference, Register, RegisterEntry
from circulars.pdf.registers import register_html
from circulars.register_words import remark
from circulars.resources import register_workbook
from circulars.services import deliveries, letters, paper, replies
from portal.core.errors import NotAllowed
from portal.core.thai.dates import short
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.service import central_registry
from portal.users.models import User
from tests.factories import letters as make
from tests.factories import person
from tests.factories.letters import World, make_world

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db

BODY = text_to_body("ขอเรียนว่าได้ดำเนินการแล้ว")


@pytest.fixture
def world() -> World:
    return make_world(schools=2)


def received(world: World, unit: Unit | None = None, actor: User | None = None) -> Delivery:
    return paper.take_in(
        unit=unit or central_registry(world.office), actor=actor or world.registry,
        sender="สำนักงานจังหวัดพัทลุง", subject="ขอข้อมูลนักเรียน", reference="พท 0017/123",
        dated=date(2026, 11, 2),
    ).delivery  # fmt: skip


def handed(world: World) -> Delivery:
    """Received by the central registry and handed to the officer."""
    delivery = received(world)
    deliveries.forward(delivery=delivery, actor=world.registry, person=world.officer)
    return delivery


def signed_reply(world: World, delivery: Delivery) -> Letter:
    draft = replies.begin_reply(delivery=delivery, actor=world.officer)
    draft = letters.change_draft(
        letter=draft, actor=world.officer, revision=draft.revision, body=BODY
    )
    letter = letters.submit(letter=draft, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letter = letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    return letters.sign(letter=letter, actor=world.director, revision=letter.revision)


def texts(*entries: RegisterEntry | None) -> list[tuple[list[str], list[str]]]:
    given = [entry for entry in entries if entry]
    found = replies.cross_references(given)
    return [
        ([one.text for one in both.answered_by], [one.text for one in both.answers])
        for both in (found.get(entry.pk, replies.CrossReferences()) for entry in given)
    ]


def test_button_begins_a_draft_with_everything_set(world: World, browse: Browse) -> None:
    delivery = handed(world)
    page = browse(world.officer)
    shown = page.get(delivery.get_absolute_url()).content.decode()
    address = reverse("circulars:reply", args=[delivery.pk])
    assert f'action="{address}"' in shown

    answer = page.post(address)

    draft = Letter.objects.get(state=LetterState.DRAFT)
    assert answer["Location"] == reverse("circulars:edit", args=[draft.pk])
    assert (draft.unit, draft.drafter, draft.kind) == (world.group, world.officer, "letter")
    assert (draft.subject, draft.salutation, draft.addressee) == (
        "ขอข้อมูลนักเรียน", "เรียน", "สำนักงานจังหวัดพัทลุง",
    )  # fmt: skip
    reference = Reference.objects.get()
    assert (reference.letter, reference.earlier) == (draft, delivery.letter)
    assert reference.text == "หนังสือสำนักงานจังหวัดพัทลุง ที่ พท 0017/123 ลงวันที่ 2 พ.ย. 2569"
    assert [row.unit for row in draft.recipients.all()] == [delivery.letter.unit]


def test_signing_shows_each_in_the_register_of_the_other(world: World) -> None:
    delivery = handed(world)
    assert delivery.entry is not None
    draft = replies.begin_reply(delivery=delivery, actor=world.officer)
    assert texts(delivery.entry) == [([], [])]
    draft.references.all().delete()
    letters.discard(letter=draft, actor=world.officer)

    letter = signed_reply(world, delivery)

    today = short(timezone.localdate())
    assert texts(delivery.entry, letter.entry) == [
        ([f"ตอบแล้ว ที่ {letter.number_text} ลงวันที่ {today}"], []),
        ([], [f"ตอบหนังสือรับที่ {delivery.entry.number} ลงวันที่ {today}"]),
    ]
    found = replies.cross_references([delivery.entry])[delivery.entry.pk]
    assert (found.answered_by[0].letter_id, found.answered_by[0].delivery_id) == (
        letter.pk, delivery.pk,
    )  # fmt: skip
    assert found.text == f"ตอบแล้ว ที่ {letter.number_text} ลงวันที่ {today}"


def test_void_reply_takes_its_cross_references_along(world: World) -> None:
    delivery = handed(world)
    letter = signed_reply(world, delivery)

    letters.void(letter=letter, actor=world.registry, reason="พิมพ์ผิด")

    assert texts(delivery.entry, letter.entry) == [([], []), ([], [])]


def test_one_letter_answers_several_and_several_answer_one(world: World) -> None:
    first, second = handed(world), handed(world)
    letter = signed_reply(world, first)
    Reference.objects.create(letter=letter, earlier=second.letter, text="x", position=2)
    other = signed_reply(world, first)

    found = texts(first.entry, second.entry, letter.entry, other.entry)

    assert [(len(answered), len(answers)) for answered, answers in found] == [
        (2, 0), (1, 0), (0, 2), (0, 1),
    ]  # fmt: skip


def test_same_letter_referred_to_twice_is_one_cross_reference(world: World) -> None:
    delivery = handed(world)
    letter = signed_reply(world, delivery)
    Reference.objects.create(letter=letter, earlier=delivery.letter, text="อีกครั้ง", position=2)

    assert [len(answers) for _answered, answers in texts(letter.entry)] == [1]


def test_school_answers_its_own_copy_and_not_the_other_schools(world: World) -> None:
    circular = make.dispatched(world, subject="รายงานข้อมูล")
    own, other = (make.delivery(circular, unit) for unit in world.schools)
    for delivery, clerk in zip((own, other), world.clerks, strict=True):
        deliveries.register(delivery=delivery, actor=clerk)
    own, other = (make.delivery(circular, unit) for unit in world.schools)
    draft = replies.begin_reply(delivery=own, actor=world.clerks[0])
    draft = letters.change_draft(
        letter=draft, actor=world.clerks[0], revision=draft.revision, body=BODY
    )
    letter = letters.submit(letter=draft, actor=world.clerks[0])
    letter = letters.sign(letter=letter, actor=world.principals[0], revision=letter.revision)

    assert draft.addressee == circular.signer_lines[0]
    assert [row.unit for row in draft.recipients.all()] == [world.group]
    assert reference_of(draft).startswith(f"หนังสือ{world.office.name} ที่ ")
    assert [len(answered) for answered, _answers in texts(own.entry, other.entry)] == [1, 0]
    assert [len(answers) for _answered, answers in texts(letter.entry)] == [1]


def reference_of(letter: Letter) -> str:
    return Reference.objects.get(letter=letter).text


def test_reference_to_a_letter_nobody_here_registered_says_nothing(world: World) -> None:
    theirs = received(world, world.schools[0], world.clerks[0])
    letter = make.for_signature(world)
    Reference.objects.create(letter=letter, earlier=theirs.letter, text="x", position=1)
    letter = letters.sign(letter=letter, actor=world.director, revision=letter.revision)

    assert texts(theirs.entry, letter.entry) == [([], []), ([], [])]


def test_cross_references_of_a_page_cost_two_queries(
    world: World, django_assert_num_queries: Callable
) -> None:
    first = handed(world)
    entries = [first.entry, signed_reply(world, first).entry]
    for _turn in range(3):
        delivery = handed(world)
        entries += [delivery.entry, signed_reply(world, delivery).entry]

    with django_assert_num_queries(2):
        found = replies.cross_references([entry for entry in entries if entry])

    assert len(found) == 8
    assert replies.cross_references([]) == {}


def test_link_outlives_saving_the_draft(world: World) -> None:
    """The reference is one line of text in the form; its letter must not be lost with it."""
    draft = replies.begin_reply(delivery=handed(world), actor=world.officer)
    form = LetterForm(letter=draft, user=world.officer)
    data = {name: form[name].value() or "" for name in form.fields if name != "enclosures"}
    posted = LetterForm(data, letter=draft, user=world.officer)

    assert posted.is_valid(), posted.errors
    earlier = Reference.objects.get().earlier
    assert [found for found, _text in posted.references()] == [earlier]


@pytest.mark.parametrize(
    "line", ["พท 0017/123", "พท ๐๐๑๗/๑๒๓ ลงวันที่ ๒ พ.ย. ๒๕๖๙", "หนังสือจังหวัดพัทลุง ที่ พท 0017/123"]
)
def test_typed_reference_finds_the_letter_received(world: World, line: str) -> None:
    delivery = received(world)
    draft = letters.create_draft(
        unit=central_registry(world.office), actor=world.registry, subject="x"
    )
    form = LetterForm({"references_text": line}, letter=draft, user=world.registry)
    form.is_valid()

    assert form.references() == [(delivery.letter, line)]


def test_letter_received_is_found_to_refer_to(world: World, browse: Browse) -> None:
    received(world)
    address = reverse("circulars:search_reference")

    assert "พท 0017/123" in browse(world.registry).get(address, {"q": "นักเรียน"}).content.decode()
    assert (
        "พท 0017/123" not in browse(world.officer).get(address, {"q": "นักเรียน"}).content.decode()
    )


def test_reply_stands_on_the_page_of_the_letter(world: World, browse: Browse) -> None:
    delivery = handed(world)
    letter = signed_reply(world, delivery)

    shown = browse(world.registry).get(delivery.get_absolute_url())

    assert letter.number_text in shown.content.decode()
    assert list(replies.replies_to(delivery=delivery, user=world.officer)) == [letter]
    assert list(replies.replies_to(delivery=delivery, user=world.clerks[0])) == []


def test_who_reads_the_letter_and_writes_in_its_house_answers(
    world: World, browse: Browse
) -> None:
    delivery = handed(world)
    everybody = {
        "registry": world.registry, "officer": world.officer, "director": world.director,
        "deputy": world.deputy, "group_director": world.group_director,
        "clerk": world.clerks[0], "auditor": person(Role.AUDITOR, office=world.office),
    }  # fmt: skip

    able = {name for name, user in everybody.items() if replies.may_reply(user, delivery)}

    assert able == {"registry", "officer"}
    address = reverse("circulars:reply", args=[delivery.pk])
    assert browse(world.director).post(address).status_code == 404
    assert browse(world.clerks[0]).post(address).status_code == 404
    for user in (world.director, world.clerks[0]):
        with pytest.raises(NotAllowed):
            replies.begin_reply(delivery=delivery, actor=user)


def test_reference_without_number_or_date_is_the_agency(world: World) -> None:
    delivery = paper.take_in(
        unit=central_registry(world.office), actor=world.registry, sender="ชมรม", subject="x"
    ).delivery

    assert replies.reference_words(delivery.letter) == "หนังสือชมรม"


def test_cross_references_stand_on_screen_in_print_and_in_excel(
    world: World, browse: Browse
) -> None:
    delivery = handed(world)
    letter = signed_reply(world, delivery)
    assert delivery.entry is not None
    assert letter.entry is not None
    day = short(timezone.localdate())
    for entry, words in (
        (delivery.entry, f"ตอบแล้ว ที่ {letter.number_text} ลงวันที่ {day}"),
        (letter.entry, f"ตอบหนังสือรับที่ {delivery.entry.number} ลงวันที่ {day}"),
    ):
        register = Register.objects.select_related("unit__office").get(pk=entry.register_id)
        book = load_workbook(BytesIO(register_workbook(register)))
        shown = browse(world.registry).get(reverse("circulars:register", args=[register.pk]))

        assert words in shown.content.decode()
        assert words in register_html(register)
        assert book.worksheets[0].cell(4, 9).value == words


def test_note_of_a_line_stands_before_its_cross_reference(world: World) -> None:
    delivery = paper.take_in(
        unit=central_registry(world.office), actor=world.registry, sender="ชมรม", subject="x",
        note="ทางไปรษณีย์",
    ).delivery  # fmt: skip
    deliveries.forward(delivery=delivery, actor=world.registry, person=world.officer)
    letter = signed_reply(world, delivery)
    assert delivery.entry is not None
    (entry,) = replies.with_cross_references([delivery.entry])

    assert remark(entry) == (
        f"ทางไปรษณีย์ ตอบแล้ว ที่ {letter.number_text} ลงวันที่ {short(timezone.localdate())}"
    )

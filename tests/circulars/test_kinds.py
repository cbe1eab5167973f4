"""Writing, numbering and signing each kind of letter as the table of kinds says."""

import io
from datetime import date, time

import pytest
from django.urls import reverse

from circulars.demo_kinds import KindsDemo
from circulars.effects.numbering import content_hash
from circulars.enums import LetterKind, LetterState, RegisterKind, StepKind
from circulars.forms.kinds import ThaiTimeField, kind_choices
from circulars.forms.letter import LetterForm
from circulars.forms.moves import AssignForm, SignForm
from circulars.forms_of_address import of_words
from circulars.kinds import GROUPS, KINDS, Numbering, Recipients, kind_of, without_recipients
from circulars.models import Letter, LetterTemplate, MergeRow, Phrase, Register
from circulars.numbering import number_beginning
from circulars.registration import ReadyTile
from circulars.services import letters
from circulars.services.routes import usual_stops
from circulars.usual_phrases import REMARKS, TEXTS
from circulars.workflow import LETTER
from portal.core import registry
from portal.core.models import DeferredTask
from portal.org.enums import Role
from portal.org.models import Unit
from portal.workflow.service import available
from tests.factories import kinds as make
from tests.factories import letters as usual
from tests.factories.letters import World

BE = date.today().year + 543


def fields_of(world: World, kind: str) -> list[str]:
    form = LetterForm(letter=make.draft(world, kind), user=world.officer)
    return [name for _legend, names in form.fieldsets for name in names]


def test_table_has_each_kind_under_its_type() -> None:
    assert set(KINDS) == set(LetterKind.values)
    assert [kind for _label, kinds in GROUPS for kind in kinds] == list(LetterKind)
    assert [
        value for _label, kinds in kind_choices() for value, _name in kinds
    ] == LetterKind.values


@pytest.mark.parametrize("kind", LetterKind.values)
def test_every_part_of_a_kind_has_a_field(world: World, kind: str) -> None:
    form = LetterForm(letter=make.draft(world, kind), user=world.officer)
    fields = {name for _legend, names in form.fieldsets for name in names}
    assert set(form.fields) == {*fields, "revision"}
    parts = {part.name for part in KINDS[kind].parts}
    elsewhere = {"salutation", "closing", "references", "attachments"}
    assert parts - elsewhere <= fields


def test_forms_have_just_their_fields(world: World) -> None:
    handling = ["secrecy", "names_person", "send_when_signed"]
    assert {kind: fields_of(world, kind) for kind in ("order", "minutes", "sealed", "memo")} == {
        "order": ["issuer", "subject", "body", "effective", "enclosures", *handling],
        "minutes": [
            "subject", "meeting_number", "held_on", "place", "present", "absent", "attending",
            "began_at", "body", "ended_at", "taken_by", "enclosures", *handling, "ends_at",
        ],
        "sealed": [
            "subject", "addressee", "references_text", "body", "enclosures", "speed", "secrecy",
            "due_on", "answer_wanted", "names_person", "send_when_signed", "ends_at",
        ],
        "memo": [
            "subject", "address_form", "addressee", "references_text", "body", "enclosures",
            "speed", *handling, "ends_at",
        ],
    }  # fmt: skip


def test_memo_asks_for_a_salutation_only(world: World) -> None:
    letter = make.draft(world, LetterKind.MEMO, salutation="นมัสการ")
    form = LetterForm(letter=letter, user=world.officer)
    assert form.fields["address_form"].choices == [
        ("person", "เรียน"), ("high_office", "กราบเรียน"), ("monk", "นมัสการ"),
    ]  # fmt: skip
    assert form.initial["address_form"] == "monk"


@pytest.mark.parametrize(
    ("salutation", "closing", "code"),
    [
        ("เรียน", "", "person"), ("กราบเรียน", "", "high_office"), ("", "", "person"),
        ("นมัสการ", "ขอนมัสการด้วยความเคารพอย่างสูง", "titled_monk"),
    ],
)  # fmt: skip
def test_form_of_address_of_words(salutation: str, closing: str, code: str) -> None:
    assert of_words(salutation, closing).code == code


# --- writing ---

MINUTES = {
    "subject": "คณะกรรมการ", "meeting_number": "๑๑/๒๕๖๙", "held_on": "2/11/2569",
    "place": "ห้องประชุม",
    "present": "นายหนึ่ง", "absent": "", "attending": "", "began_at": "๐๙.๐๐ น.", "body": "<p>ก</p>",
    "ended_at": "12:30", "taken_by": "นางสอง", "secrecy": "open", "ends_at": "group_director",
}  # fmt: skip


def test_minutes_are_written_kept_and_shown_again(world: World, browse) -> None:
    client = browse(world.officer)
    unit = world.group.pk
    begun = client.post(reverse("circulars:new"), {"unit": unit, "kind": "minutes"})
    letter = Letter.objects.get()
    assert begun.url == reverse("circulars:edit", args=[letter.pk])
    answer = client.post(begun.url, {**MINUTES, "revision": letter.revision})
    assert answer.url == letter.get_absolute_url()
    letter.refresh_from_db()
    assert letter.details == {
        "meeting_number": "๑๑/๒๕๖๙", "held_on": "2026-11-02", "place": "ห้องประชุม",
        "present": "นายหนึ่ง", "began_at": "09:00", "ended_at": "12:30", "taken_by": "นางสอง",
        "ends_at": "group_director",
    }  # fmt: skip
    assert (letter.salutation, letter.closing) == ("", "")
    page = client.get(begun.url).content.decode()
    assert [page.count(f'value="{value}"') for value in ("2/11/2569", "02/11/2569", "09.00")] == [
        0, 1, 1,
    ]  # fmt: skip
    detail = client.get(letter.get_absolute_url()).content.decode()
    assert detail.count("2 พฤศจิกายน 2569") == 1


def test_autosave_keeps_details(world: World, browse) -> None:
    letter = letters.blank_draft(unit=world.group, actor=world.officer, kind=LetterKind.ORDER)
    url = reverse("circulars:autosave", args=[letter.pk])
    data = {"revision": 1, "subject": "ก", "effective": "บัดนี้เป็นต้นไป", "secrecy": "open"}
    answer = browse(world.officer).post(url, data)
    assert answer.json() == {"revision": 2, "subject": "ก"}
    letter.refresh_from_db()
    assert letter.details == {"effective": "บัดนี้เป็นต้นไป"}


def test_wrong_time_is_said_beside_the_field(world: World, browse) -> None:
    letter = letters.blank_draft(unit=world.group, actor=world.officer, kind=LetterKind.MINUTES)
    url = reverse("circulars:edit", args=[letter.pk])
    answer = browse(world.officer).post(url, {**MINUTES, "revision": 1, "began_at": "เช้า"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["began_at"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [("13.30", time(13, 30)), ("๙.๐๕ น.", time(9, 5)), ("13:30", time(13, 30)), ("", None)],
)
def test_times_as_people_type_them(typed: str, read: time | None) -> None:
    assert ThaiTimeField(required=False).clean(typed) == read


def test_new_letter_begins_with_the_words_of_its_form(world: World) -> None:
    begun = {
        kind: letters.blank_draft(unit=world.group, actor=world.officer, kind=kind)
        for kind in (LetterKind.RULE, LetterKind.MEMO, LetterKind.LETTER, LetterKind.CERTIFICATE)
    }
    assert begun[LetterKind.RULE].body.count("ข้อ ") == 4
    assert (begun[LetterKind.MEMO].salutation, begun[LetterKind.MEMO].closing) == ("เรียน", "")
    assert begun[LetterKind.LETTER].closing == "ขอแสดงความนับถือ"
    assert begun[LetterKind.CERTIFICATE].names_person
    assert (begun[LetterKind.RULE].salutation, begun[LetterKind.LETTER].body) == ("", "")


def test_copy_of_an_order_keeps_its_details(world: World) -> None:
    copied = letters.copy_to_draft(
        letter=make.signed(world, LetterKind.ORDER), actor=world.officer
    )
    assert (copied.kind, copied.details) == ("order", {"effective": "บัดนี้เป็นต้นไป"})


# --- the way up ---


@pytest.mark.parametrize(
    ("kind", "details", "roles"),
    [
        (LetterKind.LETTER, {}, ["group_director", "deputy", "director"]),
        (LetterKind.ORDER, {"effective": "ก"}, ["group_director", "deputy", "director"]),
        (LetterKind.MEMO, {}, ["group_director", "deputy", "director"]),
        (LetterKind.MEMO, {"ends_at": "group_director"}, ["group_director"]),
        (LetterKind.MEMO, {"ends_at": "deputy"}, ["group_director", "deputy"]),
        (LetterKind.SEALED, {}, ["group_director"]),
        (LetterKind.SEALED, {"ends_at": "director"}, ["group_director", "deputy", "director"]),
    ],
)
def test_way_ends_where_the_kind_or_the_drafter_says(
    world: World, kind: str, details: dict[str, str], roles: list[str]
) -> None:
    stops = usual_stops(make.draft(world, kind, details=details))
    assert [stop.role for stop in stops] == roles
    assert [stop.kind for stop in stops][-1] == StepKind.SIGN


def test_group_director_approves_the_own_memo(world: World) -> None:
    letter = letters.create_draft(
        unit=world.group, actor=world.group_director, kind=LetterKind.MEMO,
        **{**usual.CONTENT, **make.COMPLETE[LetterKind.MEMO]},
        details={"ends_at": "group_director"},
    )  # fmt: skip
    assert [stop.role for stop in usual_stops(letter)] == ["group_director"]


def test_memo_of_a_school_goes_to_its_principal(world: World) -> None:
    letter = usual.school_letter(world, to=[])
    Letter.objects.filter(pk=letter.pk).update(kind=LetterKind.MEMO)
    letter.refresh_from_db()
    assert [stop.role for stop in usual_stops(letter)] == ["principal"]
    form = LetterForm(letter=letter, user=world.clerks[0])
    assert [name for name in form.fields if name == "ends_at"] == []


def test_memo_is_approved_with_the_typed_name(world: World, browse) -> None:
    """Clause 26 as amended by no. 4; a letter asks for the password as before."""
    letter = make.draft(world, LetterKind.MEMO, details={"ends_at": "group_director"})
    letter = letters.submit(letter=letter, actor=world.officer)
    client = browse(world.group_director)
    url = reverse("circulars:letter_move", args=[letter.pk, "sign"])
    page = client.get(url).content.decode()
    assert (page.count("Approve"), page.count('type="password"')) == (3, 0)
    client.post(url, {"revision": letter.revision, "remark": "อนุมัติ"})
    letter.refresh_from_db()
    assert (letter.state, letter.number_text) == (LetterState.SIGNED_PENDING, "ศธ 04108/1")
    other = usual.for_signature(world)
    assert SignForm(letter=other, user=world.director).identity is not None


def test_vacant_step_of_a_memo_may_be_given_to_a_group_director(world: World) -> None:
    letter = make.draft(world, LetterKind.MEMO, details={"ends_at": "group_director"})
    letter = letters.submit(letter=letter, actor=world.officer)
    offered = AssignForm(letter=letter, user=world.registry).fields["membership"].queryset
    assert {post.role for post in offered} == {Role.GROUP_DIRECTOR, Role.DEPUTY, Role.DIRECTOR}
    order = make.draft(world, LetterKind.ORDER)
    order = letters.submit(letter=order, actor=world.officer)
    order.steps.exclude(kind=StepKind.SIGN).delete()
    order.steps.update(state="current")
    offered = AssignForm(letter=order, user=world.registry).fields["membership"].queryset
    assert {post.role for post in offered} == {Role.DEPUTY, Role.DIRECTOR}


# --- numbers ---


@pytest.mark.parametrize(
    ("kind", "register", "number"),
    [
        (LetterKind.CIRCULAR, RegisterKind.CIRCULAR, "ศธ 04108/ว 1"),
        (LetterKind.LETTER, RegisterKind.OUTGOING, "ศธ 04108/1"),
        (LetterKind.MEMO, RegisterKind.MEMO, "ศธ 04108/1"),
        (LetterKind.SEALED, RegisterKind.OUTGOING, "ศธ 04108/1"),
        (LetterKind.ORDER, RegisterKind.ORDER, f"1/{BE}"),
        (LetterKind.RULE, RegisterKind.ANNOUNCEMENT, f"1/{BE}"),
        (LetterKind.BYLAW, RegisterKind.ANNOUNCEMENT, f"1/{BE}"),
        (LetterKind.ANNOUNCEMENT, RegisterKind.ANNOUNCEMENT, f"1/{BE}"),
        (LetterKind.STATEMENT, RegisterKind.ANNOUNCEMENT, f"1/{BE}"),
        (LetterKind.NEWS, RegisterKind.ANNOUNCEMENT, f"1/{BE}"),
        (LetterKind.CERTIFICATE, RegisterKind.CERTIFICATE, f"1/{BE}"),
        (LetterKind.MINUTES, RegisterKind.MEMO, "ศธ 04108/1"),
        (LetterKind.RECORD, RegisterKind.MEMO, "ศธ 04108/1"),
    ],
)
def test_number_and_register_of_each_kind(
    world: World, kind: str, register: str, number: str
) -> None:
    letter = make.signed(world, kind)
    assert (letter.number_text, letter.entry.register.kind) == (number, register)
    assert letter.entry.reference == number
    assert (number_beginning(letter) == "") == (kind_of(letter).numbering is Numbering.YEARLY)


def test_orders_and_certificates_each_begin_at_1(world: World) -> None:
    made = [make.signed(world, kind).number_text for kind in ("order", "certificate", "order")]
    assert made == [f"1/{BE}", f"1/{BE}", f"2/{BE}"]


def test_group_with_a_code_numbers_its_memos_itself(world: World) -> None:
    Unit.objects.filter(pk=world.group.pk).update(letter_code="ศธ 04108.01")
    world.group.refresh_from_db()
    memo, letter = (make.signed(world, kind) for kind in (LetterKind.MEMO, LetterKind.LETTER))
    assert (memo.number_text, memo.entry.register.unit) == ("ศธ 04108.01/1", world.group)
    assert letter.number_text == "ศธ 04108/1"
    assert Register.objects.filter(unit=world.group).count() == 1


# --- after the signature ---


def test_order_without_recipients_is_finished_when_it_is_made(world: World) -> None:
    letter = make.signed(world, LetterKind.ORDER, send_when_signed=True)
    letter = letters.attach_pdf(letter=letter, pdf=usual.some_file(world.office))
    assert letter.state == LetterState.READY
    assert DeferredTask.objects.filter(name="circulars.send_signed").count() == 0
    assert [move.name for move in available(LETTER, letter, world.officer)] == ["void"]
    assert ReadyTile().count(world.officer) == 0
    assert "order" in without_recipients()


def test_order_with_recipients_is_sent(world: World) -> None:
    letter = usual.draft(
        world, kind=LetterKind.ORDER,
        **{**make.COMPLETE[LetterKind.ORDER], "send_when_signed": True},
    )  # fmt: skip
    letter = letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    letter = letters.attach_pdf(letter=letter, pdf=usual.some_file(world.office))
    assert DeferredTask.objects.filter(name="circulars.send_signed").count() == 1
    assert ReadyTile().count(world.officer) == 1
    letter = letters.dispatch(letter=letter, actor=world.officer)
    assert letter.deliveries.count() == 3


def test_signed_order_is_called_signed_not_waiting_to_be_sent(world: World, browse) -> None:
    letter = make.signed(world, LetterKind.ORDER)
    letters.attach_pdf(letter=letter, pdf=usual.some_file(world.office))
    page = browse(world.officer).get(letter.get_absolute_url()).content.decode()
    assert page.count("Signed, ready to send") == 0


@pytest.mark.parametrize("kind", LetterKind.values)
def test_pages_of_each_kind_open(world: World, browse, kind: str) -> None:
    letter = make.draft(world, kind)
    client = browse(world.officer)
    for name in ("edit", "letter", "findings", "preview"):
        assert client.get(reverse(f"circulars:{name}", args=[letter.pk])).status_code == 200
    assert KINDS[kind].recipients in Recipients


def test_hash_covers_the_details(world: World) -> None:
    first = make.signed(world, LetterKind.ORDER)
    before = content_hash(first)
    first.details = {"effective": "วันพรุ่งนี้"}
    assert (before, before != content_hash(first)) == (first.content_hash, True)


def test_word_file_is_offered_on_the_page(world: World, browse) -> None:
    letter = make.draft(world, LetterKind.ORDER)
    url = reverse("circulars:letter_docx", args=[letter.pk])
    page = browse(world.officer).get(letter.get_absolute_url())
    assert page.content.decode().count(url) == 1
    assert io.BytesIO(browse(world.officer).get(url).content).read(2) == b"PK"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (LetterKind.LETTER, "ศธ 04108/ล 1"),
        (LetterKind.CIRCULAR, "ศธ 04108/ล 1"),
        (LetterKind.ORDER, f"ล 1/{BE}"),
    ],
)
def test_number_of_a_secret_letter_is_marked_and_of_its_own_book(
    world: World, kind: str, number: str
) -> None:
    """An open letter of the same number is another letter, and keeps none of it back."""
    usual.signed(world, kind=LetterKind.LETTER)
    letter = make.signed(world, kind, secrecy="confidential")
    assert (letter.number_text, letter.entry.register.kind) == (
        number, RegisterKind.SECRET_OUTGOING,
    )  # fmt: skip


def test_secret_memo_of_a_group_with_a_code_is_in_the_central_secret_book(world: World) -> None:
    Unit.objects.filter(pk=world.group.pk).update(letter_code="ศธ 04108.01")
    world.group.refresh_from_db()
    letter = make.signed(world, LetterKind.MEMO, secrecy="secret")
    assert (letter.number_text, letter.entry.register.unit) == (
        "ศธ 04108/ล 1", world.membership(world.registry).unit,
    )  # fmt: skip


@pytest.mark.django_db
def test_demo_shows_other_kinds_a_template_and_a_list_once() -> None:
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())
    for _run in range(2):
        KindsDemo().load(io.StringIO())
    kinds = sorted(Letter.objects.values_list("kind", "state"))
    assert kinds == [("certificate", "draft"), ("memo", "in_chain"), ("order", "in_chain")]
    assert (LetterTemplate.objects.count(), MergeRow.objects.count()) == (1, 12)
    assert Phrase.objects.count() == len(REMARKS) + len(TEXTS)

"""The way of a letter: every move, by whom, and what it leaves behind."""

import pytest

from circulars.effects.completeness import Incomplete
from circulars.enums import DeliveryState, LetterState, Secrecy, StepKind, StepState
from circulars.kinds import KINDS
from circulars.models import Delivery, Letter
from circulars.services import letters, recipients
from circulars.workflow import DELIVERY, LETTER
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, NotReady, StaleAction
from portal.core.models import DeferredTask
from portal.files.models import StoredFile
from portal.notifications.models import Notice
from portal.org.enums import ActingKind, Role, UnitKind
from portal.org.models import Unit
from portal.workflow.service import available
from tests.factories import acting, person
from tests.factories import letters as make
from tests.factories.letters import World


def steps(letter: Letter) -> list[tuple[str, str, str]]:
    return [(step.kind, step.role, step.state) for step in letter.steps.all()]


def told(kind: str) -> set[int]:
    """The people who were last told of ``kind``."""
    notice = Notice.objects.filter(kind=f"circulars.{kind}").order_by("-pk").first()
    return set(notice.notifications.values_list("person_id", flat=True)) if notice else set()


def test_submit_opens_the_usual_chain_and_tells_the_first_holder(world: World) -> None:
    letter = make.submitted(world)
    assert letter.state == LetterState.IN_CHAIN
    assert steps(letter) == [
        (StepKind.ENDORSE, Role.GROUP_DIRECTOR, StepState.CURRENT),
        (StepKind.ENDORSE, Role.DEPUTY, StepState.WAITING),
        (StepKind.SIGN, Role.DIRECTOR, StepState.WAITING),
    ]
    assert told("waiting") == {world.group_director.pk}


def test_submit_leaves_out_the_level_the_drafter_holds(world: World) -> None:
    letter = letters.create_draft(unit=world.group, actor=world.group_director, **make.CONTENT)
    recipients.set_recipients(
        letter=letter, actor=world.group_director, units=[world.schools[0].pk]
    )
    letter = letters.submit(letter=letter, actor=world.group_director)
    assert [role for _kind, role, _state in steps(letter)] == [Role.DEPUTY, Role.DIRECTOR]


def test_submit_leaves_out_a_level_without_any_deputy(world: World) -> None:
    world.membership(world.deputy).delete()
    letter = make.submitted(world)
    assert [role for _kind, role, _state in steps(letter)] == [Role.GROUP_DIRECTOR, Role.DIRECTOR]


@pytest.mark.parametrize("field", [part.name for part in KINDS["circular"].required])
def test_submit_names_the_missing_field(world: World, field: str) -> None:
    letter = make.draft(world, **{field: ""})
    with pytest.raises(InvalidInput) as refused:
        letters.submit(letter=letter, actor=world.officer)
    assert refused.value.field == field
    assert Letter.objects.get(pk=letter.pk).state == LetterState.DRAFT


def test_submit_wants_a_recipient(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        letters.submit(letter=make.draft(world, to=[]), actor=world.officer)
    assert refused.value.field == "recipients"


def test_submit_names_all_that_is_missing_at_once(world: World) -> None:
    letter = make.draft(world, to=[], subject="", body="<p> </p>")
    with pytest.raises(Incomplete) as refused:
        letters.submit(letter=letter, actor=world.officer)
    assert list(refused.value.missing) == ["subject", "body", "recipients"]


def test_submit_looks_at_the_letter_as_it_is_stored(world: World) -> None:
    """A window that was opened before somebody emptied the field does not get past."""
    letter = make.draft(world)
    Letter.objects.filter(pk=letter.pk).update(subject="")
    with pytest.raises(Incomplete) as refused:
        letters.submit(letter=letter, actor=world.officer)
    assert list(refused.value.missing) == ["subject"]
    assert letter.steps.count() == 0


@pytest.mark.parametrize("who", ["officer", "registry"])
def test_submit_in_an_office_without_executives_says_what_to_set(world: World, who: str) -> None:
    """Neither does a group director sign in the director's stead, nor is the reason hidden."""
    drafter = getattr(world, who)
    letter = letters.create_draft(
        unit=drafter.memberships.get().unit, actor=drafter, **make.CONTENT
    )
    recipients.set_recipients(letter=letter, actor=drafter, units=[world.schools[0].pk])
    for user in (world.deputy, world.director):
        world.membership(user).delete()
    Unit.objects.filter(office=world.office, kind=UnitKind.EXECUTIVE).delete()
    with pytest.raises(NotReady) as refused:
        letters.submit(letter=letter, actor=drafter)
    assert str(refused.value) == (
        f"Nobody can sign the letters of {world.office} yet. The administrator has to add the "
        "unit of the executives in the back-office and appoint the director there."
    )
    assert Letter.objects.get().state == LetterState.DRAFT


def test_submit_by_somebody_else_is_refused(world: World) -> None:
    colleague = person(Role.OFFICER, world.group)
    with pytest.raises(NotAllowed):
        letters.submit(letter=make.draft(world), actor=colleague)


def test_school_letter_is_signed_by_its_principal(world: World) -> None:
    letter = make.school_letter(world, to=[world.schools[1]])
    letter = letters.submit(letter=letter, actor=world.clerks[0])
    assert steps(letter) == [(StepKind.SIGN, Role.PRINCIPAL, StepState.CURRENT)]
    letter = letters.sign(letter=letter, actor=world.principals[0], revision=letter.revision)
    assert letter.entry.register.unit == world.schools[0]
    assert letter.number_text.endswith("/1")


def test_endorse_keeps_remark_time_and_position(world: World) -> None:
    letter = make.submitted(world)
    letters.endorse(
        letter=letter, actor=world.group_director, revision=letter.revision, remark="เห็นชอบ"
    )
    first, second, third = letter.steps.all()
    assert (first.state, first.remark, first.decided_by) == (
        StepState.DONE, "เห็นชอบ", world.group_director,
    )  # fmt: skip
    assert first.decided_as
    assert first.decided_at is not None
    assert (second.state, third.state) == (StepState.CURRENT, StepState.WAITING)
    assert told("waiting") == {world.deputy.pk}


def test_return_gives_the_letter_back_and_a_new_round_begins(world: World) -> None:
    letter = make.submitted(world)
    letter = letters.send_back(letter=letter, actor=world.group_director, remark="แก้วันที่")
    assert letter.state == LetterState.RETURNED
    assert told("returned") == {world.officer.pk}
    letters.submit(letter=letter, actor=world.officer)
    assert [state for _kind, _role, state in steps(letter)] == [
        StepState.RETURNED, StepState.CANCELLED, StepState.CANCELLED,
        StepState.CURRENT, StepState.WAITING, StepState.WAITING,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "inputs", "field"),
    [
        (letters.send_back, {"remark": " "}, "remark"),
        (letters.consult, {"membership": None, "question": " "}, "question"),
        (letters.give_opinion, {"revision": 1, "remark": " "}, "remark"),
    ],
)
def test_moves_that_need_words_say_so(
    world: World, service: object, inputs: dict, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service(letter=make.submitted(world), actor=world.group_director, **inputs)
    assert refused.value.field == field


def test_pull_back_before_anybody_decided(world: World) -> None:
    letter = make.submitted(world)
    letter = letters.pull_back(letter=letter, actor=world.officer)
    assert letter.state == LetterState.DRAFT
    assert {state for _kind, _role, state in steps(letter)} == {StepState.CANCELLED}


def test_pull_back_after_a_decision_is_refused(world: World) -> None:
    letter = make.submitted(world)
    letters.endorse(letter=letter, actor=world.group_director, revision=letter.revision)
    with pytest.raises(NotAllowed):
        letters.pull_back(letter=letter, actor=world.officer)


def test_consult_pulls_somebody_in_and_comes_back(world: World) -> None:
    expert = person(Role.OFFICER, world.group)
    letter = make.submitted(world)
    letters.consult(
        letter=letter, actor=world.group_director, membership=world.membership(expert),
        question="งบประมาณพอหรือไม่",
    )  # fmt: skip
    assert steps(letter)[:2] == [
        (StepKind.CONSULT, Role.OFFICER, StepState.CURRENT),
        (StepKind.ENDORSE, Role.GROUP_DIRECTOR, StepState.WAITING),
    ]
    assert told("consulted") == {expert.pk}
    letters.give_opinion(letter=letter, actor=expert, revision=letter.revision, remark="พอ")
    assert steps(letter)[1] == (StepKind.ENDORSE, Role.GROUP_DIRECTOR, StepState.CURRENT)


def test_consult_waits_at_that_person_alone(world: World) -> None:
    expert = person(Role.OFFICER, world.group)
    letter = make.submitted(world)
    letters.consult(
        letter=letter, actor=world.group_director, membership=world.membership(expert),
        question="?",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        letters.give_opinion(
            letter=letter, actor=world.officer, revision=letter.revision, remark="พอ"
        )


def test_consulting_oneself_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        letters.consult(
            letter=make.submitted(world), actor=world.group_director,
            membership=world.membership(world.group_director), question="?",
        )  # fmt: skip
    assert refused.value.field == "membership"


def test_sign_gives_number_date_block_hash_and_token(world: World) -> None:
    letter = make.signed(world)
    assert letter.state == LetterState.SIGNED_PENDING
    assert letter.number_text == "ศธ 04108/ว 1"
    assert letter.entry.reference == letter.number_text
    assert letter.entry.number == 1
    assert letter.signer == world.director
    assert letter.signer_name == world.director.get_full_name()
    assert letter.signer_lines == ["ผู้อำนวยการสำนักงาน"]
    assert len(letter.content_hash) == 64
    assert len(letter.check_token) >= 22
    assert DeferredTask.objects.filter(name="circulars.build_pdf", args=[letter.pk]).count() == 1


def test_acting_deputy_signs_with_the_acting_lines(world: World) -> None:
    acting(world.deputy, world.membership(world.director), ActingKind.IN_PLACE)
    letter = make.for_signature(world)
    letter = letters.sign(letter=letter, actor=world.deputy, revision=letter.revision)
    assert letter.signer == world.deputy
    assert letter.signer_lines[-1] == "ผู้อำนวยการสำนักงาน"
    assert "รักษาราชการแทน" in " ".join(letter.signer_lines)
    assert letter.steps.last().acting_kind == ActingKind.IN_PLACE


def test_signing_something_else_than_was_read_is_refused(world: World) -> None:
    letter = make.for_signature(world)
    seen = letter.revision
    recipients.set_recipients(letter=letter, actor=world.officer, units=[world.schools[0].pk])
    with pytest.raises(StaleAction):
        letters.sign(letter=letter, actor=world.director, revision=seen)
    assert Letter.objects.get(pk=letter.pk).state == LetterState.IN_CHAIN


def test_document_makes_the_letter_ready_and_tells_the_drafter(world: World) -> None:
    letter = make.ready(world)
    assert letter.state == LetterState.READY
    assert told("signed") == {world.officer.pk}
    assert not DeferredTask.objects.filter(name="circulars.send_signed").exists()


def test_document_of_a_letter_to_send_at_once_orders_the_sending(world: World) -> None:
    letter = make.ready(world, send_when_signed=True)
    assert DeferredTask.objects.filter(name="circulars.send_signed", args=[letter.pk]).exists()


def test_dispatch_delivers_once_to_each_and_tells_their_inbox_keepers(world: World) -> None:
    letter = make.dispatched(world)
    assert letter.state == LetterState.DISPATCHED
    rows = Delivery.objects.filter(letter=letter).order_by("unit_id")
    assert [row.unit for row in rows] == sorted(world.schools, key=lambda unit: unit.pk)
    assert {row.state for row in rows} == {DeliveryState.DELIVERED}
    assert told("delivered") == {user.pk for user in (*world.principals, *world.clerks)}


def test_dispatch_of_a_secret_letter_tells_only_the_heads_and_no_subject(world: World) -> None:
    make.dispatched(world, secrecy=Secrecy.CONFIDENTIAL)
    assert told("delivered") == {user.pk for user in world.principals}
    notice = Notice.objects.filter(kind="circulars.delivered").get()
    assert make.CONTENT["subject"] not in str(notice.context)


def test_void_keeps_the_number_and_the_next_letter_gets_another(world: World) -> None:
    letter = make.ready(world)
    letter = letters.void(letter=letter, actor=world.officer, reason="พิมพ์ผิด")
    assert letter.state == LetterState.VOID
    assert letter.entry.void_reason == "พิมพ์ผิด"
    assert letter.entry.voided_by == world.officer
    assert make.signed(world).entry.number == 2


def test_void_needs_a_reason(world: World) -> None:
    with pytest.raises(InvalidInput):
        letters.void(letter=make.ready(world), actor=world.officer, reason=" ")


def test_a_sent_letter_cannot_be_voided(world: World) -> None:
    with pytest.raises(StaleAction):
        letters.void(letter=make.dispatched(world), actor=world.officer, reason="x")


def test_discarded_draft_has_no_moves_left(world: World) -> None:
    letter = letters.discard(letter=make.draft(world), actor=world.officer)
    assert available(LETTER, letter, world.officer) == []


def test_copy_has_the_content_but_no_number(world: World) -> None:
    letter = make.ready(world)
    copied = letters.copy_to_draft(letter=letter, actor=world.officer)
    assert copied.state == LetterState.DRAFT
    assert copied.number_text == ""
    assert {name: getattr(copied, name) for name in make.CONTENT} == make.CONTENT
    assert set(copied.recipients.values_list("unit_id", flat=True)) == {
        unit.pk for unit in world.schools
    }


def test_top_secret_is_refused_with_the_legal_reason(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        make.draft(world, secrecy=Secrecy.TOP_SECRET)
    assert refused.value.field == "secrecy"
    assert str(refused.value) == str(letters.TOP_SECRET_REFUSAL)


def test_drafting_for_another_unit_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed):
        letters.create_draft(unit=world.schools[0], actor=world.officer)


def test_writing_in_two_windows_refuses_the_older(world: World) -> None:
    letter = make.draft(world)
    letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, subject="ใหม่"
    )
    with pytest.raises(StaleAction):
        letters.change_draft(
            letter=letter, actor=world.officer, revision=letter.revision, subject="เก่า"
        )
    assert Letter.objects.get(pk=letter.pk).subject == "ใหม่"


def test_writing_a_submitted_letter_is_refused(world: World) -> None:
    letter = make.submitted(world)
    with pytest.raises(StaleAction):
        letters.change_draft(letter=letter, actor=world.officer, revision=letter.revision)


def test_somebody_elses_upload_cannot_be_attached(world: World) -> None:
    letter = make.draft(world)
    foreign = make.some_file(world.office)
    with pytest.raises(NotAllowed):
        letters.set_attachments(
            letter=letter, actor=world.officer, revision=letter.revision, files=[(foreign, "")]
        )


def test_every_move_is_audited(world: World) -> None:
    make.dispatched(world)
    actions = AuditRow.objects.filter(action__startswith="circulars.letter.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "circulars.letter.submit", "circulars.letter.endorse", "circulars.letter.endorse",
        "circulars.letter.sign", "circulars.letter.attach_pdf", "circulars.letter.dispatch",
    ]  # fmt: skip


LETTERS_AT = {
    LetterState.DRAFT: make.draft,
    LetterState.IN_CHAIN: make.for_signature,
    LetterState.SIGNED_PENDING: make.signed,
    LetterState.READY: make.ready,
    LetterState.DISPATCHED: make.dispatched,
}

BUTTONS = {
    ("officer", LetterState.DRAFT): ["submit", "discard"],
    ("officer", LetterState.IN_CHAIN): [],
    ("officer", LetterState.SIGNED_PENDING): ["retry_pdf", "void"],
    ("officer", LetterState.READY): ["dispatch", "void"],
    ("group_director", LetterState.SIGNED_PENDING): ["retry_pdf", "void"],
    ("group_director", LetterState.READY): ["dispatch", "void"],
    ("group_registry", LetterState.SIGNED_PENDING): ["retry_pdf", "void"],
    ("group_registry", LetterState.READY): ["dispatch", "void"],
    ("registry", LetterState.SIGNED_PENDING): ["retry_pdf", "void"],
    ("registry", LetterState.READY): ["dispatch", "void"],
    ("director", LetterState.IN_CHAIN): ["sign", "send_back", "consult"],
}


@pytest.mark.parametrize("state", LETTERS_AT)
@pytest.mark.parametrize(
    "who",
    ["officer", "group_director", "group_registry", "deputy", "director", "registry", "principal",
     "clerk"],
)  # fmt: skip
def test_buttons_are_exactly_these(world: World, state: LetterState, who: str) -> None:
    people = {**vars(world), "principal": world.principals[0], "clerk": world.clerks[0]}
    letter = LETTERS_AT[state](world)
    buttons = [move.name for move in available(LETTER, letter, people[who])]
    assert buttons == BUTTONS.get((who, state), [])


def test_dispatch_without_recipients_left_sends_nothing(world: World) -> None:
    letter = make.ready(world)
    letter.recipients.all().delete()
    with pytest.raises(NotReady):
        letters.dispatch(letter=letter, actor=world.registry)
    assert Letter.objects.get(pk=letter.pk).state == LetterState.READY


def test_delivery_table_starts_where_dispatch_puts_it() -> None:
    assert DELIVERY.initial == DeliveryState.DELIVERED


def test_who_is_asked_cannot_return_the_letter(world: World) -> None:
    expert = person(Role.OFFICER, world.group)
    letter = make.submitted(world)
    letter = letters.consult(
        letter=letter, actor=world.group_director, membership=world.membership(expert),
        question="?",
    )  # fmt: skip
    assert [move.name for move in available(LETTER, letter, expert)] == ["give_opinion", "consult"]
    with pytest.raises(NotAllowed):
        letters.send_back(letter=letter, actor=expert, remark="x")


def test_removed_attachment_is_let_go_unless_another_letter_holds_it(world: World) -> None:
    letter = make.draft(world)
    files = [make.some_file(world.office, data=f"%PDF-1.7 {n}".encode()) for n in range(2)]
    StoredFile.objects.update(is_attached=False, uploaded_by=world.officer)
    letter = letters.set_attachments(
        letter=letter, actor=world.officer, revision=letter.revision,
        files=[(file, "") for file in files],
    )  # fmt: skip
    other = letters.copy_to_draft(letter=letter, actor=world.officer)
    other.attachments.get(file=files[1]).delete()
    letters.set_attachments(letter=letter, actor=world.officer, revision=letter.revision, files=[])
    kept = [StoredFile.objects.get(pk=file.pk).is_attached for file in files]
    assert kept == [True, False]

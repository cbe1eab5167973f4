"""Templates and phrases: who keeps them, where they are offered, what becomes of them."""

import pytest
from django.urls import reverse

from circulars.enums import LetterKind, PhraseUse
from circulars.models import Letter, LetterTemplate, Phrase
from circulars.services import letters, writing
from circulars.usual_phrases import REMARKS, TEXTS
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.models import Unit
from tests.factories import kinds as make
from tests.factories import letters as usual
from tests.factories.letters import World
from tests.factories.org import GroupFactory

FIELDS = {
    "subject": "ขอเชิญประชุม {ครั้งที่}", "body": "<p>ด้วย{เหตุ}</p>", "addressee": "ผู้อำนวยการ",
    "salutation": "เรียน", "closing": "ขอแสดงความนับถือ", "due_on": "2020-01-01",
}  # fmt: skip


def central(world: World) -> Unit:
    return world.membership(world.registry).unit


def template(world: World, name: str = "ประชุม", kind: str = "letter") -> LetterTemplate:
    return writing.save_template(
        unit=world.group,
        actor=world.group_director,
        name=name,
        kind=LetterKind(kind),
        fields=FIELDS,
    )


def test_template_keeps_no_days_and_is_replaced_by_its_name(world: World) -> None:
    first = template(world)
    assert "due_on" not in first.fields
    again = template(world, kind="memo")
    assert (LetterTemplate.objects.count(), again.pk, again.kind) == (1, first.pk, "memo")


def test_draft_begins_as_the_template(world: World) -> None:
    letter = writing.draft_from(template=template(world), unit=world.group, actor=world.officer)
    assert (letter.subject, letter.body, letter.due_on) == (
        "ขอเชิญประชุม {ครั้งที่}", "<p>ด้วย{เหตุ}</p>", None,
    )  # fmt: skip
    memo = writing.draft_from(
        template=template(world, "บันทึก", "memo"), unit=world.group, actor=world.officer
    )
    assert (memo.salutation, memo.closing) == ("เรียน", "")
    with pytest.raises(InvalidInput):
        letters.submit(letter=letter, actor=world.officer)


def test_templates_are_offered_in_their_unit_and_the_registrys_everywhere(world: World) -> None:
    own = template(world)
    office = writing.save_template(
        unit=central(world),
        actor=world.registry,
        name="ทั้งสำนักงาน",
        kind=LetterKind.ORDER,
        fields={},
    )
    other = GroupFactory(office=world.office)
    assert set(writing.templates_for(world.group)) == {own, office}
    assert set(writing.templates_for(other)) == {office}
    assert set(writing.templates_for(world.schools[0])) == {office}
    with pytest.raises(NotAllowed):
        writing.draft_from(template=own, unit=other, actor=world.registry)


@pytest.mark.parametrize("who", ["officer", "deputy"])
def test_others_keep_nothing(world: World, who: str) -> None:
    user = getattr(world, who)
    with pytest.raises(NotAllowed):
        writing.save_template(
            unit=world.group, actor=user, name="ก", kind=LetterKind.MEMO, fields={}
        )
    with pytest.raises(NotAllowed):
        writing.delete_template(template=template(world), actor=user)
    with pytest.raises(NotAllowed):
        writing.set_phrases(unit=world.group, actor=user, use=PhraseUse.TEXT, texts=["ก"])


def test_template_needs_a_name(world: World) -> None:
    with pytest.raises(InvalidInput):
        template(world, "  ")


def test_phrases_of_the_unit_come_first_and_the_usual_ones_where_there_are_none(
    world: World,
) -> None:
    assert writing.phrases_for(world.group, PhraseUse.REMARK) == list(REMARKS)
    assert writing.phrases_for(world.group, PhraseUse.TEXT) == list(TEXTS)
    writing.set_phrases(
        unit=central(world), actor=world.registry, use=PhraseUse.REMARK, texts=["ทราบ", "ชอบ"]
    )
    writing.set_phrases(
        unit=world.group, actor=world.group_registry, use=PhraseUse.REMARK,
        texts=[" มอบกลุ่ม ", "", "ทราบ", "มอบกลุ่ม"],
    )  # fmt: skip
    assert writing.phrases_for(world.group, PhraseUse.REMARK) == ["มอบกลุ่ม", "ทราบ", "ชอบ"]
    assert writing.phrases_for(world.schools[0], PhraseUse.REMARK) == ["ทราบ", "ชอบ"]


def test_too_long_a_phrase_is_refused_and_the_others_stay(world: World) -> None:
    writing.set_phrases(
        unit=world.group, actor=world.group_director, use=PhraseUse.TEXT, texts=["ก"]
    )
    with pytest.raises(InvalidInput):
        writing.set_phrases(
            unit=world.group, actor=world.group_director, use=PhraseUse.TEXT, texts=["ข" * 501]
        )
    assert [phrase.text for phrase in Phrase.objects.all()] == ["ก"]


# --- pages ---


def test_template_from_a_letter_to_a_new_draft(world: World, browse) -> None:
    letter = make.draft(world, LetterKind.MEMO)
    letters.submit(letter=letter, actor=world.officer)
    head = browse(world.group_director)
    page = head.get(letter.get_absolute_url()).content.decode()
    url = reverse("circulars:template_save", args=[letter.pk])
    assert page.count(url) == 1
    answer = head.post(url, {"unit": world.group.pk, "name": "ขออนุมัติ"})
    assert answer.url == reverse("circulars:templates")
    kept = LetterTemplate.objects.get()
    officer = browse(world.officer)
    listed = officer.get(answer.url).content.decode()
    delete = reverse("circulars:template_delete", args=[kept.pk])
    assert (listed.count("ขออนุมัติ</td>"), listed.count(delete)) == (1, 0)
    begun = officer.post(answer.url, {"unit": world.group.pk, "template": kept.pk})
    draft = Letter.objects.get(state="draft")
    assert begun.url == reverse("circulars:edit", args=[draft.pk])
    assert (draft.kind, draft.subject) == ("memo", letter.subject)
    assert officer.post(delete).status_code == 404
    assert head.get(answer.url).content.decode().count(delete) == 1
    head.post(delete)
    assert LetterTemplate.objects.count() == 0
    actions = AuditRow.objects.filter(action__startswith="letter_template.")
    assert sorted(row.action for row in actions) == [
        "letter_template.delete", "letter_template.save",
    ]  # fmt: skip


def test_template_page_says_when_there_are_none_and_refuses_the_unknown(
    world: World, browse
) -> None:
    url = reverse("circulars:templates")
    client = browse(world.officer)
    assert client.get(url).content.decode().count("No templates yet") == 1
    template(world)
    answer = client.post(url, {"unit": world.group.pk, "template": 0})
    assert answer.status_code == 422


def test_secret_letters_and_officers_keep_no_template(world: World, browse) -> None:
    letter = usual.submitted(world)
    url = reverse("circulars:template_save", args=[letter.pk])
    assert browse(world.officer).get(url).status_code == 404
    client = browse(world.group_director)
    assert client.get(url).status_code == 200
    assert client.post(url, {"unit": world.group.pk, "name": ""}).status_code == 422
    Letter.objects.filter(pk=letter.pk).update(secrecy="secret")
    assert client.get(url).status_code == 404


def test_phrases_page_keeps_what_was_typed(world: World, browse) -> None:
    url = reverse("circulars:phrases")
    assert browse(world.officer).get(url).status_code == 404
    client = browse(world.group_registry)
    data = {"unit": world.group.pk, "use": "remark", "texts": "ทราบ\nเห็นควรอนุมัติ"}
    assert client.post(url, data).url == url
    assert client.get(url).content.decode().count("ทราบ\nเห็นควรอนุมัติ") == 1
    answer = client.post(url, {**data, "texts": "ก" * 501})
    assert (answer.status_code, answer.content.decode().count("no more than 500")) == (422, 2)
    elsewhere = client.post(url, {**data, "unit": central(world).pk})
    assert elsewhere.status_code == 422


def test_phrases_are_offered_while_writing_endorsing_and_signing(world: World, browse) -> None:
    letter = usual.draft(world)
    page = browse(world.officer).get(reverse("circulars:edit", args=[letter.pk]))
    assert page.content.decode().count("data-phrase>") == len(TEXTS)
    letter = letters.submit(letter=letter, actor=world.officer)
    url = reverse("circulars:letter_move", args=[letter.pk, "endorse"])
    page = browse(world.group_director).get(url)
    assert page.content.decode().count("data-phrase>") == len(REMARKS)
    for actor in (world.group_director, world.deputy):
        letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    url = reverse("circulars:letter_move", args=[letter.pk, "sign"])
    page = browse(world.director).get(url)
    assert page.content.decode().count("data-phrase>") == len(REMARKS)

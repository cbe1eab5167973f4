"""Each rule of the linter: what it says, of which part, by which clause, and when it is quiet."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from circulars.enums import LetterKind, LetterState, Secrecy
from circulars.linter import RULES, Finding, Severity, errors, findings
from circulars.linter.addressing import _names
from circulars.models import Attachment, Letter, Recipient, Reference, Register
from circulars.services import letters, recipients
from portal.core.errors import InvalidInput
from portal.core.thai.dates import be_year
from portal.org.models import Unit
from tests.factories import kinds as make
from tests.factories import letters as usual
from tests.factories.letters import World

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def said(letter: Letter, rule: str) -> list[tuple[Severity, str, str, str]]:
    """What the rule found: severity, clause, part, words."""
    return [
        (found.severity, found.clause, found.part, found.message)
        for found in findings(letter)
        if found.rule == rule
    ]


def attach(world: World, letter: Letter, *titles: str) -> Letter:
    for position, title in enumerate(titles, 1):
        file = usual.some_file(world.office, f"{position}.pdf", f"%PDF {position}".encode())
        Attachment.objects.create(letter=letter, file=file, title=title, position=position)
    return letter


@pytest.mark.parametrize("kind", LetterKind.values)
def test_complete_letter_of_each_kind_has_nothing_to_object(world: World, kind: str) -> None:
    assert findings(make.draft(world, kind)) == []


@pytest.mark.parametrize(
    ("kind", "part", "clause", "label"),
    [
        (LetterKind.LETTER, "subject", "11.4", "subject"),
        (LetterKind.LETTER, "salutation", "11.5", "salutation"),
        (LetterKind.CIRCULAR, "body", "11.8", "text"),
        (LetterKind.CIRCULAR, "closing", "11.9", "closing"),
        (LetterKind.MEMO, "addressee", "12.5", "addressee"),
        (LetterKind.SEALED, "addressee", "14.2", "To"),
        (LetterKind.RULE, "subject", "17.2", "Name, after “on”"),
        (LetterKind.ANNOUNCEMENT, "body", "20.3", "text"),
        (LetterKind.RECORD, "addressee", "26.1", "addressee"),
    ],
)
def test_missing_part_of_a_letter(
    world: World, kind: str, part: str, clause: str, label: str
) -> None:
    letter = make.draft(world, kind, **{part: ""})
    assert said(letter, "missing_part") == [(ERROR, clause, part, f"“{label}” is still missing.")]


@pytest.mark.parametrize(
    ("kind", "part", "clause", "label"),
    [
        (LetterKind.ORDER, "effective", "16.4", "In force from"),
        (LetterKind.CERTIFICATE, "certified", "24.3", "Person or body certified"),
        (LetterKind.MINUTES, "meeting_number", "25.2", "Meeting no."),
        (LetterKind.MINUTES, "held_on", "25.3", "Held on"),
        (LetterKind.MINUTES, "place", "25.4", "Meeting place"),
        (LetterKind.MINUTES, "present", "25.5", "Present"),
        (LetterKind.MINUTES, "began_at", "25.8", "Began at"),
        (LetterKind.MINUTES, "ended_at", "25.10", "Ended at"),
        (LetterKind.MINUTES, "taken_by", "25.11", "Minutes taken by"),
    ],
)
def test_missing_detail(world: World, kind: str, part: str, clause: str, label: str) -> None:
    details = {**make.COMPLETE[kind]["details"], part: ""}
    letter = make.draft(world, kind, details=details)
    assert said(letter, "missing_part") == [(ERROR, clause, part, f"“{label}” is still missing.")]


@pytest.mark.parametrize(
    ("kind", "clause"), [(LetterKind.LETTER, "11.5"), (LetterKind.SEALED, "14.2")]
)
def test_letter_without_recipients(world: World, kind: str, clause: str) -> None:
    letter = make.draft(world, kind)
    Recipient.objects.all().delete()
    assert said(letter, "no_recipients") == [
        (ERROR, clause, "recipients", "Choose at least one recipient.")
    ]


def test_salutation_and_closing_of_different_rows(world: World) -> None:
    letter = usual.draft(world, salutation="กราบเรียน", closing="ขอแสดงความนับถือ")
    assert said(letter, "address_pair") == [
        (ERROR, "11.9", "closing", "“ขอแสดงความนับถือ” does not go with “กราบเรียน” (appendix 2).")
    ]


@pytest.mark.parametrize(
    ("addressee", "wanted"),
    [("พระครูวิสุทธิ์ เจ้าอาวาส", "นมัสการ"), ("เจ้าคณะจังหวัดพัทลุง", "นมัสการ"), ("นายกรัฐมนตรี", "กราบเรียน")],
)
def test_rank_of_the_addressee(world: World, addressee: str, wanted: str) -> None:
    letter = usual.draft(world, addressee=addressee)
    assert said(letter, "address_rank") == [
        (
            WARNING,
            "11.5",
            "salutation",
            f"“{addressee}” is addressed with “{wanted}” (appendix 2).",
        )
    ]


def test_memo_stays_in_the_house(world: World) -> None:
    letter = make.draft(world, LetterKind.MEMO)
    recipients.set_recipients(
        letter=letter, actor=world.officer, units=[unit.pk for unit in world.schools]
    )
    names = ", ".join(
        str(unit) for unit in Unit.objects.filter(pk__in=[u.pk for u in world.schools])
    )
    assert said(letter, "not_inside") == [
        (ERROR, "12", "recipients", f"This form is for inside only; write a letter to {names}.")
    ]
    central = world.membership(world.registry).unit
    recipients.set_recipients(letter=letter, actor=world.officer, units=[central.pk])
    assert said(letter, "not_inside") == []


def test_memo_of_a_school_goes_to_nobody_outside_it(world: World) -> None:
    central = world.membership(world.registry).unit
    letter = usual.school_letter(world, to=[central])
    Letter.objects.filter(pk=letter.pk).update(kind=LetterKind.MEMO)
    letter.refresh_from_db()
    assert [clause for _severity, clause, _part, _words in said(letter, "not_inside")] == ["12"]


def test_recipient_that_closed_meanwhile(world: World) -> None:
    letter = usual.draft(world)
    Unit.objects.filter(pk__in=[unit.pk for unit in world.schools]).update(
        closed_on=timezone.localdate() - timedelta(days=1)
    )
    ((severity, clause, part, words),) = said(letter, "closed_recipient")
    assert (severity, clause, part) == (WARNING, "29", "recipients")
    assert words.startswith("Closed since they were chosen: ")


def test_names_of_many_recipients_are_cut(world: World) -> None:
    units = [Unit(name=f"ร{number}") for number in range(5)]
    assert _names(units) == "ร0, ร1, ร2 (+2)"


def test_secret_is_not_published(world: World) -> None:
    letter = make.draft(world, LetterKind.ANNOUNCEMENT, secrecy=Secrecy.CONFIDENTIAL)
    assert said(letter, "secret_public") == [
        (ERROR, "20", "secrecy", "This kind of letter is published; it cannot be secret.")
    ]


def test_secret_circular_to_many_is_asked_about(world: World) -> None:
    letter = usual.draft(world, secrecy=Secrecy.SECRET)
    assert said(letter, "secret_circular") == [
        (WARNING, "29", "secrecy", "A secret letter goes to 3 recipients; is that meant?")
    ]
    assert said(usual.draft(world, to=[world.schools[0]], secrecy=Secrecy.SECRET),
                "secret_circular") == []  # fmt: skip


# --- references ---


def refer(letter: Letter, text: str, earlier: Letter | None = None) -> Letter:
    Reference.objects.create(letter=letter, text=text, earlier=earlier)
    return letter


def test_letter_that_the_receiver_never_got(world: World) -> None:
    first, second, third = world.schools
    earlier = usual.dispatched(world, to=[first])
    letter = refer(usual.draft(world), "หนังสือที่ ศธ 04108/ว 1 ลงวันที่ 1 ต.ค. 2569", earlier)
    names = ", ".join(
        str(unit)
        for unit in Unit.objects.filter(pk__in=[second.pk, third.pk]).order_by("sort_key")
    )
    assert said(letter, "reference_unknown") == [
        (WARNING, "11.6", "references",
         f"{names} never got “หนังสือที่ ศธ 04108/ว 1 ลงวันที่ 1 ต.ค. 2569”.")
    ]  # fmt: skip
    alone = usual.draft(world, to=[first])
    refer(alone, "ศธ 04108/ว 1 ลงวันที่ 1 ต.ค. 2569", earlier)
    assert said(alone, "reference_unknown") == []


def test_letter_of_a_school_is_known_to_that_school_and_to_the_house(world: World) -> None:
    school = world.schools[0]
    central = world.membership(world.registry).unit
    earlier = usual.school_letter(world, to=[central])
    letters.submit(letter=earlier, actor=world.clerks[0])
    earlier = letters.sign(letter=earlier, actor=world.principals[0], revision=earlier.revision)
    earlier = letters.attach_pdf(letter=earlier, pdf=usual.some_file(world.office))
    letters.dispatch(letter=earlier, actor=world.clerks[0])
    answer = refer(usual.draft(world, to=[school]), "ที่ 1 ลงวันที่ 1 ต.ค. 2569", earlier)
    assert said(answer, "reference_unknown") == []
    memo = make.draft(world, LetterKind.MEMO)
    recipients.set_recipients(letter=memo, actor=world.officer, units=[central.pk])
    assert said(refer(memo, "ที่ 1 ลงวันที่ 1 ต.ค. 2569", earlier), "reference_unknown") == []


def test_more_than_the_last_letter(world: World) -> None:
    letter = refer(usual.draft(world), "ที่ 1 ลงวันที่ 1 ต.ค. 2569")
    assert said(letter, "references_many") == []
    refer(letter, "ที่ 2 ลงวันที่ 2 ต.ค. 2569")
    ((severity, clause, part, _words),) = said(letter, "references_many")
    assert (severity, clause, part) == (WARNING, "11.6", "references")


@pytest.mark.parametrize(
    ("text", "is_dated"),
    [
        ("หนังสือที่ ศธ 04006/ว 2345 ลงวันที่ 1 ตุลาคม 2569", True),
        ("หนังสือที่ ศธ ๐๔๐๐๖/ว ๒๓๔๕ ลงวันที่ ๑ ต.ค. ๒๕๖๙", True),
        ("ที่ 12 ลว. 1/10/2569", True),
        ("หนังสือที่ ศธ 04006/ว 2345", False),
    ],
)
def test_reference_has_a_date(world: World, text: str, is_dated: bool) -> None:
    letter = refer(usual.draft(world), text)
    wanted = [
        (WARNING, "11.6", "references", f"“{text}” does not say of what date the letter is.")
    ]
    assert said(letter, "reference_date") == ([] if is_dated else wanted)


def test_memo_names_the_earlier_letter_in_its_text(world: World) -> None:
    text = "ศธ 04108/9 ลงวันที่ 1 ต.ค. 2569"
    letter = refer(make.draft(world, LetterKind.MEMO), text)
    assert said(letter, "reference_in_text") == [
        (WARNING, "12.6", "body", f"The text does not name “{text}”, to which the letter refers.")
    ]
    named = make.draft(world, LetterKind.MEMO, body=f"<p>ตามหนังสือ {text}</p>")
    assert said(refer(named, text), "reference_in_text") == []


# --- attachments ---


def test_enclosure_named_but_not_attached(world: World) -> None:
    letter = usual.draft(world, body="<p>รายละเอียดตามสิ่งที่ส่งมาด้วย ๒</p>")
    assert said(letter, "not_attached") == [
        (WARNING, "11.7", "attachments", "The text says “สิ่งที่ส่งมาด้วย”, but nothing is attached.")
    ]
    attach(world, letter, "ประกาศ")
    assert said(letter, "not_attached") == [
        (WARNING, "11.7", "attachments",
         "The text names enclosure 2, but only 1 are attached.")
    ]  # fmt: skip
    Attachment.objects.create(
        letter=letter, title="ปฏิทิน", position=2,
        file=usual.some_file(world.office, "z.pdf", b"%PDF z"),
    )  # fmt: skip
    assert said(letter, "not_attached") == []


def test_enclosure_attached_but_not_named(world: World) -> None:
    letter = attach(world, usual.draft(world), "ประกาศรับสมัคร")
    assert said(letter, "not_named") == [
        (WARNING, "11.8", "body",
         "“ประกาศรับสมัคร” is attached, but the text does not mention an enclosure.")
    ]  # fmt: skip
    named = attach(world, usual.draft(world, body="<p>ตามประกาศรับสมัคร</p>"), "ประกาศรับสมัคร")
    assert said(named, "not_named") == []


# --- what is written ---


def test_blank_of_a_template_is_left(world: World) -> None:
    letter = make.draft(
        world, LetterKind.ORDER, body="<p>{ข} {ก} {ก}</p>", details={"effective": "{วัน}"}
    )
    assert said(letter, "placeholder") == [
        (ERROR, "16.4", "body", "Still to be filled in: {ก}, {ข}."),
        (ERROR, "16.4", "effective", "Still to be filled in: {วัน}."),
    ]


def test_dotted_line_is_left(world: World) -> None:
    letter = usual.draft(world, body="<p>ณ วันที่........</p>")
    assert said(letter, "dots") == [
        (WARNING, "11.8", "body", "A dotted line is still to be filled in.")
    ]


@pytest.mark.parametrize("text", ["20 พฤศจิกายน 2026", "ปี 2026", "พ.ศ. 2026", "20 พ.ย. ๒๐๒๖"])
def test_christian_year(world: World, text: str) -> None:
    letter = usual.draft(world, body=f"<p>ภายใน {text}</p>")
    assert said(letter, "christian_year") == [
        (WARNING, "11.3", "body",
         "“2026” looks like a Christian year; in the Buddhist era it is 2569.")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["20 พฤศจิกายน 2569", "จำนวน 2026 คน", "โทร. 0 2026 1111"])
def test_number_that_is_no_christian_year(world: World, text: str) -> None:
    assert said(usual.draft(world, body=f"<p>{text}</p>"), "christian_year") == []


@pytest.mark.parametrize(
    ("kind", "clause"), [(LetterKind.RULE, "17.6"), (LetterKind.BYLAW, "18.6")]
)
def test_articles_of_a_rule(world: World, kind: str, clause: str) -> None:
    letter = make.draft(world, kind, body="<p>ข้อ 1 ให้ใช้ห้องประชุมโดยประหยัด</p>")
    assert said(letter, "articles") == [
        (WARNING, clause, "body", "Article 1 does not give the name."),
        (WARNING, clause, "body", "Article 2 does not say from when it is in force."),
        (WARNING, clause, "body", "No article says who sees to it."),
    ]


def test_money_under_seal(world: World) -> None:
    letter = make.draft(world, LetterKind.SEALED, body="<p>ขอให้เบิกจ่ายเงินงวดที่ 1</p>")
    assert said(letter, "under_seal") == [
        (WARNING, "13", "body",
         "“เบิกจ่าย”: a sealed letter is not for money and weighty matters.")
    ]  # fmt: skip


def minutes(world: World, **details: str) -> Letter:
    given = {**make.COMPLETE[LetterKind.MINUTES]["details"], **details}
    return make.draft(world, LetterKind.MINUTES, details=given)


def test_meeting_ends_after_it_begins(world: World) -> None:
    assert said(minutes(world, ended_at="09:00"), "meeting_times") == [
        (ERROR, "25.10", "ended_at", "The meeting ends before it begins.")
    ]


def test_meeting_has_been_held(world: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert said(minutes(world, held_on=tomorrow.isoformat()), "meeting_day") == [
        (ERROR, "25.3", "held_on", "The meeting has not been held yet.")
    ]


# --- numbers and dates ---


def test_date_of_another_year_than_the_register(world: World) -> None:
    letter = usual.signed(world)
    assert said(letter, "register_year") == []
    letter.letter_date = date(2020, 1, 2)
    year = letter.entry.register.year
    assert said(letter, "register_year") == [
        (ERROR, "43", "",
         f"The letter is dated 2 ม.ค. 2563, but its number is from the register of {year}.")
    ]  # fmt: skip


def test_day_of_issue_in_the_text_is_of_this_year(world: World) -> None:
    this_year = be_year(timezone.localdate())
    body = "<p>สั่ง ณ วันที่ ๓๐ ธันวาคม พ.ศ. ๒๕๖๐</p>"
    assert said(make.draft(world, LetterKind.ORDER, body=body), "issued_year") == [
        (ERROR, "16.4", "body",
         f"The text is dated 2560, but the number will be of {this_year}.")
    ]  # fmt: skip
    body = f"<p>สั่ง ณ วันที่ 1 มกราคม พ.ศ. {this_year}</p>"
    assert said(make.draft(world, LetterKind.ORDER, body=body), "issued_year") == []
    assert said(usual.draft(world, body="<p>ประกาศ ณ วันที่ 1 ม.ค. 2560</p>"), "issued_year") == []


def test_number_that_comes_next_is_on_another_letter(world: World) -> None:
    taken = usual.signed(world)
    Letter.objects.filter(pk=taken.pk).update(number_text="ศธ 04108/ว 2")
    letter = usual.draft(world)
    assert said(letter, "number_given") == [
        (ERROR, "43", "",
         "Number ศธ 04108/ว 2 is on another letter already; the registry has to see to it.")
    ]  # fmt: skip
    Register.objects.update(last_number=7)
    assert said(letter, "number_given") == []


def test_number_of_another_school_is_no_double(world: World) -> None:
    first = usual.school_letter(world, to=[world.schools[1]])
    letters.submit(letter=first, actor=world.clerks[0])
    letters.sign(letter=first, actor=world.principals[0], revision=first.revision)
    letter = letters.create_draft(
        unit=world.schools[1], actor=world.clerks[1], kind=LetterKind.LETTER, **usual.CONTENT
    )
    assert said(letter, "number_given") == []


def test_edition_that_is_there_already(world: World) -> None:
    make.signed(world, LetterKind.RULE)
    letter = make.draft(world, LetterKind.RULE)
    assert said(letter, "edition_given") == [
        (ERROR, "17.3", "edition", "No. 2 of “การใช้ห้องประชุม” is there already.")
    ]
    assert said(make.draft(world, LetterKind.RULE, details={"edition": 3}), "edition_given") == []


def test_meeting_that_has_its_minutes(world: World) -> None:
    make.signed(world, LetterKind.MINUTES)
    assert said(minutes(world), "edition_given") == [
        (ERROR, "25.2", "meeting_number",
         "No. 11/2569 of “คณะกรรมการประชาสัมพันธ์” is there already.")
    ]  # fmt: skip


def test_due_date_that_is_over(world: World) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    ((severity, clause, part, _words),) = said(usual.draft(world, due_on=yesterday), "due_over")
    assert (severity, clause, part) == (WARNING, "50", "due_on")
    assert said(usual.draft(world, due_on=timezone.localdate()), "due_over") == []


# --- where it is shown, and what it keeps back ---


def test_errors_come_first_and_alone_keep_a_letter_back(world: World) -> None:
    letter = usual.draft(world, body="<p>ดังแนบ....</p>", subject="")
    assert [found.severity for found in findings(letter)] == [ERROR, WARNING, WARNING]
    assert [found.rule for found in errors(letter)] == ["missing_part"]
    with pytest.raises(InvalidInput):
        letters.submit(letter=letter, actor=world.officer)
    warned = usual.draft(world, body="<p>ดังแนบ....</p>")
    assert letters.submit(letter=warned, actor=world.officer).state == LetterState.IN_CHAIN


def test_every_finding_has_a_clause(world: World) -> None:
    letter = usual.draft(world, subject="", body="", addressee="", closing="", salutation="")
    found = findings(letter)
    assert len(found) >= 5
    assert [one for one in found if not one.clause[0].isdigit()] == []
    assert len(RULES) == len(set(RULES))


def test_findings_stand_on_the_pages_of_writing_and_signing(world: World, browse) -> None:
    words = "A dotted line is still to be filled in."
    letter = usual.draft(world, body="<p>........</p>")
    client = browse(world.officer)
    assert (
        client.get(reverse("circulars:edit", args=[letter.pk])).content.decode().count(words) == 1
    )
    part = client.get(reverse("circulars:findings", args=[letter.pk])).content.decode()
    assert (part.count(words), part.count("clause 11.8"), part.count("letter:saved")) == (1, 1, 1)
    letter = letters.submit(letter=letter, actor=world.officer)
    page = browse(world.group_director).get(
        reverse("circulars:letter_move", args=[letter.pk, "endorse"])
    )
    assert page.content.decode().count(words) == 1
    assert browse(world.principals[0]).get(
        reverse("circulars:findings", args=[letter.pk])
    ).status_code == 404  # fmt: skip


def test_nothing_found_says_so(world: World, browse) -> None:
    letter = usual.draft(world)
    page = browse(world.officer).get(reverse("circulars:findings", args=[letter.pk]))
    assert page.content.decode().count("Nothing to object.") == 1


def test_linter_costs_the_same_with_many_recipients(
    world: World, django_assert_num_queries
) -> None:
    letter = usual.draft(world)
    with django_assert_num_queries(10):
        findings(Letter.objects.select_related("unit__office").get(pk=letter.pk))


def test_finding_knows_whether_it_is_an_error() -> None:
    assert [Finding("r", severity, "1", "w").is_error for severity in Severity] == [True, False]

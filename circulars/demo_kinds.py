"""A letter of some more kinds, a template and phrases for the demo office; all invented."""

from typing import Any, TextIO

from circulars.body import text_to_body
from circulars.enums import LetterKind, PhraseUse
from circulars.models import Letter, LetterTemplate
from circulars.people_lists import NAME, POSITION, PeopleList
from circulars.services import letters, merging, writing
from circulars.services.letters import first_fields
from circulars.usual_phrases import REMARKS, TEXTS
from portal.org.enums import Role
from portal.org.models import Membership
from portal.users.models import User

NOTE = "(ข้อมูลตัวอย่างสำหรับทดลองใช้ระบบ)"
DRAFTS: tuple[tuple[LetterKind, dict[str, Any]], ...] = (
    (
        LetterKind.MEMO,
        {
            "subject": "ขออนุมัติจัดประชุมคณะทำงาน",
            "addressee": "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
            "body": text_to_body(f"ด้วยกลุ่มกำหนดจัดประชุมคณะทำงาน\nจึงเรียนมาเพื่อโปรดพิจารณา\n{NOTE}"),
        },
    ),
    (
        LetterKind.ORDER,
        {
            "subject": "แต่งตั้งคณะกรรมการดำเนินงาน",
            "body": text_to_body(f"เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงแต่งตั้งคณะกรรมการ\n{NOTE}"),
            "details": {"effective": "บัดนี้เป็นต้นไป"},
        },
    ),
)


class KindsDemo:
    """Runs after the first letters are there; does nothing when there is a template."""

    code = "circulars.kinds"
    order = 54

    def load(self, stdout: TextIO) -> None:
        drafter = User.objects.filter(username="officer").first()
        if drafter is None or LetterTemplate.objects.exists():
            return
        for kind, fields in DRAFTS:
            _submitted(drafter, kind, fields)
        _certificates(drafter)
        _kept(drafter)
        stdout.write(f"circulars: {LetterTemplate.objects.count()} templates of letters\n")


def _submitted(drafter: User, kind: LetterKind, fields: dict[str, Any]) -> Letter:
    letter = letters.create_draft(
        unit=_post(drafter).unit, actor=drafter, kind=kind, **{**first_fields(kind), **fields}
    )
    return letters.submit(letter=letter, actor=drafter)


def _certificates(drafter: User) -> None:
    """A draft for a list of people."""
    kind = LetterKind.CERTIFICATE
    letter = letters.create_draft(
        unit=_post(drafter).unit,
        actor=drafter,
        kind=kind,
        subject="รับรองการเข้าร่วมอบรม",
        body=text_to_body(f"ได้เข้าร่วมการอบรมเชิงปฏิบัติการครบตามหลักสูตร\n{NOTE}"),
        details={"certified": f"{{{NAME}}}", "certified_position": f"{{{POSITION}}}"},
        names_person=True,
    )
    rows = [{NAME: f"นางสาวตัวอย่าง คนที่{number}", POSITION: "ครู"} for number in range(1, 13)]
    merging.set_list(
        letter=letter, actor=drafter, revision=letter.revision,
        people=PeopleList([NAME, POSITION], rows),
    )  # fmt: skip


def _kept(drafter: User) -> None:
    registry = Membership.objects.on().filter(role=Role.REGISTRY, unit__office=drafter.office)
    post = registry.select_related("person", "unit__office").order_by("pk").first()
    if post is None:
        return
    keeper = post.person
    for use, texts in ((PhraseUse.REMARK, REMARKS), (PhraseUse.TEXT, TEXTS)):
        writing.set_phrases(unit=post.unit, actor=keeper, use=use, texts=texts)
    writing.save_template(
        unit=post.unit, actor=keeper, name="เชิญประชุม", kind=LetterKind.LETTER,
        fields={
            "subject": "ขอเชิญประชุม{ชื่อการประชุม}", "salutation": "เรียน",
            "closing": "ขอแสดงความนับถือ", "addressee": "{ผู้รับ}",
            "body": text_to_body("ด้วยสำนักงานกำหนดจัดประชุม {ชื่อการประชุม} ในวันที่ {วันที่}\n"
                                 "จึงเรียนมาเพื่อโปรดเข้าร่วมประชุม"),
        },
    )  # fmt: skip


def _post(person: User) -> Membership:
    posts = Membership.objects.on().filter(person=person).select_related("unit__office")
    return posts.order_by("pk")[0]

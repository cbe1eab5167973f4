"""A complete letter of each kind, drafted, signed and as the PDF task finds it."""

from circulars.enums import LetterKind
from circulars.models import Letter
from circulars.services import letters
from circulars.services.routes import usual_stops
from portal.org.enums import Role
from tests.factories import letters as make
from tests.factories.letters import World

BODY = (
    "<p>ด้วยกลุ่มอำนวยการกำหนดจัดประชุมบุคลากร เพื่อซักซ้อมแนวปฏิบัติงานสารบรรณ</p><p>จึงเรียนมาเพื่อโปรดพิจารณา</p>"
)
ARTICLES = (
    "<p>โดยที่เป็นการสมควรวางระเบียบว่าด้วยการใช้ห้องประชุม</p>"
    "<p>ข้อ 1 ระเบียบนี้เรียกว่า “ระเบียบว่าด้วยการใช้ห้องประชุม”</p>"
    "<p>ข้อ 2 ระเบียบนี้ให้ใช้บังคับตั้งแต่วันถัดจากวันประกาศเป็นต้นไป</p>"
    "<p>ข้อ 3 ให้ผู้อำนวยการกลุ่มอำนวยการรักษาการตามระเบียบนี้</p>"
)
COMPLETE: dict[str, dict[str, object]] = {
    LetterKind.CIRCULAR: {},
    LetterKind.LETTER: {},
    LetterKind.MEMO: {
        "subject": "ขออนุมัติจัดประชุมบุคลากร", "addressee": "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
        "body": BODY, "closing": "",
    },
    LetterKind.SEALED: {
        "subject": "ส่งสำเนาหนังสือ", "addressee": "โรงเรียนในสังกัดทุกโรงเรียน", "salutation": "",
        "closing": "", "body": "<p>สำนักงานขอส่งสำเนาปฏิทินปฏิบัติงานมาเพื่อทราบ</p>",
    },
    LetterKind.ORDER: {
        "subject": "แต่งตั้งคณะกรรมการดำเนินงาน", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อย จึงแต่งตั้งคณะกรรมการดังต่อไปนี้</p>",
        "details": {"effective": "บัดนี้เป็นต้นไป"},
    },
    LetterKind.RULE: {
        "subject": "การใช้ห้องประชุม", "salutation": "", "addressee": "", "closing": "",
        "body": ARTICLES, "details": {"edition": 2},
    },
    LetterKind.BYLAW: {
        "subject": "การใช้ห้องประชุม", "salutation": "", "addressee": "", "closing": "",
        "body": ARTICLES,
    },
    LetterKind.ANNOUNCEMENT: {
        "subject": "รับสมัครลูกจ้างชั่วคราว", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>ด้วยสำนักงานมีความประสงค์จะรับสมัครลูกจ้างชั่วคราว จำนวน 1 อัตรา</p>",
    },
    LetterKind.STATEMENT: {
        "subject": "อุทกภัยในสถานศึกษา", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>ตามที่เกิดอุทกภัยในพื้นที่ สำนักงานขอแถลงให้ทราบโดยทั่วกัน</p>",
        "details": {"edition": 1},
    },
    LetterKind.NEWS: {
        "subject": "การเปิดภาคเรียน", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>โรงเรียนในสังกัดเปิดภาคเรียนพร้อมกันทุกโรงเรียน</p>",
    },
    LetterKind.CERTIFICATE: {
        "subject": "รับรองการปฏิบัติงาน", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>เป็นผู้ปฏิบัติงานในสำนักงานนี้จริง และมีความประพฤติเรียบร้อย</p>",
        "details": {
            "certified": "นางสาวมาลี ดีงาม", "certified_position": "นักวิชาการศึกษา",
            "certified_affiliation": "กลุ่มอำนวยการ", "with_photo": True,
        },
    },
    LetterKind.MINUTES: {
        "subject": "คณะกรรมการประชาสัมพันธ์", "salutation": "", "addressee": "", "closing": "",
        "body": "<p>ประธานกล่าวเปิดประชุม และแจ้งเรื่องเพื่อทราบ</p><p>ที่ประชุมรับทราบ</p>",
        "details": {
            "meeting_number": "11/2569", "held_on": "2026-11-02", "place": "ห้องประชุมใหญ่",
            "present": "นายหนึ่ง ประธาน\nนางสอง กรรมการ", "absent": "นายสาม ติดราชการ",
            "attending": "นางสี่", "began_at": "09:00", "ended_at": "12:00",
            "taken_by": "นางสาวห้า จดไว้",
        },
    },
    LetterKind.RECORD: {
        "subject": "รายงานผลการตรวจสอบ", "addressee": "ผู้อำนวยการกลุ่ม", "body": BODY,
        "closing": "",
    },
}  # fmt: skip
"""What a complete draft of each kind needs beside the usual content."""


def draft(world: World, kind: str, **fields: object) -> Letter:
    """A complete draft; to the schools where the kind has to go somewhere."""
    to = (
        world.schools
        if kind in (LetterKind.CIRCULAR, LetterKind.LETTER, LetterKind.SEALED)
        else []
    )
    return make.draft(world, to=to, kind=LetterKind(kind), **{**COMPLETE[kind], **fields})


def signed(world: World, kind: str, **fields: object) -> Letter:
    """Carried up its usual way and signed; the document is still to be made."""
    letter = letters.submit(letter=draft(world, kind, **fields), actor=world.officer)
    holders = {
        Role.GROUP_DIRECTOR: world.group_director,
        Role.DEPUTY: world.deputy,
        Role.DIRECTOR: world.director,
    }
    *endorsing, last = usual_stops(letter)
    for stop in endorsing:
        letters.endorse(
            letter=letter, actor=holders[Role(stop.role)], revision=letter.revision,
            remark="เพื่อโปรดพิจารณา",
        )  # fmt: skip
    signer = holders[Role(last.role)]
    letters.sign(letter=letter, actor=signer, revision=letter.revision, remark="อนุมัติ")
    return as_task_finds(letter)


def as_task_finds(letter: Letter) -> Letter:
    return Letter.objects.select_related(
        "unit__office", "drafter", "signer", "entry__register"
    ).get(pk=letter.pk)

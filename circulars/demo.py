"""Letters of the demo office at every stage; all texts are invented and say so."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, TextIO

from django.utils import timezone

from circulars import tasks
from circulars.body import text_to_body
from circulars.enums import DeliveryState, LetterKind, Speed
from circulars.forms_of_address import USUAL
from circulars.models import Letter
from circulars.services import deliveries, letters, recipients
from portal.org.enums import Role, UnitKind
from portal.org.models import Membership, Unit
from portal.users.models import User

NOTE = "(ข้อมูลตัวอย่างสำหรับทดลองใช้ระบบ)"
ALL_SCHOOLS = "ผู้อำนวยการโรงเรียนทุกโรงเรียน"

SENT = (
    (
        "การประชุมผู้บริหารสถานศึกษา ครั้งที่ 11",
        (
            "ด้วยสำนักงานเขตพื้นที่การศึกษากำหนดประชุมผู้บริหารสถานศึกษาในสังกัด เพื่อรับทราบแนวทาง"
            "การดำเนินงานประจำภาคเรียน\nจึงเรียนมาเพื่อโปรดทราบและเข้าร่วมประชุมโดยพร้อมเพรียงกัน"
        ),
        Speed.URGENT,
        7,
    ),
    (
        "แจ้งปฏิทินการรายงานข้อมูลสารสนเทศ ภาคเรียนที่ 2",
        (
            "ตามที่สำนักงานเขตพื้นที่การศึกษากำหนดให้สถานศึกษารายงานข้อมูลนั้น\n"
            "จึงขอให้โรงเรียนรายงานข้อมูลให้แล้วเสร็จภายในกำหนด และแจ้งผู้รับผิดชอบกลับมาด้วย"
        ),
        Speed.ORDINARY,
        14,
    ),
    (
        "การเฝ้าระวังและป้องกันอุทกภัยในสถานศึกษา",
        (
            "ด้วยในระยะนี้มีฝนตกหนักต่อเนื่องในพื้นที่\nขอให้สถานศึกษาเฝ้าระวัง ตรวจสอบอาคารเรียน "
            "และรายงานเหตุทันทีเมื่อเกิดความเสียหาย"
        ),
        Speed.MOST_URGENT,
        -1,
    ),
)
WAITING = (
    ("ขอเชิญส่งผลงานวิธีปฏิบัติที่เป็นเลิศ", 0),
    ("การนิเทศติดตามการจัดการเรียนรู้ ภาคเรียนที่ 2", 1),
    ("การจัดสรรงบประมาณค่าซ่อมแซมอาคารเรียน", 2),
)


class CircularsDemo:
    """Runs after people and accounts are there; does nothing when there is any letter."""

    code = "circulars"
    order = 50

    def load(self, stdout: TextIO) -> None:
        if Letter.objects.exists():
            return
        drafter = User.objects.get(username="officer")
        for subject, text, speed, due_in_days in SENT:
            letter = _sent(drafter, subject, text, speed, due_in_days)
            _receive(letter)
        for subject, endorsements in WAITING:
            _endorsed(_draft(drafter, subject, NOTE), endorsements)
        letters.send_back(
            letter=_endorsed(_draft(drafter, "การสำรวจครุภัณฑ์ประจำปี", NOTE), 0),
            actor=_holder(Role.GROUP_DIRECTOR, drafter),
            remark="ขอให้ระบุวันที่ครบกำหนดรายงาน",
        )
        _draft(drafter, "การอบรมเชิงปฏิบัติการครูผู้สอนคอมพิวเตอร์", NOTE)
        _from_school()
        stdout.write(f"circulars: {Letter.objects.count()} letters\n")


def _draft(drafter: User, subject: str, text: str, **fields: Any) -> Letter:
    unit = _unit(drafter)
    letter = letters.create_draft(
        unit=unit,
        actor=drafter,
        subject=subject,
        body=text_to_body(f"{text}\n{NOTE}"),
        salutation=USUAL.salutation,
        closing=USUAL.closing,
        addressee=ALL_SCHOOLS,
        **fields,
    )
    chosen = recipients.resolve(unit=unit, choice=recipients.Choice(all_schools=True))
    return recipients.set_recipients(
        letter=letter, actor=drafter, units=chosen.values_list("pk", flat=True)
    )


def _endorsed(letter: Letter, times: int) -> Letter:
    letter = letters.submit(letter=letter, actor=letter.drafter)
    for role in islice((Role.GROUP_DIRECTOR, Role.DEPUTY), times):
        letter = letters.endorse(
            letter=letter,
            actor=_holder(role, letter.drafter),
            revision=letter.revision,
            remark="เพื่อโปรดพิจารณาลงนาม",
        )
    return letter


def _sent(drafter: User, subject: str, text: str, speed: Speed, due_in_days: int) -> Letter:
    due = timezone.localdate() + timedelta(days=due_in_days)
    letter = _draft(
        drafter, subject, text, speed=speed, due_on=due, answer_wanted=True, send_when_signed=False
    )
    return _signed_and_sent(_endorsed(letter, 2), User.objects.get(username="director"))


def _signed_and_sent(letter: Letter, signer: User) -> Letter:
    letter = letters.sign(letter=letter, actor=signer, revision=letter.revision)
    tasks.build_pdf(letter.pk)
    return letters.dispatch(letter=Letter.objects.get(pk=letter.pk), actor=letter.drafter)


def _receive(letter: Letter) -> None:
    """Let some schools come far, some a little, and most not at all."""
    for stage, received in zip(
        _stages(), letter.deliveries.order_by("unit__sort_key"), strict=False
    ):
        clerk = _member(received.unit, Role.SCHOOL_CLERK)
        principal = _member(received.unit, Role.PRINCIPAL)
        if stage == DeliveryState.OPENED:
            deliveries.open_delivery(delivery=received, actor=clerk)
        elif stage == DeliveryState.REGISTERED:
            deliveries.register(delivery=received, actor=clerk)
        elif stage == DeliveryState.ACKNOWLEDGED:
            deliveries.acknowledge(delivery=received, actor=principal)
        elif stage == DeliveryState.ANSWERED:
            deliveries.answer(
                delivery=received, actor=principal, text="รับทราบและจะดำเนินการตามกำหนด"
            )


def _stages() -> Iterator[DeliveryState]:
    pattern = (
        DeliveryState.ANSWERED, DeliveryState.ACKNOWLEDGED, DeliveryState.REGISTERED,
        DeliveryState.OPENED, DeliveryState.DELIVERED,
    )  # fmt: skip
    for _turn in range(8):
        yield from pattern


def _from_school() -> None:
    """A school's own letter to the office."""
    clerk = User.objects.get(username="schoolclerk")
    school = _unit(clerk)
    office = Unit.objects.get(office=school.office, kind=UnitKind.OFFICE)
    letter = letters.create_draft(
        unit=school,
        actor=clerk,
        kind=LetterKind.LETTER,
        subject="ขอความอนุเคราะห์วิทยากร",
        body=text_to_body(f"ด้วยโรงเรียนกำหนดจัดอบรมการใช้สื่อดิจิทัล จึงขอความอนุเคราะห์วิทยากร\n{NOTE}"),
        salutation=USUAL.salutation,
        closing=USUAL.closing,
        addressee="ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
        send_when_signed=False,
    )
    letter = recipients.set_recipients(letter=letter, actor=clerk, units=[office.pk])
    letter = letters.submit(letter=letter, actor=clerk)
    _signed_and_sent(letter, _member(school, Role.PRINCIPAL))


def _unit(person: User) -> Unit:
    posts = Membership.objects.on().filter(person=person).select_related("unit__office")
    return posts.order_by("pk")[0].unit


def _holder(role: Role, drafter: User) -> User:
    unit = {"unit": _unit(drafter)} if role == Role.GROUP_DIRECTOR else {}
    post = Membership.objects.on().filter(
        role=role, unit__office=drafter.office, person__is_active=True, **unit
    )
    return post.order_by("pk").select_related("person")[0].person


def _member(unit: Unit, role: Role) -> User:
    return Membership.objects.on().select_related("person").get(unit=unit, role=role).person

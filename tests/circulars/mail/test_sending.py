"""Letters, receipts and refusals as a real mail server gets them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from django.db import transaction
from django.utils import timezone

from circulars import tasks_mail
from circulars.emails import english_phone, letter_subject
from circulars.enums import DeliveryState, LetterKind, Secrecy, Speed
from circulars.mail.enums import OutboundKind, OutboundState
from circulars.models import Delivery, IncomingMail, Letter, Mailbox, Outbound
from circulars.services import letters, mail_triage, mailboxes, outbounds, outside, recipients
from portal.core.errors import InvalidInput, NotAllowed, NotReady, StaleAction
from portal.notifications.models import Notice
from portal.notifications.service import BACK_OFF
from portal.org.models import Unit
from tests.factories import letters as make
from tests.factories.files import pdf_bytes
from tests.factories.letters import World
from tests.factories.mails import mail_bytes
from tests.servers.smtp import MailServer

pytestmark = [pytest.mark.django_db]

NOTICE_TH = (
    "อีเมล (และ/หรือเอกสารแนบ) นี้เป็นข้อมูลที่เป็นความลับและอาจเป็นข้อมูลที่เป็นเอกสิทธิ์เฉพาะบุคคล "
    "การนำข้อมูลดังกล่าวไปใช้หรือเปิดเผยให้บุคคลอื่นใดล่วงรู้ เป็นการกระทำที่ไม่ได้รับอนุญาต "
    "หากท่านมิได้เป็นบุคคลที่อีเมลฉบับนี้ระบุถึงแล้ว กรุณาลบอีเมลนี้ออกจากคอมพิวเตอร์ที่ท่านได้รับ "
    "ทั้งนี้ ขอขอบคุณหากท่านได้แจ้งผู้ส่งถึงการจัดส่งอีเมลผิดพลาดด้วย"
)
NOTICE_EN = (
    "This e-mail (and/or attachments) is confidential and may be privileged. Use or disclosure "
    "of it by anyone other than a designated addressee is unauthorized. If you are not an "
    "intended recipient, please delete this e-mail from the computer on which you received it. "
    "We thank you for notifying us immediately."
)
ASKS = "หากท่านได้รับอีเมลนี้แล้วกรุณาแจ้งการได้รับกลับมายังที่อยู่อีเมลนี้ด้วย จะขอบคุณยิ่ง"


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def agency(world: World, mailbox: Mailbox) -> Unit:
    return outside.agency(
        office=world.office, name="สำนักงานจังหวัด", actor=world.registry,
        email="saraban@province.test",
    )  # fmt: skip


def sent(world: World, *agencies: Unit, **fields: object) -> Letter:
    return make.dispatched(world, to=list(agencies), kind=LetterKind.LETTER, **fields)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    assert part.get_content_charset() == "utf-8"
    return str(part.get_content()).replace("\r\n", "\n").strip()


def test_every_open_agency_can_be_chosen_by_the_office_and_by_no_school(
    world: World, agency: Unit
) -> None:
    silent = outside.agency(office=world.office, name="ไม่มีอีเมล", actor=world.registry)
    closed = outside.agency(office=world.office, name="ยุบแล้ว", actor=world.registry)
    Unit.objects.filter(pk=closed.pk).update(closed_on=date(2020, 1, 1))

    office, school = (
        set(recipients.possible_recipients(unit=unit)) for unit in (world.group, world.schools[0])
    )
    assert {agency, silent, closed} & office == {agency, silent}
    assert {agency, silent, closed} & school == set()


def test_without_a_mailbox_nothing_leaves_by_mail(world: World, agency: Unit) -> None:
    Mailbox.objects.update(is_active=False)
    sent(world, agency)
    assert Outbound.objects.count() == 0


def test_letter_to_an_agency_without_an_address_leaves_on_paper(
    world: World, agency: Unit, browse
) -> None:
    silent = outside.agency(office=world.office, name="ไม่มีอีเมล", actor=world.registry)
    letter = sent(world, silent)
    delivery = Delivery.objects.get()
    assert (delivery.state, Outbound.objects.count()) == (DeliveryState.SENDING, 0)
    page = browse(world.officer)
    address = f"/circulars/deliveries/{delivery.pk}/on-paper/"
    assert address in page.get(letter.get_board_url()).content.decode()

    assert page.post(address, {"how": " "}).status_code == 200
    page.post(address, {"how": "EMS 12345"})

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert letter.entry is not None
    letter.entry.refresh_from_db()
    assert letter.entry.note == "ส่งเป็นกระดาษ ไม่มีอีเมล: EMS 12345"
    assert page.post(address, {"how": "again"}).status_code == 302
    letter.entry.refresh_from_db()
    assert "again" not in letter.entry.note


def test_only_who_sends_the_letter_notes_that_it_left_on_paper(world: World, browse) -> None:
    silent = outside.agency(office=world.office, name="ไม่มีอีเมล", actor=world.registry)
    sent(world, silent)
    address = f"/circulars/deliveries/{Delivery.objects.get().pk}/on-paper/"
    codes = [browse(user).get(address).status_code for user in (world.clerks[0], world.officer)]
    assert codes == [404, 200]


def test_letter_leaves_as_the_appendix_wants_it(
    world: World, agency: Unit, server: MailServer
) -> None:
    world.group.phone, world.group.email = "0 7461 1111", "group@office.test"
    world.group.save()
    letter = sent(world, agency, speed=Speed.MOST_URGENT)
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.SENDING

    tasks_mail.send_outbound()

    mail, copy = server.mails
    assert server.recipients == ["saraban@province.test", "group@office.test"]
    assert mail.as_bytes() == copy.as_bytes()
    assert str(mail["Subject"]).strip() == f"ด่วนที่สุด : {letter.subject}"
    assert mail["From"].addresses[0].addr_spec == "saraban@office.test"
    assert mail["From"].addresses[0].display_name == world.office.name
    assert (mail["To"], mail["Cc"]) == ("saraban@province.test", "group@office.test")
    paragraphs = body(mail).split("\n\n")
    assert paragraphs[0] == f"เรียน {letter.addressee}"
    assert paragraphs[1] == "ด้วยสำนักงานเขตพื้นที่การศึกษากำหนดประชุมผู้บริหารสถานศึกษา"
    assert paragraphs[2:4] == ["ขอแสดงความนับถือ", world.office.name]
    assert paragraphs[4] == (
        f"{world.group.name}\nโทร. 0 7461 1111\nผู้ติดต่อ {world.officer.get_full_name()}"
    )
    closing, _, notice = "\n\n".join(paragraphs[5:]).partition("-" * 70)
    assert closing.strip() == ASKS
    assert notice.strip() == f"{NOTICE_TH}\n\n{NOTICE_EN}"
    html = body(mail, "html")
    assert [html.count(words) for words in (NOTICE_TH, NOTICE_EN, ASKS, "<hr>")] == [1, 1, 1, 1]
    assert 'face="Arial' in html
    year = letter.entry.register.year  # type: ignore[union-attr]
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"{year}_MOE04108_1.pdf"]
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert Outbound.objects.get().state == OutboundState.SENT


@pytest.mark.parametrize(
    ("speed", "subject"),
    [(Speed.ORDINARY, "x"), (Speed.URGENT, "ด่วน : x"), (Speed.VERY_URGENT, "ด่วนมาก : x")],
)
def test_speed_stands_before_the_subject(speed: Speed, subject: str) -> None:
    assert letter_subject(Letter(subject="x", speed=speed)) == subject


def test_agencies_do_not_see_each_other(world: World, agency: Unit, server: MailServer) -> None:
    other = outside.agency(
        office=world.office, name="เทศบาล", actor=world.registry, email="saraban@town.test"
    )
    sent(world, agency, other)
    tasks_mail.send_outbound()
    assert sorted(mail["To"] for mail in server.mails[::2]) == [
        "saraban@province.test", "saraban@town.test",
    ]  # fmt: skip
    assert all("province" not in mail.as_string() for mail in server.mails if "town" in mail["To"])
    assert server.sessions == 1


def test_schools_and_agencies_get_the_same_letter(
    world: World, agency: Unit, server: MailServer
) -> None:
    letter = sent(world, agency, world.schools[0])
    states = dict(letter.deliveries.values_list("unit", "state"))
    assert states == {
        agency.pk: DeliveryState.SENDING, world.schools[0].pk: DeliveryState.DELIVERED,
    }  # fmt: skip


def test_secret_letter_is_not_sent_out(world: World, agency: Unit) -> None:
    with pytest.raises(Exception, match="cannot be sent to an agency outside"):
        sent(world, agency, secrecy=Secrecy.CONFIDENTIAL)
    assert Outbound.objects.count() == 0


def test_letter_that_became_secret_on_the_way_is_not_sent_out(world: World, agency: Unit) -> None:
    letter = make.ready(world, to=[agency], kind=LetterKind.LETTER)
    Letter.objects.filter(pk=letter.pk).update(secrecy=Secrecy.CONFIDENTIAL)
    with pytest.raises(NotReady):
        letters.dispatch(letter=letter, actor=world.registry)
    assert Delivery.objects.count() == 0


def test_files_too_large_are_left_at_an_address(
    world: World, agency: Unit, server: MailServer, settings: object, client: object
) -> None:
    settings.MAIL_ATTACH_BYTES = 5
    sent(world, agency)
    tasks_mail.send_outbound()
    mail = server.mails[0]
    assert list(mail.iter_attachments()) == []
    outbound = Outbound.objects.get()
    path = f"/circulars/files/{outbound.token}/"
    assert f"{settings.SITE_URL}{path}" in body(mail)
    response = client.get(path)
    assert response.status_code == 200
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert client.get("/circulars/files/guess/").status_code == 404


def test_address_that_does_not_exist_shows_at_the_sender_who_is_told(
    world: World, agency: Unit, server: MailServer
) -> None:
    server.answers["saraban@province.test"] = "550 5.1.1 No such user"
    letter = sent(world, agency)
    tasks_mail.send_outbound()
    delivery, outbound = Delivery.objects.get(), Outbound.objects.get()
    assert delivery.state == DeliveryState.UNDELIVERABLE
    assert (outbound.state, outbound.reason) == (OutboundState.DEAD, "550 5.1.1 No such user")
    notice = Notice.objects.get(kind="circulars.bounced")
    assert notice.url == f"/circulars/{letter.pk}/board/?show=undeliverable"
    assert notice.context["reason"] == "550 5.1.1 No such user"
    assert [n.person for n in notice.notifications.all()] == [world.officer]
    assert server.mails == []


def test_copy_that_fails_sends_the_letter_only_once(
    world: World, agency: Unit, server: MailServer
) -> None:
    server.answers[world.officer.email] = "450 Try later"
    sent(world, agency)
    tasks_mail.send_outbound()
    assert server.recipients == ["saraban@province.test"]
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_register_notes_once_that_the_letter_left_by_mail(
    world: World, agency: Unit, server: MailServer
) -> None:
    other = outside.agency(
        office=world.office, name="เทศบาล", actor=world.registry, email="saraban@town.test"
    )
    letter = sent(world, agency, other)
    entry = letter.entry
    assert entry is not None
    entry.note = "สำเนาเก็บที่กลุ่ม"
    entry.save(update_fields=["note"])
    tasks_mail.send_outbound()
    entry.refresh_from_db()
    assert entry.note.startswith("สำเนาเก็บที่กลุ่ม ส่งทางอีเมลแล้ว ")
    assert entry.note.count("ส่งทางอีเมลแล้ว") == 1


def test_server_that_is_away_is_asked_again_under_the_same_message_id(
    world: World, agency: Unit, server: MailServer
) -> None:
    server.data_answer = lambda envelope: "451 later"
    sent(world, agency)
    tasks_mail.send_outbound()
    outbound = Outbound.objects.get()
    assert (outbound.state, outbound.attempts, outbound.reason) == (
        OutboundState.FAILED, 1, "451 later",
    )  # fmt: skip
    assert outbound.next_at > timezone.now()
    tasks_mail.send_outbound()
    assert Outbound.objects.get().attempts == 1

    server.data_answer = lambda envelope: ""
    Outbound.objects.update(next_at=timezone.now())
    tasks_mail.sweep_outbound()
    assert server.mails[0]["Message-ID"] == outbound.message_id
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_what_fails_for_days_is_given_up(world: World, agency: Unit, server: MailServer) -> None:
    server.data_answer = lambda envelope: "451 later"
    sent(world, agency)
    for _attempt in range(len(BACK_OFF) + 1):
        Outbound.objects.update(next_at=timezone.now())
        tasks_mail.send_outbound()
    assert Outbound.objects.get().state == OutboundState.DEAD
    assert Delivery.objects.get().state == DeliveryState.UNDELIVERABLE


def test_letter_can_be_sent_again_to_the_corrected_address(
    world: World, agency: Unit, server: MailServer
) -> None:
    server.answers["saraban@province.test"] = "550 no"
    sent(world, agency)
    tasks_mail.send_outbound()
    delivery = Delivery.objects.get()
    with pytest.raises(NotAllowed):
        outbounds.send_again(delivery=delivery, actor=world.clerks[0])

    Unit.objects.filter(pk=agency.pk).update(email="")
    with pytest.raises(NotReady):
        outbounds.send_again(delivery=delivery, actor=world.officer)

    Unit.objects.filter(pk=agency.pk).update(email="new@province.test")
    again = outbounds.send_again(delivery=delivery, actor=world.officer)
    assert again.state == DeliveryState.SENDING
    with pytest.raises(StaleAction):
        outbounds.send_again(delivery=delivery, actor=world.officer)
    tasks_mail.send_outbound()
    assert server.mails[0]["To"] == "new@province.test"
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_delivery_inside_cannot_be_sent_again(world: World) -> None:
    letter = make.dispatched(world)
    delivery = make.delivery(letter, world.schools[0])
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.UNDELIVERABLE)
    with pytest.raises(NotAllowed):
        outbounds.send_again(delivery=delivery, actor=world.officer)


def test_receipt_has_the_words_of_the_appendix(
    world: World, server: MailServer, arrive: Callable[..., IncomingMail]
) -> None:
    world.office.name, world.office.phone = "สำนักงานเขตพื้นที่การศึกษา", "0 7461 1234"
    world.office.save()
    mail = arrive(mail_bytes(subject="ขอเชิญประชุม"))
    delivery = mail_triage.confirm(
        mail=mail, actor=world.registry, sender="จังหวัด", subject="ขอเชิญประชุม"
    )
    tasks_mail.send_outbound()
    receipt = server.mails[0]
    assert (receipt["To"], receipt["Subject"]) == ("saraban@province.test", "Re: ขอเชิญประชุม")
    assert receipt["In-Reply-To"] == receipt["References"] == "<one@province.test>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    words, _, notice = body(receipt).partition("-" * 70)
    number = f"1/{delivery.entry.register.year}"  # type: ignore[union-attr]
    assert words.strip() == (
        "ได้รับอีเมลของท่านแล้ว\nสำนักงานเขตพื้นที่การศึกษา\n0 7461 1234\n"
        f"เลขทะเบียนรับ {number}\n\n"
        "Your e-mail is well received.\nTest Educational Service Area Office\n+66 7461 1234\n"
        f"Registered as number {number}"
    )
    assert notice.strip() == f"{NOTICE_TH}\n\n{NOTICE_EN}"


def test_phone_number_for_abroad() -> None:
    assert english_phone("0 2283 4244") == "+66 2283 4244"


def test_refusal_of_a_top_secret_letter_removes_it_once_it_has_left(
    world: World, server: MailServer, arrive: Callable[..., IncomingMail], run_deferred: Callable
) -> None:
    mail = arrive(mail_bytes(message_id=None, files=[("x.pdf", pdf_bytes())]))
    mail_triage.refuse(mail=mail, actor=world.registry)
    server.data_answer = lambda envelope: "451 later"
    run_deferred()
    mail.refresh_from_db()
    assert mail.raw is not None

    server.data_answer = lambda envelope: ""
    Outbound.objects.update(next_at=timezone.now())
    tasks_mail.send_outbound()
    run_deferred()
    assert "ไม่อาจส่งและรับด้วยวิธีการทางอิเล็กทรอนิกส์ได้" in body(server.mails[0])
    mail.refresh_from_db()
    assert (mail.raw, mail.attachments.count()) == (None, 0)


def test_one_mail_that_cannot_be_made_does_not_hold_up_the_others(
    world: World, agency: Unit, server: MailServer
) -> None:
    broken = Outbound.objects.create(
        office=world.office, kind=OutboundKind.RECEIPT, address="a@b.test", next_at=timezone.now()
    )
    sent(world, agency)
    tasks_mail.send_outbound()
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (OutboundState.DEAD, 1)
    assert server.recipients[0] == "saraban@province.test"


def test_office_without_mailbox_waits(world: World, agency: Unit, server: MailServer) -> None:
    sent(world, agency)
    Mailbox.objects.update(is_active=False)
    tasks_mail.send_outbound()
    outbound = Outbound.objects.get()
    assert (outbound.state, outbound.reason) == (
        OutboundState.FAILED, "The office has no central mailbox.",
    )  # fmt: skip


def test_mailbox_with_a_server_of_its_own_uses_it(
    world: World, agency: Unit, server: MailServer, settings: object
) -> None:
    settings.EMAIL_PORT = 1
    Mailbox.objects.update(
        smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", username=""
    )
    sent(world, agency)
    tasks_mail.send_outbound()
    assert server.recipients[0] == "saraban@province.test"


def test_lost_key_of_the_mailbox_is_no_crash(
    world: World, agency: Unit, server: MailServer, settings: object
) -> None:
    Mailbox.objects.update(smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none")
    sent(world, agency)
    settings.SECRET_KEY = "another"
    tasks_mail.send_outbound()
    assert Outbound.objects.get().reason == (
        "The stored password can no longer be read. Please enter it again."
    )


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_mails(world: World, agency: Unit) -> None:
    for number in range(12):
        Outbound.objects.create(
            office=world.office, kind=OutboundKind.RECEIPT, address=f"{number}@x.test",
            next_at=timezone.now(),
        )  # fmt: skip
    first = outbounds.claim()
    second = outbounds.claim()
    assert (len(first), len(second)) == (outbounds.BATCH, 2)
    assert {row.pk for row in first}.isdisjoint(row.pk for row in second)
    assert outbounds.claim() == []


def test_what_a_dead_worker_held_is_taken_again(world: World, agency: Unit) -> None:
    Outbound.objects.create(
        office=world.office, kind=OutboundKind.RECEIPT, address="a@x.test", next_at=timezone.now()
    )
    assert len(outbounds.claim()) == 1
    assert outbounds.is_any_due() is False
    Outbound.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert len(outbounds.claim()) == 1


def test_settings_refuse_servers_inside_the_network(world: World, mailbox: Mailbox) -> None:
    fields = {name: getattr(mailbox, name) for name in mailboxes.SETTINGS}
    cases = [
        ({"host": "10.0.0.5"}, "host"),
        ({"host": "localhost"}, "host"),
        ({"host": "169.254.169.254"}, "host"),
        ({"host": "8.8.8.8", "port": 6379}, "host"),
        ({"smtp_host": "192.168.1.1"}, "smtp_host"),
        ({"host": "no-such-host.invalid"}, "host"),
    ]
    for changes, field in cases:
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            mailboxes.save_mailbox(
                office=world.office, actor=world.registry, password="x", **{**fields, **changes}
            )
        assert refusal.value.field == field


def test_new_server_needs_the_password_again(world: World, mailbox: Mailbox) -> None:
    fields = {name: getattr(mailbox, name) for name in mailboxes.SETTINGS}
    mailboxes.save_mailbox(office=world.office, actor=world.registry, **fields)
    with pytest.raises(InvalidInput) as refusal:
        mailboxes.save_mailbox(
            office=world.office, actor=world.registry, **{**fields, "host": "8.8.8.8", "port": 993}
        )
    assert refusal.value.field == "password"
    with pytest.raises(NotAllowed):
        mailboxes.save_mailbox(office=world.office, actor=world.officer, **fields)

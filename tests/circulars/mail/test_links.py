"""Reports of failed delivery and answers find the letter that they are about."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from circulars import tasks_mail
from circulars.enums import DeliveryState, LetterKind
from circulars.mail.enums import MailKind, MailState, OutboundState
from circulars.models import Answer, Delivery, IncomingMail, Mailbox, Outbound
from circulars.services import mail_triage, outbounds, outside
from portal.notifications.models import Notice
from portal.org.models import Unit
from tests.factories import OfficeFactory
from tests.factories import letters as make
from tests.factories.files import pdf_bytes
from tests.factories.letters import World
from tests.factories.mails import mail_bytes

pytestmark = pytest.mark.django_db
Arrive = Callable[..., IncomingMail]


@pytest.fixture
def outbound(world: World, mailbox: Mailbox, smtp_sink: object) -> Outbound:
    """A letter that an agency's server has taken."""
    agency = outside.agency(
        office=world.office, name="จังหวัด", actor=world.registry, email="saraban@province.test"
    )
    make.dispatched(world, to=[agency], kind=LetterKind.LETTER)
    tasks_mail.send_outbound()
    sent = Outbound.objects.get()
    assert sent.state == OutboundState.SENT
    return sent


def report(outbound: Outbound, *, action: str = "failed", to: str = "") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.test\r\nMessage-ID: <report@mx.test>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        f"Final-Recipient: rfc822; {to or outbound.address}\r\nAction: {action}\r\n"
        "Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n"
        "--r\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {outbound.message_id}\r\n\r\n--r--"
    ).encode()


def reply(outbound: Outbound, **fields: object) -> bytes:
    values = {"subject": "Re: x", "message_id": "<reply@province.test>", **fields}
    return mail_bytes(In_Reply_To=outbound.message_id, **values)  # type: ignore[arg-type]


def test_report_makes_the_delivery_fail_and_tells_the_owner(
    world: World, outbound: Outbound, arrive: Arrive
) -> None:
    mail = arrive(report(outbound))
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.UNDELIVERABLE
    outbound.refresh_from_db()
    assert (outbound.state, outbound.reason) == (
        OutboundState.DEAD, "5.2.2 552 mailbox full",
    )  # fmt: skip
    assert (mail.state, mail.kind, mail.answers) == (
        MailState.LINKED, MailKind.BOUNCE, delivery,
    )  # fmt: skip
    notice = Notice.objects.get(kind="circulars.bounced")
    assert [row.person for row in notice.notifications.all()] == [world.officer]


def test_second_report_changes_nothing(outbound: Outbound, arrive: Arrive) -> None:
    arrive(report(outbound))
    arrive(report(outbound).replace(b"<report@", b"<second@"))
    assert Notice.objects.filter(kind="circulars.bounced").count() == 1


def test_report_of_a_delay_or_about_the_copy_is_no_failure(
    outbound: Outbound, arrive: Arrive
) -> None:
    arrive(report(outbound, action="delayed"))
    arrive(report(outbound, to="owner@office.test").replace(b"<report@", b"<second@"))
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert set(IncomingMail.objects.values_list("state", flat=True)) == {MailState.LINKED}


def test_late_report_about_an_address_corrected_since_changes_nothing(
    world: World, outbound: Outbound, arrive: Arrive
) -> None:
    arrive(report(outbound))
    Unit.objects.outside().update(email="new@province.test")
    outbounds.send_again(delivery=Delivery.objects.get(), actor=world.officer)
    tasks_mail.send_outbound()
    arrive(report(outbound).replace(b"<report@", b"<second@"))
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_reply_is_an_answer_on_the_board(world: World, outbound: Outbound, arrive: Arrive) -> None:
    mail = arrive(reply(outbound, text="ยินดีเข้าร่วม"))
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.ANSWERED
    assert delivery.answered_at == delivery.confirmed_at == mail.arrived_at
    answer = Answer.objects.get()
    assert (answer.text, answer.author, answer.answered_by) == (
        "ยินดีเข้าร่วม", "สำนักงานจังหวัด", None,
    )  # fmt: skip
    assert (mail.state, mail.kind) == (MailState.LINKED, MailKind.REPLY)
    notice = Notice.objects.get(kind="circulars.answered")
    assert [row.person for row in notice.notifications.all()] == [world.officer]
    assert notice.context["recipient"] == "จังหวัด"


def test_reply_with_a_letter_waits_to_be_registered_too(
    world: World, outbound: Outbound, arrive: Arrive
) -> None:
    mail = arrive(reply(outbound, files=[("answer.pdf", pdf_bytes())]))
    assert mail.state == MailState.WAITING
    assert Answer.objects.get().files.get() == mail.attachments.get().file
    registered = mail_triage.confirm(
        mail=mail, actor=world.registry, sender="จังหวัด", subject="ตอบ"
    )
    assert registered.entry is not None


def test_second_reply_adds_an_answer_and_keeps_the_first_time(
    outbound: Outbound, arrive: Arrive
) -> None:
    first = arrive(reply(outbound))
    arrive(reply(outbound, message_id="<2@x>"), at=timezone.now())
    assert Answer.objects.count() == 2
    assert Delivery.objects.get().answered_at == first.arrived_at
    assert Notice.objects.filter(kind="circulars.answered").count() == 1


def test_automatic_receipt_confirms_without_answering(outbound: Outbound, arrive: Arrive) -> None:
    mail = arrive(reply(outbound, text="ได้รับอีเมลของท่านแล้ว\nจังหวัด", Auto_Submitted="auto-replied"))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.acknowledged_at, delivery.answered_at) == (
        DeliveryState.ACKNOWLEDGED, mail.arrived_at, None,
    )  # fmt: skip
    assert (mail.state, Answer.objects.count()) == (MailState.LINKED, 0)


def test_notice_of_absence_confirms_nothing(outbound: Outbound, arrive: Arrive) -> None:
    mail = arrive(reply(outbound, text="I am on leave", Auto_Submitted="auto-replied"))
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert mail.state == MailState.LINKED


def test_reply_after_a_report_shows_that_it_arrived_after_all(
    outbound: Outbound, arrive: Arrive
) -> None:
    arrive(report(outbound))
    arrive(reply(outbound))
    assert Delivery.objects.get().state == DeliveryState.ANSWERED


def test_report_after_an_answer_changes_nothing(outbound: Outbound, arrive: Arrive) -> None:
    arrive(reply(outbound))
    arrive(report(outbound))
    assert Delivery.objects.get().state == DeliveryState.ANSWERED


def test_reference_deeper_in_the_thread_finds_the_letter(
    outbound: Outbound, arrive: Arrive
) -> None:
    arrive(
        mail_bytes(References=f"<other@x> {outbound.message_id} <more@x>", In_Reply_To="<more@x>")
    )
    assert Answer.objects.count() == 1


def test_answer_to_a_receipt_of_ours_that_bounces_is_put_away(
    world: World, outbound: Outbound, arrive: Arrive
) -> None:
    mail_triage.confirm(mail=arrive(mail_bytes()), actor=world.registry, sender="x", subject="x")
    tasks_mail.send_outbound()
    receipt = Outbound.objects.get(kind="receipt")
    mail = arrive(report(receipt))
    assert (mail.state, mail.answers) == (MailState.LINKED, None)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.reason) == (OutboundState.DEAD, "5.2.2 552 mailbox full")


def test_report_about_no_mail_of_ours_waits_for_the_clerk(
    outbound: Outbound, arrive: Arrive
) -> None:
    stranger = Outbound(kind="letter", token="x" * 32, address="a@b.test")
    mail = arrive(report(stranger))
    assert (mail.state, mail.kind) == (MailState.WAITING, MailKind.BOUNCE)


def test_token_of_another_office_finds_nothing(
    world: World, outbound: Outbound, arrive: Arrive
) -> None:

    Outbound.objects.update(office=OfficeFactory())
    mail = arrive(reply(outbound))
    assert (mail.state, mail.answers) == (MailState.WAITING, None)

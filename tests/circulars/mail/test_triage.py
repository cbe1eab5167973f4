"""From a waiting mail to a letter with its number and receipt, or to none."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from circulars.enums import Channel, DeliveryState, Secrecy, Speed
from circulars.mail.enums import MailState, OutboundKind, OutboundState
from circulars.models import Delivery, IncomingMail, Letter, MailAttachment, Outbound
from circulars.services import mail_in, mail_triage, outside
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, NotReady, StaleAction
from portal.files.models import Blob, StoredFile
from portal.files.service import open_stored
from portal.files.storage import absolute_path
from portal.org.enums import Role
from portal.org.service import close_office_on
from tests.factories import OfficeFactory, person, role_holders
from tests.factories.files import docx_bytes, pdf_bytes
from tests.factories.letters import World
from tests.factories.mails import mail_bytes

pytestmark = pytest.mark.django_db
Arrive = Callable[..., IncomingMail]


def confirmed(mail: IncomingMail, world: World, **fields: object) -> Delivery:
    values = {"sender": "สำนักงานจังหวัด", "subject": mail.subject, **fields}
    return mail_triage.confirm(mail=mail, actor=world.registry, **values)  # type: ignore[arg-type]


def test_confirmed_mail_is_a_registered_letter(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes(files=[("letter.pdf", pdf_bytes()), ("map.docx", docx_bytes())]))
    letter_file, map_file = mail.attachments.all()

    delivery = confirmed(
        mail, world, reference="พท 0017/9", dated=date(2026, 11, 18),
        document=letter_file.pk, enclosures=[map_file.pk], speed=Speed.URGENT,
    )  # fmt: skip

    letter = delivery.letter
    assert (letter.channel, letter.number_text, letter.speed) == (
        Channel.EMAIL, "พท 0017/9", Speed.URGENT,
    )  # fmt: skip
    assert letter.pdf == letter_file.file
    assert [row.file for row in letter.attachments.all()] == [map_file.file]
    assert delivery.delivered_at == mail.arrived_at
    assert delivery.state == DeliveryState.REGISTERED
    assert delivery.entry is not None
    assert delivery.entry.number == 1
    mail.refresh_from_db()
    assert (mail.state, mail.delivery, mail.handled_by) == (
        MailState.REGISTERED, delivery, world.registry,
    )  # fmt: skip
    assert letter.unit.email == "saraban@province.test"


def test_receipt_is_ordered_with_the_number(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes(Reply_To="answers@province.test"))
    delivery = confirmed(mail, world)
    assert delivery.entry is not None
    receipt = Outbound.objects.get()
    assert (receipt.kind, receipt.address, receipt.mail, receipt.state) == (
        OutboundKind.RECEIPT, "answers@province.test", mail, OutboundState.PENDING,
    )  # fmt: skip
    assert receipt.details == {"number": f"1/{delivery.entry.register.year}"}


@pytest.mark.parametrize(
    "raw",
    [
        mail_bytes(Auto_Submitted="auto-generated"),
        mail_bytes(sender=("Us", "saraban@office.test")),
        b"Subject: no sender\r\n\r\nx",
    ],
    ids=["program", "ourselves", "nobody"],
)
def test_what_must_not_be_answered_is_not(world: World, arrive: Arrive, raw: bytes) -> None:
    confirmed(arrive(raw), world, subject="x")
    assert Outbound.objects.count() == 0


def test_receipt_can_be_left_out(world: World, arrive: Arrive) -> None:
    confirmed(arrive(mail_bytes()), world, send_receipt=False)
    assert Outbound.objects.count() == 0


def test_mail_with_a_secret_letter_is_kept_sealed(
    world: World, arrive: Arrive, run_deferred: Callable
) -> None:
    words = "ประชุมลับเรื่องที่ไม่มีใครควรรู้"
    mail = arrive(mail_bytes(subject=words, text=words, files=[("a.pdf", pdf_bytes())]))
    confirmed(mail, world, secrecy=Secrecy.CONFIDENTIAL, send_receipt=False)
    run_deferred()
    mail.refresh_from_db()
    assert (mail.subject, mail.text, mail.html) == ("", "", "")
    assert mail.raw is not None
    for blob in Blob.objects.all():
        assert blob.sealed_key != ""
        assert b"%PDF" not in absolute_path(blob.path).read_bytes()
    with open_stored(mail.raw) as whole:
        assert b"Message-ID: <one@province.test>" in whole.read()


def test_second_clerk_is_told_that_somebody_was_faster(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes())
    confirmed(mail, world)
    with pytest.raises(StaleAction) as stale:
        confirmed(mail, world)
    assert stale.value.state == MailState.REGISTERED
    assert (Letter.objects.count(), Outbound.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"sender": " "}, "sender"), ({"subject": " "}, "subject"),
     ({"secrecy": Secrecy.TOP_SECRET}, "secrecy")],
)  # fmt: skip
def test_refused_confirmation_leaves_the_mail_waiting(
    world: World, arrive: Arrive, fields: dict[str, object], field: str
) -> None:
    mail = arrive(mail_bytes())
    with pytest.raises(InvalidInput) as refusal:
        confirmed(mail, world, **fields)
    assert refusal.value.field == field
    mail.refresh_from_db()
    assert (mail.state, Letter.objects.count(), Outbound.objects.count()) == (
        MailState.WAITING, 0, 0,
    )  # fmt: skip


def test_files_of_another_mail_cannot_be_taken(world: World, arrive: Arrive) -> None:
    arrive(mail_bytes(message_id="<1@x>", files=[("a.pdf", pdf_bytes())]))
    other = MailAttachment.objects.get()
    delivery = confirmed(arrive(mail_bytes()), world, document=other.pk, enclosures=[other.pk])
    assert delivery.letter.pdf is None
    assert delivery.letter.attachments.count() == 0


def test_only_the_central_registry_sees_and_decides(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes())
    people = {role: person(role, office=world.office) for role in Role}
    theirs = role_holders(OfficeFactory())

    seen = {r for r, u in people.items() if IncomingMail.objects.visible_to(u).exists()}
    assert seen == {Role.REGISTRY}
    assert {r for r, u in theirs.items() if IncomingMail.objects.visible_to(u).exists()} == set()
    for role, user in people.items():
        if role != Role.REGISTRY:
            with pytest.raises(NotAllowed):
                mail_triage.set_aside(mail=mail, actor=user, reason="x")
    with pytest.raises(NotAllowed):
        mail_triage.set_aside(mail=mail, actor=theirs[Role.REGISTRY], reason="x")


def test_set_aside_needs_a_reason_and_can_be_taken_back(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes())
    with pytest.raises(InvalidInput):
        mail_triage.set_aside(mail=mail, actor=world.registry, reason=" ")
    aside = mail_triage.set_aside(mail=mail, actor=world.registry, reason="Spam")
    assert (aside.state, aside.reason, aside.handled_by) == (
        MailState.SET_ASIDE, "Spam", world.registry,
    )  # fmt: skip
    with pytest.raises(StaleAction):
        confirmed(mail, world)
    back = mail_triage.take_back(mail=mail, actor=world.registry)
    assert (back.state, back.reason, back.handled_by) == (MailState.WAITING, "", None)
    assert Outbound.objects.count() == 0


def test_top_secret_mail_is_answered_first_and_then_removed(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes(subject="ลับที่สุด", files=[("secret.pdf", pdf_bytes(pages=3))]))
    assert (StoredFile.objects.count(), Blob.objects.count()) == (2, 2)

    mail_triage.refuse(mail=mail, actor=world.registry)
    answer = Outbound.objects.get()
    assert (answer.kind, answer.address) == (OutboundKind.REFUSAL, "saraban@province.test")
    assert StoredFile.objects.count() == 2

    removed = mail_triage.remove_content(mail_id=mail.pk)
    assert (removed.subject, removed.text, removed.html, removed.raw) == ("", "", "", None)
    assert (StoredFile.objects.count(), Blob.objects.count()) == (0, 0)
    assert removed.attachments.count() == 0
    assert AuditRow.objects.filter(action="mail.remove").count() == 1

    mail_triage.remove_content(mail_id=mail.pk)
    assert AuditRow.objects.filter(action="mail.remove").count() == 1


def test_removed_mail_does_not_come_back_from_the_mailbox(world: World, arrive: Arrive) -> None:
    raw = mail_bytes()
    mail = arrive(raw)
    mail_triage.refuse(mail=mail, actor=world.registry)
    mail_triage.remove_content(mail_id=mail.pk)
    again = mail_in.keep(mailbox=mail.mailbox, raw=raw, arrived_at=mail.arrived_at)
    assert again is None


def test_only_a_refused_mail_loses_its_content(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes())
    with pytest.raises(StaleAction):
        mail_triage.remove_content(mail_id=mail.pk)


def test_mail_without_an_address_cannot_be_refused(world: World, arrive: Arrive) -> None:
    with pytest.raises(NotReady):
        mail_triage.refuse(mail=arrive(b"Subject: x\r\n\r\n"), actor=world.registry)


def test_speed_and_number_are_offered_from_the_mail(arrive: Arrive) -> None:
    mail = arrive(
        mail_bytes(subject="Fwd: ด่วนมาก : ขอเชิญประชุม", text="ตามหนังสือ ที่ ศธ ๐๔๐๐๙/ว ๑๒๓ ลงวันที่")
    )
    said = mail_triage.suggestion(mail)
    assert (said.subject, said.speed, said.reference, said.sender) == (
        "ขอเชิญประชุม", Speed.VERY_URGENT, "ศธ 04009/ว 123", "สำนักงานจังหวัด",
    )  # fmt: skip


def test_agency_is_known_by_its_address_then_by_its_domain(world: World, arrive: Arrive) -> None:
    actor = world.registry
    outside.agency(office=world.office, name="จังหวัด", actor=actor, email="saraban@province.test")
    assert mail_triage.suggestion(arrive(mail_bytes())).sender == "จังหวัด"
    colleague = mail_bytes(sender=("x", "other@province.test"), message_id="<2@x>")
    assert mail_triage.suggestion(arrive(colleague)).sender == "จังหวัด"
    stranger = mail_bytes(sender=("สมชาย", "x@gmail.com"), message_id="<3@x>")
    assert mail_triage.suggestion(arrive(stranger)).sender == "สมชาย"


def test_agency_chosen_once_for_an_address_is_offered_again(world: World, arrive: Arrive) -> None:
    confirmed(arrive(mail_bytes(sender=("A", "a@gmail.com"))), world, sender="ชมรมครู")
    later = arrive(mail_bytes(sender=("A", "a@gmail.com"), message_id="<2@x>"))
    assert mail_triage.suggestion(later).sender == "ชมรมครู"
    assert Letter.objects.get().unit.email == ""


def test_domain_that_two_agencies_share_offers_neither(world: World, arrive: Arrive) -> None:
    for name in ("one", "two"):
        outside.agency(
            office=world.office, name=name, actor=world.registry, email=f"{name}@province.test"
        )
    assert mail_triage.suggestion(arrive(mail_bytes())).sender == "สำนักงานจังหวัด"


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        (datetime(2026, 11, 20, 2, 30, tzinfo=UTC), "20 23:59"),  # Friday morning
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "20 23:59"),  # Friday, 16.30
        (
            datetime(2026, 11, 20, 9, 31, tzinfo=UTC),
            "24 10:00",
        ),  # a minute later; Monday is closed
        (datetime(2026, 11, 21, 2, 0, tzinfo=UTC), "24 10:00"),  # Saturday
    ],
)
def test_receipt_is_due_as_the_appendix_says(
    world: World, arrive: Arrive, arrived: datetime, due: str
) -> None:
    close_office_on(actor=None, office=world.office, day=date(2026, 11, 23), reason="น้ำท่วม")
    mail = arrive(mail_bytes(), at=arrived)
    assert timezone.localtime(mail_triage.answer_by(mail)).strftime("%d %H:%M") == due


def test_overdue_are_those_past_their_time(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes())
    early, late = (datetime(2026, 11, 20 + day, 10, 0, tzinfo=UTC) for day in (0, 1))
    assert mail_triage.overdue([mail], early) == set()
    assert mail_triage.overdue([mail], late) == {mail.pk}
    mail_triage.set_aside(mail=mail, actor=world.registry, reason="x")
    mail.refresh_from_db()
    assert mail_triage.overdue([mail], late) == set()

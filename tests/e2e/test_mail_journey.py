"""A letter comes by mail: taken over, registered by keyboard, its receipt at the sender."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from circulars import tasks_mail
from circulars.enums import LetterKind
from circulars.mail.enums import MailState
from circulars.models import Delivery, IncomingMail, Outbound
from circulars.services import exchange, mail_in, outside
from portal.notifications.service import Failure
from portal.users.models import User
from tests.factories import letters as make
from tests.factories.files import pdf_bytes
from tests.factories.letters import World, make_world
from tests.factories.mails import mail_bytes, make_mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import MailServer

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def world(transactional_db: None, settings: object) -> World:
    settings.SECOND_FACTOR_ROLES = []
    return make_world()


def test_mail_becomes_a_letter_by_keyboard_and_its_sender_hears(
    world: World, imap_server: Dovecot, server: MailServer, page: Page, sign_in: SignIn
) -> None:
    make_mailbox(world, imap_server)
    imap_server.put(mail_bytes(subject="ด่วน : ขอเชิญประชุม", files=[("a.pdf", pdf_bytes())]))
    assert mail_in.poll_all() == 1

    sign_in(world.registry)
    page.goto("/circulars/mail/")
    page.get_by_role("link", name="ขอเชิญประชุม").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_sender")).to_have_value("สำนักงานจังหวัด")
    expect(page.locator("#id_subject")).to_have_value("ขอเชิญประชุม")
    page.wait_for_load_state()
    page.keyboard.press("Alt+l")
    expect(page.locator("#id_sender")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/circulars/mail/")

    mail = IncomingMail.objects.get()
    assert mail.state == MailState.REGISTERED
    tasks_mail.send_outbound()
    receipt = server.mails[0]
    assert receipt["To"] == "saraban@province.test"
    assert receipt["In-Reply-To"] == "<one@province.test>"


def test_pages_are_sound_at_every_width(
    world: World, imap_server: Dovecot, page: Page, sign_in: SignIn, axe: Callable,
    no_sideways_scroll: Callable, shot: Callable, settings: object,
) -> None:  # fmt: skip
    mailbox = make_mailbox(world, imap_server)
    for number, (subject, files) in enumerate(
        [("ขอเชิญประชุม", [("หนังสือ.pdf", pdf_bytes()), ("x.exe", b"MZ\x90")]), ("สอบถาม", [])]
    ):
        mail = mail_in.keep(
            mailbox=mailbox,
            raw=mail_bytes(
                subject=subject,
                message_id=f"<{number}@x>",
                files=files,
                html="<p>เรียน<br>ขอเชิญ</p>",
            ),
            arrived_at=timezone.now(),
        )
    assert mail is not None
    agency = outside.agency(
        office=world.office, name="สำนักงานจังหวัด", actor=world.registry, email="a@province.test"
    )
    letter = make.dispatched(world, to=[agency], kind=LetterKind.LETTER)
    tasks_mail.outbounds.note_failure(
        Outbound.objects.get(), Failure("550 5.1.1 No such user here", permanent=True)
    )
    key = exchange.ensure_key(office=world.office, actor=world.registry)
    exchange.admit_partner(
        office=world.office, actor=world.registry, unit=agency, code="MOE04109",
        url="https://portal.example.go.th", public_key=key.public_key,
    )  # fmt: skip
    assert Delivery.objects.get().state == "undeliverable"
    sign_in(world.registry)
    first = IncomingMail.objects.earliest("pk")
    for name, path in (
        ("mail-list", "/circulars/mail/"),
        ("mail-detail", first.get_absolute_url()),
        ("mail-settings", "/circulars/mailbox/"),
        ("mail-looks", "/circulars/looks/"),
        ("mail-partners", "/circulars/partners/"),
        ("mail-board", letter.get_board_url()),
    ):
        page.goto(path)
        axe(page)
        no_sideways_scroll(page)
        shot(page, name)

"""The pages of the central mailbox: who sees them, what they say, how many queries they take."""

from collections.abc import Callable
from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from circulars import tasks_mail
from circulars.enums import LetterKind
from circulars.mail.enums import MailState
from circulars.models import Delivery, InboxLook, IncomingMail, Letter, Mailbox, Outbound
from circulars.services import looks, mail_triage, outside
from portal.files.permissions import may_read
from portal.notifications.service import Failure
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import letters as make
from tests.factories import role_holders
from tests.factories.files import pdf_bytes
from tests.factories.letters import World
from tests.factories.mails import mail_bytes

pytestmark = pytest.mark.django_db
Arrive = Callable[..., IncomingMail]
Browse = Callable[[User], Client]

PAGES = ("circulars:mails", "circulars:mailbox", "circulars:partners", "circulars:looks")


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("circulars:mails", {Role.REGISTRY}),
        ("circulars:mailbox", {Role.REGISTRY, Role.SYSADMIN}),
        ("circulars:partners", {Role.REGISTRY, Role.SYSADMIN}),
        ("circulars:partner_new", {Role.REGISTRY, Role.SYSADMIN}),
        ("circulars:looks", {Role.REGISTRY, Role.DIRECTOR, Role.DEPUTY}),
    ],
)
def test_pages_open_for_these_roles_only(
    world: World, browse: Browse, page: str, allowed: set[Role]
) -> None:
    answers = {
        role: browse(user).get(reverse(page)).status_code
        for role, user in role_holders(world.office).items()
    }
    assert {role for role, status in answers.items() if status == 200} == allowed
    assert set(answers.values()) == {200, 404}


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("show", ["waiting", "aside", "done"])
def test_list_takes_the_same_queries_for_few_and_many(
    world: World, arrive: Arrive, browse: Browse, count: int, show: str,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for number in range(count):
        mail = arrive(mail_bytes(message_id=f"<{number}@x>", files=[("a.pdf", pdf_bytes())]))
        if show == "aside":
            mail_triage.set_aside(mail=mail, actor=world.registry, reason="x")
        if show == "done":
            mail_triage.confirm(mail=mail, actor=world.registry, sender="x", subject="x")
    client = browse(world.registry)
    client.get(reverse("circulars:mails"))
    with django_assert_num_queries(LIST_QUERIES[show]):
        response = client.get(reverse("circulars:mails"), {"show": show})
    assert len(response.context["page"].items) == count


LIST_QUERIES = {"waiting": 12, "aside": 11, "done": 11}


def test_mail_is_registered_and_the_next_one_opens(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    first = arrive(mail_bytes(subject="หนึ่ง", files=[("a.pdf", pdf_bytes())]))
    second = arrive(mail_bytes(message_id="<2@x>"))
    client = browse(world.registry)
    page = client.get(first.get_absolute_url())
    form = page.context["form"]
    assert form.initial["sender"] == "สำนักงานจังหวัด"
    assert form.initial["document"] == first.attachments.get().pk
    data = {**form.initial, "send_receipt": "on", "secrecy": "open", "enclosures": []}
    response = client.post(reverse("circulars:mail_register", args=[first.pk]), data)
    assert response.headers["Location"] == second.get_absolute_url()
    letter = Letter.objects.get()
    assert (letter.subject, letter.pdf) == ("หนึ่ง", first.attachments.get().file)
    assert letter.attachments.count() == 0

    again = client.post(reverse("circulars:mail_register", args=[first.pk]), data, follow=True)
    assert "Someone was faster" in again.content.decode()
    assert Letter.objects.count() == 1


def test_what_is_missing_is_said_at_the_field(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    mail = arrive(mail_bytes())
    client = browse(world.registry)
    path = reverse("circulars:mail_register", args=[mail.pk])
    response = client.post(path, {"sender": "", "subject": "x"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"sender", "speed", "secrecy"}
    response = client.post(
        path, {"sender": "x", "subject": "x", "speed": "ordinary", "secrecy": "top_secret"}
    )
    assert set(response.context["form"].errors) == {"secrecy"}


def test_mail_is_set_aside_with_a_reason_and_taken_back(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    mail = arrive(mail_bytes())
    client = browse(world.registry)
    path = reverse("circulars:mail_set_aside", args=[mail.pk])
    assert client.post(path, {}).status_code == 422
    client.post(path, {"choice": "spam", "words": "ขายของ"})
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == (MailState.SET_ASIDE, "Spam or advertising: ขายของ")
    assert "Back to the waiting ones" in client.get(mail.get_absolute_url()).content.decode()
    client.post(reverse("circulars:mail_take_back", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING


def test_top_secret_mail_is_refused_by_a_button(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    mail = arrive(mail_bytes())
    browse(world.registry).post(reverse("circulars:mail_refuse", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == MailState.REFUSED


def test_text_of_a_stranger_does_nothing_on_the_page(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    mail = arrive(
        mail_bytes(
            subject="<script>a</script>",
            html='<img src="http://spy.test/x.gif"><script>b</script><b>ok</b>',
        )
    )
    page = browse(world.registry).get(mail.get_absolute_url()).content.decode()
    assert "spy.test" not in page
    assert "<script>a" not in page
    assert "<script>b" not in page
    assert "<b>ok</b>" in page


def test_refused_attachment_is_listed_with_its_reason(
    world: World, arrive: Arrive, browse: Browse
) -> None:
    mail = arrive(mail_bytes(files=[("virus.exe", b"MZ\x90\x00")]))
    page = browse(world.registry).get(mail.get_absolute_url()).content.decode()
    assert "virus.exe" in page
    assert f"Not taken: {mail.attachments.get().refusal}" in page


def test_files_of_a_mail_open_for_the_registry_only(world: World, arrive: Arrive) -> None:
    mail = arrive(mail_bytes(files=[("a.pdf", pdf_bytes())]))
    people = role_holders(world.office)
    for file in (mail.raw, mail.attachments.get().file):
        assert file is not None
        assert {role for role, user in people.items() if may_read(user, file)} == {Role.REGISTRY}


def test_mailbox_is_set_up_and_its_error_shown(world: World, browse: Browse) -> None:
    client = browse(world.registry)
    path = reverse("circulars:mailbox")
    data = {
        "address": "saraban@office.test", "name_en": "Office", "is_active": "on",
        "host": "10.1.1.1", "port": 993, "security": "tls", "username": "u", "password": "secret",
        "inbox_folder": "INBOX", "done_folder": "Portal", "smtp_port": 587,
        "smtp_security": "starttls",
    }  # fmt: skip
    refused = client.post(path, data)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"host"}
    assert client.post(path, {**data, "host": "8.8.8.8"}).status_code == 302
    mailbox = Mailbox.objects.get()
    assert "secret" not in mailbox.secret
    Mailbox.objects.update(last_error="It is closed.")
    page = client.get(path).content.decode()
    assert "It is closed." in page
    assert mailbox.secret not in page
    desk = client.get("/desk/").content.decode()
    assert "The central mailbox cannot be reached" in desk


def test_connection_is_tried_from_the_page(world: World, mailbox: Mailbox, browse: Browse) -> None:
    response = browse(world.registry).post(
        reverse("circulars:mailbox_try"), HTTP_REFERER="http://testserver/circulars/mailbox/",
        follow=True,
    )  # fmt: skip
    assert "Connection refused" in response.content.decode()


@pytest.fixture
def bounced(world: World, mailbox: Mailbox) -> Delivery:
    agency = outside.agency(
        office=world.office, name="จังหวัด", actor=world.registry, email="a@province.test"
    )
    make.dispatched(world, to=[agency], kind=LetterKind.LETTER)
    outbound = Outbound.objects.get()
    tasks_mail.outbounds.note_failure(outbound, Failure("550 gone", permanent=True))
    return Delivery.objects.get()


def test_board_says_why_and_sends_again(world: World, bounced: Delivery, browse: Browse) -> None:
    client = browse(world.officer)
    page = client.get(bounced.letter.get_board_url()).content.decode()
    assert "550 gone" in page
    assert "a@province.test" in page
    path = reverse("circulars:send_again", args=[bounced.pk])
    assert path in page
    assert browse(world.clerks[0]).post(path).status_code == 404
    client.post(path)
    bounced.refresh_from_db()
    assert bounced.state == "sending"


def test_agencies_stand_among_the_recipients(
    world: World, bounced: Delivery, browse: Browse
) -> None:
    draft = make.draft(world)
    page = browse(world.officer).get(reverse("circulars:recipients", args=[draft.pk]))
    assert "Agencies outside, by e-mail" in page.content.decode()


def test_opening_the_inbox_is_a_look(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "CLOSES", time(23, 59, 59, 999_999))
    browse(world.clerks[0]).get(reverse("circulars:inbox"))
    look = InboxLook.objects.get()
    assert (look.unit, look.first_by) == (world.schools[0], world.clerks[0])


def test_board_of_looks_lists_every_unit_with_an_inbox(world: World, browse: Browse) -> None:
    client = browse(world.director)
    page = client.get(reverse("circulars:looks"))
    assert len(page.context["rows"]) == len(world.schools) + 2
    behind = client.get(reverse("circulars:looks"), {"show": "behind"})
    assert {row.unit for row in behind.context["rows"]} == {
        row.unit for row in page.context["rows"] if row.is_behind
    }


def test_package_of_nobody_is_refused(world: World, browse: Browse) -> None:
    client = browse(world.registry)
    path = reverse("circulars:package_import")
    page = client.post(path, {"package": SimpleUploadedFile("x.zip", b"no")}, follow=True)
    assert "This package is damaged or not from a partner." in page.content.decode()
    assert client.post(path, {}).status_code == 400

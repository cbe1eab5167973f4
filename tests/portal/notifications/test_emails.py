"""What a mail says, to whom, and that each person gets their own."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.core import mail as outbox_of
from django.utils import translation
from django.utils.html import escape

from portal.core.registry import notification_kinds
from portal.notifications import wording as wording_module
from portal.notifications.models import Delivery, Notice
from portal.notifications.service import notify
from portal.notifications.wording import PERSON_MARK, Wordings, render_words
from tests.factories import OfficeFactory, UserFactory
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.usefixtures("wording")


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://portal.example.com"
    settings.DEFAULT_FROM_EMAIL = "portal@example.com"


def tell(office, to, kind: str = "sample.news", **kwargs: object) -> Notice:
    notify(kind=kind, to=to, about=office, url="/desk/", **kwargs)
    return Notice.objects.latest("pk")


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body(preferencelist=(kind,))
    assert found is not None
    return found.get_content()


def parties(mail: EmailMessage, header: str) -> list[tuple[str, str]]:
    return [(party.display_name, party.addr_spec) for party in mail[header].addresses]


def test_mail_arrives_whole(office, clerk, smtp: MailServer, run_deferred: Callable) -> None:
    tell(office, [clerk], context={"title": "ประชุม"})
    run_deferred()

    [mail] = smtp.mails
    delivery = Delivery.objects.select_related("notification__notice").get()
    link = f"https://portal.example.com/notifications/{delivery.notification_id}/open/"
    assert smtp.recipients == [clerk.email]
    assert mail.defects == []
    assert mail["Subject"] == "ข่าวถึง นายสมชาย ใจดี: ประชุม"
    assert parties(mail, "From") == [("สพป.ทดสอบ เขต 2", "portal@example.com")]
    assert parties(mail, "To") == [("นายสมชาย ใจดี", clerk.email)]
    assert mail["Reply-To"] == "saraban@example.com"
    assert mail["Message-ID"] == delivery.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Unsubscribe"] == "<https://portal.example.com/notifications/preferences/>"
    assert mail["Date"].datetime is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain").splitlines() == [
        "เรียน นายสมชาย ใจดี",
        f"ประชุม & <{office}>",
        link,
    ]
    html = part(mail, "html")
    assert html.count("<p>นายสมชาย ใจดี ประชุม</p>") == 1
    assert html.count(f'href="{link}"') == 1
    assert html.count('href="https://portal.example.com/notifications/preferences/"') == 1


def test_mail_lines_are_never_too_long_for_smtp(
    office, clerk, smtp: MailServer, run_deferred: Callable
) -> None:
    title = "ก" * 5000
    lines: list[bytes] = []
    smtp.data_answer = lambda envelope: lines.extend(envelope.content.splitlines()) or ""
    tell(office, [clerk], context={"title": title})
    run_deferred()

    assert max(len(line) for line in lines) <= 998
    assert part(smtp.mails[0], "plain").splitlines()[1].startswith(title) is True


def test_each_person_gets_their_own_name_and_link(
    office, smtp: MailServer, run_deferred: Callable
) -> None:
    names = ["<b>&", "ก.", "O'Neil, <x@example.com>"]
    people = [
        UserFactory(office=office, title="", first_name=name, last_name="") for name in names
    ]
    tell(office, people, context={"title": "x"})
    run_deferred()

    for user, escaped in zip(people, map(escape, names), strict=True):
        [mail] = [m for m in smtp.mails if parties(m, "To") == [(user.first_name, user.email)]]
        delivery = Delivery.objects.get(notification__person=user)
        link = f"/notifications/{delivery.notification_id}/open/"
        assert part(mail, "plain").splitlines()[0] == f"เรียน {user.first_name}"
        assert part(mail, "html").count(f"<p>{escaped} x</p>") == 1
        assert (part(mail, "plain").count(link), part(mail, "html").count(link)) == (1, 1)
    assert len(set(smtp.ids())) == 3


def test_words_are_rendered_once_for_each_notice_and_language(
    office, monkeypatch, run_deferred: Callable
) -> None:
    rendered: list[tuple[int, str]] = []

    def counting(notice: Notice, language: str) -> wording_module.Words:
        rendered.append((notice.pk, language))
        return render_words(notice, language)

    monkeypatch.setattr(wording_module, "render_words", counting)
    people = [UserFactory(office=office, language=["th", "en"][n % 2]) for n in range(10)]
    notice = tell(office, people, context={"title": "x"})

    run_deferred()

    assert sorted(rendered) == [(notice.pk, "en"), (notice.pk, "th")]
    assert len(outbox_of.outbox) == 10


def test_wordings_keep_only_the_last_hundred(office, clerk, monkeypatch) -> None:
    monkeypatch.setattr(wording_module, "_KEPT", 2)
    notices = [tell(office, [clerk], context={"title": str(n)}) for n in range(3)]
    wordings = Wordings()

    first = wordings.of(notices[0], "th")
    assert wordings.of(notices[0], "th") is first
    for notice in notices[1:]:
        wordings.of(notice, "th")
    assert wordings.of(notices[0], "th") is not first


@pytest.mark.parametrize(
    ("language", "subject"), [("th", "ไทย"), ("en", "Thai"), ("xx", "ไทย"), ("", "ไทย")]
)
def test_mail_speaks_the_language_of_the_person(
    office, wording, settings, language: str, subject: str
) -> None:
    settings.LANGUAGE_CODE = "th"
    wording["sample/email/alarm.subject.txt"] = "{% load i18n %}{% translate 'Thai' %}"
    clerk = UserFactory(office=office, language=language)

    with translation.override("en"):
        notice = tell(office, [clerk], kind="sample.alarm")
        words = render_words(notice, clerk.language)

    with translation.override("th"):
        expected = subject if subject == "Thai" else translation.gettext("Thai")
    assert words.subject == expected


def test_mail_without_html_wording_wraps_the_text(office, clerk) -> None:
    words = render_words(tell(office, [clerk], kind="sample.alarm", actor=clerk), "th")

    assert words.text == "a < b\n\nc\n"
    assert words.html.count("<p>a &lt; b</p>\n\n<p>c</p>") == 1
    assert words.html.count(f"<h1>{words.subject}</h1>") == 1


def test_mail_about_something_that_is_gone_is_still_worded(office, clerk) -> None:
    other = OfficeFactory.build(pk=999_999)
    words = render_words(tell(other, [clerk], context={"title": "x"}), "th")

    assert words.text.splitlines()[1] == "x & <None>"
    assert words.subject == f"ข่าวถึง {PERSON_MARK}: x"


def test_subject_never_breaks_the_header(
    office, wording, smtp: MailServer, run_deferred: Callable
) -> None:
    user = UserFactory(
        office=office, title="", first_name="a\r\nBcc: x@example.com", last_name="\nb"
    )
    tell(office, [user], context={"title": "one\r\ntwo: three"})
    run_deferred()

    [mail] = smtp.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "ข่าวถึง a Bcc: x@example.com b: one two: three"
    assert smtp.recipients == [user.email]


def test_mail_to_someone_without_an_office_comes_from_the_portal(
    clerk, office, smtp: MailServer, run_deferred: Callable
) -> None:
    tell(office, [UserFactory(office=None, title="", first_name="Ann", last_name="Lee")])
    run_deferred()

    [mail] = smtp.mails
    assert parties(mail, "From") == [("", "portal@example.com")]
    assert [name for name, _address in parties(mail, "To")] == ["Ann Lee"]
    assert mail["Reply-To"] is None


def test_address_in_letters_of_another_script_is_sent_to_its_ascii_form(
    office, smtp: MailServer, run_deferred: Callable
) -> None:
    user = UserFactory(office=office, email="clerk@โรงเรียน.example.com")
    tell(office, [user])
    run_deferred()

    domain = "โรงเรียน.example.com".encode("idna").decode()
    assert smtp.recipients == [f"clerk@{domain}"]


@pytest.mark.parametrize("backend", ["console", "filebased", "locmem"])
def test_mail_goes_through_djangos_other_backends(
    settings, office, clerk, tmp_path, capsys, run_deferred: Callable, backend: str
) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    tell(office, [clerk], context={"title": "x"})
    run_deferred()

    delivery = Delivery.objects.select_related("notification__notice").get()
    assert delivery.state == "sent"
    if backend == "locmem":
        [sent] = outbox_of.outbox
        assert (sent.subject, sent.to) == ("ข่าวถึง นายสมชาย ใจดี: x", [clerk.email])
        assert sent.extra_headers["Message-ID"] == delivery.message_id
        return
    written = capsys.readouterr().out
    if backend == "filebased":
        [path] = (tmp_path / "mails").iterdir()
        written = path.read_text()
    assert written.count(f"Message-ID: {delivery.message_id}") == 1


def test_message_id_is_the_delivery_and_its_time(office, clerk) -> None:
    tell(office, [clerk])
    delivery = Delivery.objects.select_related("notification__notice").get()
    moment = int(delivery.notification.notice.created_at.timestamp() * 1_000_000)

    assert delivery.message_id == f"<notice.{delivery.pk}.{moment:x}@portal.example.com>"


# The wordings of the portal itself


def test_every_kind_is_worded_in_both_languages(office, clerk) -> None:
    samples = {code for code in notification_kinds.codes() if code.startswith("sample.")}
    for kind in notification_kinds:
        if kind.code in samples:
            continue
        for language in ("th", "en"):
            notice = Notice(kind=kind.code, about=f"org.office:{office.pk}", url="/", actor=clerk)
            words = render_words(notice, language)
            assert "" not in (words.subject, words.text.strip(), words.html)

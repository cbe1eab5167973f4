"""What is read out of mails, also out of those that break the rules."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulars.mail.content import html_of, safe_html, text_of
from circulars.mail.enums import MailKind
from circulars.mail.headers import decoded_bytes
from circulars.mail.parsing import MAX_PARTS, parse
from tests.factories.files import pdf_bytes
from tests.factories.mails import mail_bytes

THAI = "ประกาศรับสมัคร.pdf"


def attached(disposition: bytes, content_type: bytes = b"application/pdf") -> bytes:
    """A mail with one file whose name is written in these raw header bytes."""
    return (
        b"From: a@b.test\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        b"--x\r\nContent-Type: " + content_type + b"\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: " + disposition + b"\r\n\r\n"
        + base64.b64encode(b"%PDF-1.7")
        + b"\r\n--x--\r\n"
    )  # fmt: skip


def test_all_parts_of_an_orderly_mail_are_read() -> None:
    mail = parse(
        mail_bytes(
            subject="ด่วนที่สุด : ขอเชิญประชุม",
            html="<p>ขอ<b>เชิญ</b></p><script>x</script>",
            files=[(THAI, pdf_bytes())],
            Reply_To="other@province.test",
        )
    )
    assert (mail.subject, mail.from_name, mail.from_address, mail.reply_to) == (
        "ด่วนที่สุด : ขอเชิญประชุม", "สำนักงานจังหวัด", "saraban@province.test",
        "other@province.test",
    )  # fmt: skip
    assert mail.sent_at == datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
    assert mail.text == "เรียน ผู้อำนวยการ\n\nขอเชิญประชุม"
    assert mail.html == "<p>ขอ<b>เชิญ</b></p>\n"
    assert [part.name for part in mail.parts] == [THAI]
    assert (mail.kind, mail.defects, mail.to) == (MailKind.MAIL, [], "saraban@office.test")


@pytest.mark.parametrize(
    "written",
    [
        b'attachment; filename="' + THAI.encode("cp874") + b'"',
        b'attachment; filename="' + THAI.encode() + b'"',
        b"attachment; filename*=tis-620''" + b"".join(b"%%%02X" % b for b in THAI.encode("cp874")),
        b"attachment; filename*=UTF-8''" + b"".join(b"%%%02X" % b for b in THAI.encode()),
        b'attachment; filename="=?TIS-620?B?' + base64.b64encode(THAI.encode("cp874")) + b'?="',
        b'attachment; filename="=?windows-874?B?'
        + base64.b64encode(THAI.encode("cp874"))
        + b'?="',
        b'attachment; filename="=?utf-8?B?' + base64.b64encode(THAI.encode()) + b'?="',
    ],
    ids=["raw tis-620", "raw utf-8", "2231 tis-620", "2231 utf-8", "word tis", "word 874", "word"],
)
def test_attachment_names_are_read_however_they_are_written(written: bytes) -> None:
    assert [part.name for part in parse(attached(written)).parts] == [THAI]


def test_long_names_in_pieces_are_put_together() -> None:
    name = THAI.encode()
    coded = [
        b"".join(b"%%%02X" % b for b in name[:30]),
        b"".join(b"%%%02X" % b for b in name[30:]),
    ]
    written = b"attachment; filename*0*=UTF-8''" + coded[0] + b";\r\n filename*1*=" + coded[1]
    assert [part.name for part in parse(attached(written)).parts] == [THAI]


def test_name_of_the_content_type_serves_where_the_disposition_has_none() -> None:
    raw = attached(b"attachment", b'application/pdf; name="letter.pdf"')
    assert [part.name for part in parse(raw).parts] == ["letter.pdf"]


def test_file_without_a_name_gets_one() -> None:
    assert [part.name for part in parse(attached(b"attachment")).parts] == ["part-2.pdf"]


def test_paths_in_names_lead_nowhere() -> None:
    raw = attached(b'attachment; filename="..\\..\\etc/passwd.pdf"')
    assert [part.name for part in parse(raw).parts] == ["passwd.pdf"]


@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_subject_in_plain_bytes_is_read(encoding: str) -> None:
    raw = b"Subject: " + "ขอเชิญประชุม".encode(encoding) + b"\r\nFrom: a@b.test\r\n\r\nx"
    assert parse(raw).subject == "ขอเชิญประชุม"


def test_words_run_together_by_bad_programs_are_parted() -> None:
    assert parse(b"Subject: =?utf-8?B?4LiB?=abc\r\n\r\n").subject == "ก abc"


def test_text_in_tis_620_under_a_wrong_name_is_read() -> None:
    body = "ขอเชิญประชุม".encode("cp874")
    raw = b"Content-Type: text/plain; charset=x-unknown\r\n\r\n" + body
    assert parse(raw).text == "ขอเชิญประชุม"


def test_same_message_id_is_the_same_mail_and_none_is_its_bytes() -> None:
    first, second = (mail_bytes(message_id="<a@b>", subject=s) for s in ("x", "y"))
    assert parse(first).key == parse(second).key
    bare, other = (mail_bytes(message_id=None, subject=s) for s in ("x", "y"))
    assert parse(bare).key == parse(bare).key
    assert len({parse(bare).key, parse(other).key, parse(first).key}) == 3


BROKEN = [
    b"",
    b"\x00\xff\xfe",
    b"no header at all",
    b"Subject\r\n\r\n",
    b"Content-Type: multipart/mixed\r\n\r\n--x\r\n",
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: x/y\r\n\r\ncut',
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
    b"Content-Transfer-Encoding: unknown\r\n\r\nx",
    b"From: <<>>@, =?utf-8?q?=\r\nDate: 99 Foo 99999999999\r\n\r\nx",
    b"From: a@b.test\r\nDate: Mon, 1 Jan 0001 00:00:00 +2400\r\n\r\nx",
    b"Content-Disposition: attachment; filename*=x'y'z%\r\n\r\nx",
    b"Content-Type: message/rfc822\r\n\r\n",
]


@pytest.mark.parametrize("raw", BROKEN)
def test_broken_mails_are_read_as_far_as_they_go(raw: bytes) -> None:
    assert len(parse(raw).key) == 64


@given(st.binary(max_size=400))
def test_no_bytes_stop_the_reader(raw: bytes) -> None:
    head = b'Content-Type: multipart/mixed; boundary="x"\r\nFrom: a@b.test\r\n\r\n--x\r\n'
    for mail in (raw, head + raw, b"From: " + raw + b"\r\n\r\n", b"Subject: " + raw + b"\r\n\r\n"):
        assert len(parse(mail).key) == 64


def test_cut_mail_tells_its_defect() -> None:
    raw = attached(b'attachment; filename="a.pdf"').split(b"--x--")[0]
    assert parse(raw).defects == ["CloseBoundaryNotFoundDefect"]


def test_mail_of_a_thousand_parts_is_read_to_a_limit() -> None:
    part = b'--x\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nx\r\n'
    raw = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + part * 1000 + b"--x--"
    mail = parse(raw)
    assert (len(mail.parts), mail.defects) == (MAX_PARTS, ["TooManyParts"])


def test_mail_forwarded_whole_gives_its_files_too() -> None:
    inner = attached(b'attachment; filename="inner.pdf"')
    raw = (
        b'Content-Type: multipart/mixed; boundary="y"\r\n\r\n--y\r\n'
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--y--"
    )
    assert [part.name for part in parse(raw).parts] == ["inner.pdf"]


def test_logo_in_the_text_is_not_an_enclosure() -> None:
    raw = (
        b'Content-Type: multipart/related; boundary="y"\r\n\r\n--y\r\nContent-Type: text/html\r\n'
        b'\r\n<img src="cid:1">\r\n--y\r\nContent-Type: image/png; name="logo.png"\r\n'
        b"Content-ID: <1>\r\nContent-Disposition: inline\r\n\r\nPNG\r\n--y--"
    )
    assert [(part.name, part.is_inline) for part in parse(raw).parts] == [("logo.png", True)]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, MailKind.MAIL),
        ({"Auto_Submitted": "no"}, MailKind.MAIL),
        ({"Auto_Submitted": "auto-replied"}, MailKind.AUTOMATIC),
        ({"Precedence": "bulk"}, MailKind.AUTOMATIC),
        ({"X_Autoreply": "yes"}, MailKind.AUTOMATIC),
    ],
)
def test_programs_are_told_from_people(headers: dict[str, str], kind: MailKind) -> None:
    assert parse(mail_bytes(**headers)).kind == kind


def test_standard_report_names_the_mail_the_reason_and_the_recipient() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.test\r\nMessage-ID: <own@mx.test>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        b"--r\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        b"--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.test\r\n\r\n"
        b"Final-Recipient: rfc822; Gone@agency.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n"
        b"--r\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: <letter.x@office.test>\r\n\r\n\r\n"
        b"--r--"
    )
    mail = parse(raw)
    assert mail.kind == MailKind.BOUNCE
    assert mail.report is not None
    assert (mail.report.is_final, mail.report.reason) == (True, "5.1.1 550 5.1.1 No such user")
    assert mail.report.recipients == {"gone@agency.test"}
    assert mail.refers_to == ["<letter.x@office.test>"]


def test_report_of_a_delay_is_not_final() -> None:
    raw = (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        b"--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.test\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n--r--"
    )
    report = parse(raw).report
    assert report is not None
    assert report.is_final is False


def test_read_receipt_is_no_failed_delivery() -> None:
    raw = b"Content-Type: multipart/report; report-type=disposition-notification\r\n\r\n"
    assert parse(raw).kind == MailKind.MAIL


def test_homemade_report_is_understood() -> None:
    raw = (
        b"From: Mail Delivery System <MAILER-DAEMON@mx.test>\r\n\r\n"
        b"a@b.test\r\n    550 no such user here\r\n\r\nMessage-ID: <letter.y@office.test>\r\n"
    )
    mail = parse(raw)
    assert mail.report is not None
    assert mail.report.reason == "550 no such user here"
    assert mail.refers_to == ["<letter.y@office.test>"]


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("<p onclick=x style=y>a</p>", "<p>a</p>"),
        ("<script>x</script><style>y</style>z", "z"),
        ('<img src="http://spy.test/1.gif">a', "a"),
        ("<form action=x><input name=y></form>a", "a"),
        ('<iframe src="x"></iframe>a', "a"),
    ],
)
def test_html_of_strangers_is_harmless(source: str, safe: str) -> None:
    assert safe_html(source) == safe


def test_links_open_apart_and_run_nothing() -> None:
    assert safe_html('<a href="javascript:x">a</a>').count("href") == 0
    link = safe_html('<a href="https://a.test">a</a>')
    assert 'rel="noopener noreferrer nofollow"' in link
    assert 'target="_blank"' in link


def test_text_and_html_stand_in_for_each_other() -> None:
    assert text_of("<div>one</div><div>two</div>") == "one\ntwo"
    assert html_of("a <b>\nb\n\nc") == "<p>a &lt;b&gt;<br>b</p><p>c</p>"


def test_unknown_bytes_are_never_lost() -> None:
    assert decoded_bytes(b"\xff", "no-such") == "ÿ"

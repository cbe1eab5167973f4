"""A secret letter: its words are nowhere that others, or a stolen disk, could find them.

Amendment 4, clause 29 and appendix 6, 4.2.3: others cannot read it, in the system or around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from pypdf import PdfReader

from circulars import urls
from circulars.enums import Secrecy
from circulars.models import Delivery, Letter
from circulars.services import assignments, deliveries, handling, letters
from portal.audit.models import AuditRow
from portal.core.pdf import render_pdf
from portal.files import service as files
from portal.files.models import StoredFile
from portal.files.sealed import encrypt_blob
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import handling as work
from tests.factories import letters as make
from tests.factories import person
from tests.factories.files import upload
from tests.factories.letters import World

SECRET_WORDS = "ม่วงคราม"
"""Stands in every field and file of the letter, and nowhere else."""

pytestmark = pytest.mark.django_db


@dataclass
class Secret:
    """A secret letter that has come all the way, and who may know of it."""

    letter: Letter
    delivery: Delivery
    attachment: StoredFile
    knowing: dict[str, User]
    others: dict[str, User]


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def secret(world: World, run_deferred) -> Secret:
    letter = make.draft(world, to=world.schools[:1], **_content(SECRET_WORDS))
    attachment = _upload(world.officer)
    letter = letters.set_attachments(
        letter=letter,
        actor=world.officer,
        revision=letter.revision,
        files=[(attachment, f"บัญชี{SECRET_WORDS}")],
    )
    letter = letters.set_references(
        letter=letter,
        actor=world.officer,
        revision=letter.revision,
        references=[(None, f"บันทึก{SECRET_WORDS}")],
    )
    letter = _to_the_school(world, letter)
    delivery = _through_the_school(world, letter)
    run_deferred(propagate=False)
    for blob_id in StoredFile.objects.values_list("blob_id", flat=True).distinct():
        encrypt_blob(blob_id)
    knowing = {
        "drafter": world.officer,
        "group director": world.group_director,
        "deputy": world.deputy,
        "director": world.director,
        "principal": world.principals[0],
    }
    others = {
        "colleague": person(Role.OFFICER, world.group),
        "group registry": world.group_registry,
        "registry": world.registry,
        "school clerk": world.clerks[0],
        "another principal": world.principals[1],
        "teacher": person(Role.TEACHER, world.schools[0]),
        "auditor": person(Role.AUDITOR, world.group),
        "system administrator": person(Role.SYSADMIN, office=world.office),
        "another office": person(Role.DIRECTOR),
    }
    return Secret(letter, delivery, attachment, knowing, others)


def _content(words: str) -> dict[str, object]:
    return {
        "secrecy": Secrecy.SECRET,
        "subject": f"เรื่อง{words}",
        "addressee": f"ผู้อำนวยการ{words}",
        "body": f"<p>ข้อความ{words}</p>",
        "copies_to": f"สำเนา{words}",
        "send_when_signed": False,
    }


def _upload(owner: User) -> StoredFile:
    return files.store(
        upload=upload(SECRET_WORDS.encode(), "a.txt"),
        office=owner.office,
        actor=owner,
        attached=False,
    )


def _to_the_school(world: World, letter: Letter) -> Letter:
    letter = letters.submit(letter=letter, actor=world.officer)
    for actor in (world.group_director, world.deputy):
        letter = letters.endorse(
            letter=letter, actor=actor, revision=letter.revision, remark=f"เห็นชอบ{SECRET_WORDS}"
        )
    letter = letters.sign(letter=letter, actor=world.director, revision=letter.revision)
    html = f"<style>@page {{ size: A4 }}</style><p>{SECRET_WORDS}</p>"
    pdf = files.store_bytes(
        data=render_pdf(html, title="x"),
        name="a.pdf",
        content_type="application/pdf",
        office=world.office,
        actor=None,
    )
    letter = letters.attach_pdf(letter=letter, pdf=pdf)
    return letters.dispatch(letter=letter, actor=world.officer)


def _through_the_school(world: World, letter: Letter) -> Delivery:
    delivery = make.delivery(letter, world.schools[0])
    principal = world.principals[0]
    delivery = deliveries.open_delivery(delivery=delivery, actor=principal)
    delivery = deliveries.register(delivery=delivery, actor=principal)
    delivery = deliveries.acknowledge(delivery=delivery, actor=principal)
    _worked_on(delivery, principal)
    return deliveries.answer(
        delivery=delivery, actor=principal, text=f"ตอบ{SECRET_WORDS}", files=[_upload(principal)]
    )


def _worked_on(delivery: Delivery, principal: User) -> None:
    """Ordered, reported and closed in words that stay secret as well."""
    proposed = handling.propose(
        delivery=delivery,
        actor=principal,
        to=[[work.named(principal)]],
        remark=f"เสนอ{SECRET_WORDS}",
    )
    ordered = handling.order(
        handling=proposed,
        actor=principal,
        owners=[work.lead(principal)],
        remark=f"สั่งการ{SECRET_WORDS}",
    )
    task = ordered.assignments.get()
    assignments.report(
        assignment=task, actor=principal, text=f"รายงาน{SECRET_WORDS}", files=[_upload(principal)]
    )


def tables_with(words: str) -> list[str]:
    """Every table of the database with a row in which these words stand, in any column."""
    needle = words.encode()
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS r WHERE r::text LIKE %s OR r::text LIKE %s',  # noqa: S608  (names from the catalogue)
                [f"%{words}%", f"%{needle.hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_no_table_holds_the_words(secret: Secret) -> None:
    assert tables_with(SECRET_WORDS) == []


def test_the_same_search_finds_the_words_of_an_open_letter(world: World) -> None:
    """The test above can fail."""
    make.draft(world, **{**_content("เขียวมะกอก"), "secrecy": Secrecy.OPEN})
    assert tables_with("เขียวมะกอก") == ["circulars_letter"]


def test_no_file_holds_the_words(secret: Secret, media: Path) -> None:
    stored = [path.read_bytes() for path in media.rglob("*") if path.is_file()]

    assert len(stored) >= 2
    assert not [data for data in stored if SECRET_WORDS.encode() in data or b"%PDF" in data]


def test_those_who_may_know_read_the_words(secret: Secret) -> None:
    for name, user in secret.knowing.items():
        page = secret.delivery if name == "principal" else secret.letter
        answer = _client(user).get(page.get_absolute_url())
        assert answer.status_code == 200, name
        assert f"เรื่อง{SECRET_WORDS}" in answer.content.decode(), name


def test_no_page_of_others_has_the_words(secret: Secret) -> None:
    for name, user in secret.others.items():
        client = _client(user)
        for path in [*_list_pages(), *_back_office_pages()]:
            answer = client.get(path)
            assert SECRET_WORDS not in _text(answer), f"{path} to the {name}"


def test_no_address_of_the_letter_answers_others(secret: Secret) -> None:
    for name, user in secret.others.items():
        client = _client(user)
        for path in _pages_of(secret):
            assert client.get(path).status_code in {403, 404}, f"{path} to the {name}"


def test_no_mail_and_no_notice_has_the_words(secret: Secret) -> None:
    assert mail.outbox
    for message in mail.outbox:
        assert SECRET_WORDS not in str(message.message().as_bytes(), "utf-8", "replace")
        assert SECRET_WORDS not in f"{message.subject}{message.body}"


def test_every_look_is_recorded(secret: Secret) -> None:
    before = AuditRow.objects.count()
    _client(secret.knowing["director"]).get(secret.letter.get_absolute_url())
    _client(secret.knowing["principal"]).get(secret.delivery.get_absolute_url())

    looks = AuditRow.objects.order_by("pk")[before:]
    assert [(row.action, row.actor_id) for row in looks if "read_secret" in row.action] == [
        ("letter.read_secret", secret.knowing["director"].pk),
        ("delivery.read_secret", secret.knowing["principal"].pk),
    ]


def test_pages_that_are_given_out_name_their_reader(secret: Secret) -> None:
    reader = secret.knowing["principal"]
    assert secret.letter.pdf is not None

    answer = _client(reader).get(secret.letter.pdf.get_absolute_url())

    [page] = PdfReader(BytesIO(b"".join(answer))).pages
    text = page.extract_text()
    assert SECRET_WORDS in text
    assert str(reader) in text


def test_open_letters_are_given_out_as_they_were_sealed(world: World) -> None:
    letter = make.dispatched(world)
    assert letter.pdf is not None
    answer = _client(world.director).get(letter.pdf.get_absolute_url())
    assert b"".join(answer) == b"%PDF-1.7\n"


def test_draft_that_becomes_secret_is_sealed_with_all_that_it_has(world: World) -> None:
    letter = make.draft(world, **{**_content(SECRET_WORDS), "secrecy": Secrecy.OPEN})
    attachment = _upload(world.officer)
    letter = letters.set_attachments(
        letter=letter,
        actor=world.officer,
        revision=letter.revision,
        files=[(attachment, SECRET_WORDS)],
    )
    assert tables_with(SECRET_WORDS) != []

    letter = letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, secrecy=Secrecy.CONFIDENTIAL
    )

    assert tables_with(SECRET_WORDS) == []
    attachment.refresh_from_db()
    assert attachment.blob.sealed_key
    letters.change_draft(
        letter=letter, actor=world.officer, revision=letter.revision, secrecy=Secrecy.OPEN
    )
    assert tables_with(SECRET_WORDS) == ["circulars_attachment", "circulars_letter"]


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _text(answer: HttpResponse) -> str:
    """What an answer says; of a sheet what its parts say, of a PDF what its pages say."""
    data = b"".join(answer)
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as archive:
            data = b"".join(map(archive.read, archive.namelist()))
    if data.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return data.decode(errors="replace")


def _list_pages() -> Iterator[str]:
    """Every page of e-office that needs no object, and the portal's own for signed-in people."""
    for pattern in urls.urlpatterns:
        if isinstance(pattern, URLPattern) and "<" not in str(pattern.pattern):
            yield reverse(f"circulars:{pattern.name}")
    yield from ("/desk/", "/desk/audit/", reverse("notifications:index"))
    yield f"{reverse('search:search')}?q={SECRET_WORDS[2:]}"


def _back_office_pages() -> Iterator[str]:
    for model in apps.get_models():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


def _pages_of(secret: Secret) -> list[str]:
    letter, delivery = secret.letter, secret.delivery
    assert letter.pdf is not None
    own = ("letter", "edit", "preview", "preview_pdf", "board", "board_proof", "board_export")
    return [
        *(reverse(f"circulars:{name}", args=[letter.pk]) for name in own),
        reverse("circulars:letter_docx", args=[letter.pk]),
        reverse("circulars:received_letter", args=[letter.pk]),
        delivery.get_absolute_url(),
        reverse("circulars:delivery_zip", args=[delivery.pk]),
        reverse("circulars:answer", args=[delivery.answers.get().pk]),
        letter.pdf.get_absolute_url(),
        secret.attachment.get_absolute_url(),
        f"{secret.attachment.get_absolute_url()}thumbnail/",
        delivery.answers.get().files.get().get_absolute_url(),
    ]

"""Electronic letters are deleted by the head's order only, and really (clause 89/5)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from circulars.enums_archive import (
    DestructionState,
    Medium,
)
from circulars.models import (
    Answer,
    Attachment,
    Destruction,
    IncomingMail,
    KeptLetter,
    Letter,
    MailAttachment,
    Mailbox,
    ReceiptStamp,
)
from circulars.services import archive, archive_destruction, deliveries
from circulars.services.access import may_read_file
from portal.core.errors import InvalidInput, NotAllowed
from portal.files.models import Blob, StoredFile
from portal.files.storage import absolute_path
from portal.search.models import Document
from portal.search.service import index_pending
from tests.factories import archive as make
from tests.factories import letters as make_letters
from tests.factories.archive import Chain
from tests.factories.letters import World

D = DestructionState


@pytest.fixture
def old_electronic(world: World) -> KeptLetter:
    """A letter between two units of the office, finished 11 years ago on both sides."""
    letter = make_letters.dispatched(world, to=[make.central(world)])
    Attachment.objects.create(
        letter=letter, file=make_letters.some_file(world.office, "a.pdf", b"%PDF-1.7 a\n"),
        title="ก",
    )  # fmt: skip
    got = make_letters.delivery(letter, make.central(world))
    deliveries.open_delivery(delivery=got, actor=world.registry)
    got = deliveries.register(delivery=got, actor=world.registry)
    into = make.folder(world, make.central(world))
    archive.file_letters(actor=world.registry, folder=into, deliveries=[got])
    archive.file_letters(actor=world.registry, folder=make.folder(world), letters=[letter])
    long_ago = timezone.localdate() - timedelta(days=11 * 366)
    KeptLetter.objects.update(finished_on=long_ago)
    return KeptLetter.objects.get(delivery=got)


def order(world: World, chain: Chain, before: date | None = None) -> None:
    chain.do(
        "order_electronic", world.director, before=before or timezone.localdate(),
        order_number="5/2569", reason="พื้นที่จัดเก็บไม่พอ",
    )  # fmt: skip


def test_electronic_letters_are_never_due_by_themselves(
    world: World, old_electronic: KeptLetter
) -> None:
    assert (old_electronic.medium, old_electronic.keep_until) == (Medium.ELECTRONIC, None)
    assert not Chain(world).lines()


def test_electronic_letters_go_by_the_heads_order_only(
    world: World, old_electronic: KeptLetter
) -> None:
    chain = Chain(world)
    with pytest.raises(NotAllowed):
        chain.do(
            "order_electronic", world.registry, before=timezone.localdate(),
            order_number="1", reason="x",
        )  # fmt: skip
    order(world, chain)
    assert len(chain.lines()) == 2


def test_electronic_letters_younger_than_10_years_stay(
    world: World, old_electronic: KeptLetter
) -> None:
    KeptLetter.objects.update(finished_on=timezone.localdate() - timedelta(days=3000))
    with pytest.raises(InvalidInput, match="No electronic letter"):
        order(world, Chain(world))


def test_database_refuses_electronic_letters_without_order(
    world: World, old_electronic: KeptLetter
) -> None:
    chain = Chain(world)
    order(world, chain)
    chain.to(D.CLEARED)
    Destruction.objects.update(electronic_at=None)
    with pytest.raises(IntegrityError, match="whole chain"), transaction.atomic():
        chain.destroy()


def test_content_is_removed_and_the_stub_stays(
    world: World, old_electronic: KeptLetter, django_capture_on_commit_callbacks: Any
) -> None:
    letter = Letter.objects.get()
    paths = [absolute_path(blob.path) for blob in Blob.objects.all()]
    assert [path.is_file() for path in paths] == [True, True]
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    assert archive_destruction.remove_destroyed_files(chain.destruction.pk) == 2
    assert archive_destruction.remove_destroyed_files(chain.destruction.pk) == 0
    letter.refresh_from_db()
    assert (letter.body, letter.pdf, letter.attachments.count()) == ("", None, 0)
    assert (letter.subject, letter.number_text != "", letter.entry is not None) == (
        make_letters.CONTENT["subject"], True, True,
    )  # fmt: skip
    assert (StoredFile.objects.count(), Blob.objects.count()) == (0, 0)
    assert [path.exists() for path in paths] == [False, False]
    assert archive.decision_of(old_electronic).destruction == chain.destruction


def test_shared_bytes_stay_for_who_else_has_them(world: World, old_electronic: KeptLetter) -> None:
    twin = make_letters.some_file(world.office, "copy.pdf", b"%PDF-1.7 a\n")
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    archive_destruction.remove_destroyed_files(chain.destruction.pk)
    assert list(StoredFile.objects.all()) == [twin]
    assert absolute_path(twin.blob.path).is_file()


def test_content_stays_while_another_recipient_keeps_it(world: World) -> None:
    letter = make_letters.dispatched(world)
    archive.file_letters(actor=world.registry, folder=make.folder(world), letters=[letter])
    KeptLetter.objects.update(finished_on=date(2010, 1, 1))
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    letter.refresh_from_db()
    assert letter.pdf is not None
    assert letter.body != ""
    assert may_read_file(world.group_director, letter.pdf) is False
    assert may_read_file(world.clerks[0], letter.pdf) is True


def test_words_of_a_destroyed_letter_leave_the_search(
    world: World, old_electronic: KeptLetter
) -> None:
    words = "สำนักงานเขตพื้นที่การศึกษากำหนดประชุม"
    letter = Letter.objects.get()
    index_pending()
    before = Document.objects.get(source="circulars.letters", object_id=letter.pk)
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    index_pending()
    after = Document.objects.get(source="circulars.letters", object_id=letter.pk)
    assert [words in before.text, words in after.text] == [True, False]


def test_mail_and_answers_go_with_their_letter(world: World, old_electronic: KeptLetter) -> None:
    got = old_electronic.delivery
    assert got is not None
    raw, attached, given = (
        make_letters.some_file(world.office, name, name.encode()) for name in ("r", "m", "g")
    )
    box = Mailbox.objects.create(office=world.office)
    mail = IncomingMail.objects.create(
        mailbox=box, key="k", arrived_at=timezone.now(), text="ข้อความ", html="<p>", raw=raw,
        delivery=got,
    )  # fmt: skip
    MailAttachment.objects.create(mail=mail, position=1, name="m", file=attached)
    answer = Answer.objects.create(
        delivery=got, text="ตอบ", answered_by=world.registry, answered_at=timezone.now()
    )
    answer.files.add(given)
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    archive_destruction.remove_destroyed_files(chain.destruction.pk)
    for row in (mail, answer):
        row.refresh_from_db()
    assert (mail.text, mail.html, mail.raw, answer.text, StoredFile.objects.count()) == (
        "", "", None, "", 0,
    )  # fmt: skip


def test_receipt_stamp_goes_with_its_own_delivery(world: World) -> None:
    letter = make_letters.dispatched(world, to=[make.central(world), world.schools[0]])
    got = make_letters.delivery(letter, make.central(world))
    got = deliveries.register(delivery=got, actor=world.registry)
    stamp = make_letters.some_file(world.office, "s.pdf", b"%PDF-1.7 s")
    ReceiptStamp.objects.create(delivery=got, file=stamp)
    into = make.folder(world, make.central(world))
    archive.file_letters(actor=world.registry, folder=into, deliveries=[got])
    KeptLetter.objects.update(finished_on=timezone.localdate() - timedelta(days=11 * 366))
    chain = Chain(world)
    order(world, chain)
    chain.to(D.DESTROYED)
    archive_destruction.remove_destroyed_files(chain.destruction.pk)
    letter.refresh_from_db()
    assert list(StoredFile.objects.all()) == [letter.pdf]
    assert not ReceiptStamp.objects.exists()

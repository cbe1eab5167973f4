"""What is left of a destroyed letter: its line in the registers and a stub, no content."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from circulars.enums import DeliveryState, LetterState
from circulars.enums_archive import KeptState
from circulars.models import (
    Answer,
    Attachment,
    Delivery,
    DestructionLine,
    ExchangeArrival,
    IncomingMail,
    KeptLetter,
    Letter,
    MailAttachment,
    ReceiptStamp,
    WorkReport,
)


def strip_content(lines: "QuerySet[DestructionLine]") -> None:
    """Blank the letters of these lines that nobody else keeps any more.

    A letter inside the portal is one for its sender and all recipients: the content goes with
    the last of them, the copy with the receipt stamp with its own delivery. The files that are
    free are written to their line, for a task to remove after the commit.
    """
    for line in lines.select_related("kept__letter", "kept__delivery"):
        files = _drop_stamp(line.kept.delivery)
        letter = line.kept.letter
        if letter and not is_kept_elsewhere(letter):
            files += _blank(letter)
        if files:
            line.files = sorted(set(files))
            line.save(update_fields=["files"])


def is_kept_elsewhere(letter: Letter) -> bool:
    """Whether sender or a recipient still has the letter."""
    destroyed = KeptLetter.objects.filter(state=KeptState.DESTROYED, letter=letter)
    if letter.state != LetterState.OUTSIDE and not destroyed.filter(delivery=None).exists():
        return True
    gone = KeptLetter.objects.filter(delivery=OuterRef("pk"), state=KeptState.DESTROYED)
    others = Delivery.objects.filter(letter=letter).exclude(state=DeliveryState.UNDELIVERABLE)
    return others.exclude(Exists(gone)).exists()


def _blank(letter: Letter) -> list[int]:
    files = [letter.pdf_id] if letter.pdf_id else []
    attachments = Attachment.objects.filter(letter=letter)
    files += attachments.values_list("file", flat=True)
    attachments.delete()
    files += _drop_words(Answer.objects.filter(delivery__letter=letter))
    files += _drop_words(WorkReport.objects.filter(assignment__handling__delivery__letter=letter))
    files += _drop_mails(letter)
    arrivals = ExchangeArrival.objects.filter(delivery__letter=letter)
    files += arrivals.values_list("file", flat=True)
    arrivals.delete()
    for delivery in letter.deliveries.all():
        files += _drop_stamp(delivery)
    letter.pdf = None
    letter.body = ""
    letter.details = {}
    letter.save(update_fields=["pdf", "body", "details", "updated_at"])
    return files


def _drop_stamp(delivery: Delivery | None) -> list[int]:
    if delivery is None:
        return []
    stamps = ReceiptStamp.objects.filter(delivery=delivery)
    files = [pk for stamp in stamps for pk in (stamp.file_id, stamp.picture_id) if pk]
    stamps.delete()
    return files


def _drop_words(rows: "QuerySet[Answer] | QuerySet[WorkReport]") -> list[int]:
    """The texts and files of answers and reports; who gave them and when stays."""
    files: list[int] = []
    for row in rows:
        files += row.files.values_list("pk", flat=True)
        row.files.clear()
    rows.update(text="")
    return files


def _drop_mails(letter: Letter) -> list[int]:
    """The mails that the letter, or an answer to it, came with; their heads stay."""
    mails = IncomingMail.objects.filter(Q(delivery__letter=letter) | Q(answers__letter=letter))
    attached = MailAttachment.objects.filter(mail__in=mails.values("pk"))
    files = [pk for pk in mails.values_list("raw", flat=True) if pk]
    files += [pk for pk in attached.values_list("file", flat=True) if pk]
    attached.delete()
    mails.update(raw=None, text="", html="")
    return files

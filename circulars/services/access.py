"""Who may read the files of letters."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from circulars.enums_archive import KeptState
from circulars.models import (
    Answer,
    Delivery,
    KeptLetter,
    Letter,
    LetterSettings,
    ReceiptStamp,
    WorkReport,
)
from portal.files.models import StoredFile
from portal.users.models import User


def may_read_file(user: User, file: StoredFile) -> bool | None:
    """A letter's PDF and attachments go with the letter, an answer's files with the answer.

    The copy with the receipt stamp and the files of reports go with the delivery that they were
    made for. ``None`` for a file that is none of these.
    """
    letters = Letter.objects.filter(Q(pdf=file) | Q(attachments__file=file)).order_by()
    answers = Answer.objects.filter(files=file).order_by()
    if letters.exists():
        return _reads_letter(user, letters)
    if answers.exists():
        return _reads_answer(user, answers)
    stamps = ReceiptStamp.objects.filter(Q(file=file) | Q(picture=file)).order_by()
    if stamps.exists():
        received = Delivery.objects.visible_to(user)
        return received.filter(pk__in=stamps.values("delivery")).exists()
    reports = WorkReport.objects.filter(files=file).order_by()
    if reports.exists():
        received = Delivery.objects.visible_to(user)
        return received.filter(pk__in=reports.values("assignment__handling__delivery")).exists()
    if LetterSettings.objects.filter(emblem=file).exists():
        return file.office_id == user.office_id
    return None


def _reads_letter(user: User, letters: QuerySet[Letter]) -> bool:
    received = Delivery.objects.visible_to(user).filter(letter__in=letters.values("pk"))
    gone = KeptLetter.objects.filter(state=KeptState.DESTROYED)
    written = Letter.objects.visible_to(user).filter(pk__in=letters.values("pk"))
    # Each side keeps and destroys its own; the other still reads.
    sent = gone.filter(letter=OuterRef("pk"), delivery=None)
    own = gone.filter(delivery=OuterRef("pk"))
    return written.exclude(Exists(sent)).exists() or received.exclude(Exists(own)).exists()


def _reads_answer(user: User, answers: QuerySet[Answer]) -> bool:
    sender = Letter.objects.visible_to(user).filter(pk__in=answers.values("delivery__letter"))
    giver = Delivery.objects.visible_to(user).filter(pk__in=answers.values("delivery"))
    return sender.exists() or giver.exists()

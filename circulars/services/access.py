"""Who may read the files of letters."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from circulars.enums import SECRET
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
from portal.core.thai import dates
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


def reading_mark(user: User, letter: Letter) -> str:
    """What stands across the pages of a secret letter: its class, who reads it, and when."""
    if not letter.is_secret:
        return ""
    moment = dates.moment(timezone.localtime())
    return f"{letter.get_secrecy_display()} · {user} · {moment}"


def mark_of_file(user: User, file: StoredFile) -> str:
    """``reading_mark`` of the letter that a file belongs to; empty when it is no secret one's."""
    own = Q(pdf=file) | Q(attachments__file=file) | Q(deliveries__answers__files=file)
    own |= Q(deliveries__receipt_stamp__file=file) | Q(deliveries__receipt_stamp__picture=file)
    own |= Q(pk__in=_reports_of(file).values("assignment__handling__delivery__letter"))
    letter = Letter.objects.filter(own, secrecy__in=SECRET).only("secrecy").first()
    return reading_mark(user, letter) if letter else ""


def _reports_of(file: StoredFile) -> QuerySet[WorkReport]:
    return WorkReport.objects.filter(files=file).order_by()


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

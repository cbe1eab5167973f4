"""What a recipient does with a letter: open, register, acknowledge, answer."""

from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.notices import owners, tell
from circulars.effects.numbers import take_number
from circulars.effects.secrecy import seal_letter_files
from circulars.effects.stamping import order_stamp
from circulars.effects.uploads import take_uploads
from circulars.enums import Channel, RegisterKind
from circulars.inboxes import heir_of
from circulars.models import Answer, Delivery, Letter, RegisterEntry
from circulars.permissions import heads_recipient
from portal.core.errors import InvalidInput
from portal.files.models import StoredFile
from portal.users.models import User


def open_(*, obj: Delivery, actor: User) -> None:
    """Note who opened the letter first, and when."""
    obj.opened_at = timezone.now()
    obj.opened_by = actor


def register(
    *,
    obj: Delivery,
    actor: User,
    action: str = "",
    note: str = "",
    reserved: RegisterEntry | None = None,
) -> None:
    """Give the letter the next incoming number (form 13) of the unit, or of its successor.

    ``reserved`` is a number that was reserved there, to use instead.
    """
    if obj.opened_at is None:
        open_(obj=obj, actor=actor)
    letter = obj.letter
    obj.entry = take_number(
        unit_id=heir_of(obj.unit).pk,
        kind=incoming_book(letter),
        moment=timezone.now(),
        registered_by_id=actor.pk,
        reference=letter.number_text,
        dated=letter.letter_date,
        sender=letter.unit.agency,
        receiver=letter.addressee,
        subject="" if letter.is_secret else letter.subject,
        action=action,
        note=note,
        reserved=reserved,
    )
    if letter.channel != Channel.PORTAL and letter.pdf_id is not None:
        order_stamp(obj)


def incoming_book(letter: Letter) -> RegisterKind:
    """The book that a received letter is written in: secret ones have their own."""
    return RegisterKind.SECRET_INCOMING if letter.is_secret else RegisterKind.INCOMING


def acknowledge(*, obj: Delivery, actor: User) -> None:
    """The head has seen it; what no clerk has registered yet is registered by the way."""
    if obj.entry_id is None:
        register(obj=obj, actor=actor)
    obj.acknowledged_at = timezone.now()
    obj.acknowledged_by = actor


def answer(
    *, obj: Delivery, actor: User, text: str = "", files: list[StoredFile] | None = None
) -> None:
    """Send an answer back to who wrote the letter."""
    if not text.strip() and not files:
        raise InvalidInput(_("Write an answer or attach a file."), field="text")
    if obj.entry_id is None:
        register(obj=obj, actor=actor)
    if obj.acknowledged_at is None and heads_recipient(actor, obj):
        acknowledge(obj=obj, actor=actor)
    obj.answered_at = obj.answered_at or timezone.now()
    take_uploads(files or [], actor)
    given = Answer.objects.create(
        delivery=obj, text=text, answered_by=actor, answered_at=timezone.now()
    )
    given.files.set(files or [])
    seal_letter_files(obj.letter)
    letter = obj.letter
    tell("answered", owners(letter), letter, actor, letter.get_board_url())

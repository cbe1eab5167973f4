"""What a decision about a mail to the central mailbox does inside its lock."""

from django.utils import timezone
from django.utils.translation import gettext as _

from circulars.effects.outbound import queue_refusal
from circulars.models import Delivery, IncomingMail
from portal.core.errors import NotReady
from portal.files.service import seal_files
from portal.users.models import User


def register(*, obj: IncomingMail, actor: User, delivery: Delivery) -> None:
    """The letter that the mail has become; of a secret one nothing stays readable here."""
    obj.delivery = delivery
    if delivery.letter.is_secret:
        _seal(obj)
    _handled(obj, actor)


def set_aside(*, obj: IncomingMail, actor: User, reason: str) -> None:
    """No letter, or spam: it is neither answered nor opened further (appendix 7, 2)."""
    obj.reason = reason.strip()[:300]
    _handled(obj, actor)


def take_back(*, obj: IncomingMail, actor: User) -> None:
    obj.reason = ""
    obj.handled_by = obj.handled_at = None


def refuse(*, obj: IncomingMail, actor: User) -> None:
    """Tell the sender to send a top secret letter on paper (appendix 7, 3.6).

    The mail itself is removed as soon as the answer has left.
    """
    if not obj.answer_address:
        raise NotReady(_("The mail names no address to answer to."), about=obj)
    queue_refusal(obj)
    _handled(obj, actor)


def _seal(mail: IncomingMail) -> None:
    """The whole mail is kept encrypted; its words are only in there (appendix 7, 3.6)."""
    mail.subject = mail.text = mail.html = ""
    files = [row.file for row in mail.attachments.select_related("file") if row.file]
    seal_files([*files, *filter(None, [mail.raw])])


def _handled(mail: IncomingMail, actor: User) -> None:
    mail.handled_by = actor
    mail.handled_at = timezone.now()

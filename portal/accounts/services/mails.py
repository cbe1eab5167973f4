"""Mails about accounts wait in the database until a worker has sent them."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import AccountMail
from portal.core.tasks import defer

if TYPE_CHECKING:
    from django.db.models import QuerySet


@transaction.atomic
def queue(*, to: str, subject: str, text: str, html: str = "") -> AccountMail:
    """Keep a rendered mail and have it sent; nothing waits for the mail server."""
    mail = AccountMail.objects.create(to=to, subject=subject[:200], text=text, html=html)
    defer("accounts.send_mail", mail.pk)
    return mail


def unsent(pk: int) -> "QuerySet[AccountMail]":
    """The mail, locked, if it still has to leave."""
    return AccountMail.objects.select_for_update().filter(pk=pk, sent_at=None)


def mark_sent(mail: AccountMail) -> None:
    """Keep that it was sent, not what it said."""
    mail.sent_at, mail.text, mail.html = timezone.now(), "", ""
    mail.save(update_fields=["sent_at", "text", "html"])

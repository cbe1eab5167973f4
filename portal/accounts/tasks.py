"""Mails about accounts leave here. Running one twice sends nothing twice."""

from celery import shared_task
from django.db import transaction

from portal.accounts import emails
from portal.accounts.services import invitations, mails, purging
from portal.core.tasks import portal_task


@portal_task("accounts.send_invitation")
def send_invitation(pk: int) -> None:
    """Mail the link of an invitation that is still open and whose link has not left yet."""
    with transaction.atomic():
        invitation = invitations.unsent(pk).first()
        if invitation is not None:
            emails.invitation_mail(invitation).send()
            invitations.mark_sent(invitation)


@portal_task("accounts.send_mail")
def send_mail(pk: int) -> None:
    """Send a queued mail, then wipe its words."""
    with transaction.atomic():
        mail = mails.unsent(pk).first()
        if mail is not None:
            emails.account_mail(mail).send()
            mails.mark_sent(mail)


@shared_task(name="accounts.purge")
def purge() -> None:
    """By the clock; a run that is lost is made up for the next day."""
    purging.purge()

"""What mails about accounts say."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from portal.accounts.models import AccountMail, Invitation
from portal.accounts.services.invitations import token_of


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail that carries the link; its Message-ID stays the same for the same link."""
    path = reverse("accounts:open_invitation", args=[token_of(invitation)])
    context = {
        "invitation": invitation,
        "office": invitation.unit.office,
        "url": f"{settings.SITE_URL}{path}",
    }
    with override(settings.LANGUAGE_CODE):
        subject = render_to_string("accounts/email/invitation.subject.txt", context)
        text = render_to_string("accounts/email/invitation.txt", context)
        html = render_to_string("accounts/email/invitation.html", context)
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        to=[invitation.email],
        headers={"Message-ID": _message_id("invitation", f"{invitation.pk}.{invitation.nonce}")},
    )
    message.attach_alternative(html, "text/html")
    return message


def account_mail(mail: AccountMail) -> EmailMultiAlternatives:
    """A mail that was rendered when it was queued."""
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        headers={"Message-ID": _message_id("account", str(mail.pk))},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _message_id(kind: str, key: str) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
    return f"<{kind}.{key}@{domain}>"

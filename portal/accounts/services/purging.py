"""What is old enough is forgotten."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts.models import AccountMail, KnownDevice, SignIn

DEVICE_DAYS = 400  # as long as its cookie
MAIL_DAYS = 30


def purge() -> dict[str, int]:
    """Delete old sign-ins, devices, sent mails and sessions that ended; how many of each.

    Sign-ins are kept for ``SIGN_IN_HISTORY_DAYS``; the law on computer crime (พ.ร.บ.
    คอมพิวเตอร์ มาตรา 26) asks for 90 days at least.
    """
    now = timezone.now()
    ended = Session.objects.filter(expire_date__lt=now)
    rows = {
        "sign_ins": SignIn.objects.filter(
            at__lt=now - timedelta(days=settings.SIGN_IN_HISTORY_DAYS)
        ),
        "devices": KnownDevice.objects.filter(last_seen_at__lt=now - timedelta(days=DEVICE_DAYS)),
        "mails": AccountMail.objects.filter(sent_at__lt=now - timedelta(days=MAIL_DAYS)),
        "sessions": ended,
    }
    counts = {name: found.delete()[0] for name, found in rows.items()}
    living = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=living).delete()
    return counts

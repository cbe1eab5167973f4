"""The one door to notifications: telling people something.

Also what a mail server's answer means, for whoever sends mail of another kind.
"""

from collections.abc import Iterable, Mapping
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from portal.core.refs import ref
from portal.core.registry import notification_kinds
from portal.core.tasks import defer
from portal.notifications.fanout import fan_out
from portal.notifications.models import Notice
from portal.notifications.outcomes import BACK_OFF, Failure, failure_of
from portal.users.models import User

__all__ = ["BACK_OFF", "Failure", "failure_of", "notify"]


def notify(
    *,
    kind: str,
    to: "QuerySet[User] | Iterable[User]",
    about: Model,
    actor: User | None = None,
    url: str,
    context: Mapping[str, str] | None = None,
) -> int:
    """Tell people something in the caller's transaction; returns how many are told.

    ``kind`` is registered in ``registry.notification_kinds``; its wording is found at
    ``templates/<app>/email/<name>.subject.txt``, ``.txt`` and ``.html``. ``url`` is the path of
    the page that a click leads to. ``context`` is what the wording needs besides: short, and
    free of the content of secret objects, as it is kept and leaves the house by mail. People
    who are not active, and those who switched the kind off, get nothing. Mails leave after
    commit. Raises LookupError for an unknown kind and ValueError for a URL of another site.
    """
    registered = notification_kinds.get(kind)
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError(f"not a path of this site: {url!r}")
    with transaction.atomic(savepoint=False):
        notice = Notice.objects.create(
            kind=kind, about=ref(about), actor=actor, url=url, context=_words(context or {})
        )
        told, mails = fan_out(notice=notice, kind=registered, people=_people(to))
        if not told:
            notice.delete()
        batches = ceil(mails / settings.NOTIFICATIONS_BATCH)
        if batches:
            senders = min(batches, settings.NOTIFICATIONS_SENDERS)
            defer("notifications.send_due", times=senders)
    return told


def _people(to: "QuerySet[User] | Iterable[User]") -> "QuerySet[User]":
    if isinstance(to, QuerySet):
        return to
    return User.objects.filter(pk__in={user.pk for user in to})


def _words(context: Mapping[str, str]) -> dict[str, str]:
    return {key: str(value) for key, value in context.items()}

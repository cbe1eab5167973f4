"""What a person does with their own notifications."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from portal.core.refs import resolve_many
from portal.notifications.models import Notification
from portal.notifications.wording import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.users.models import User

COUNT_UP_TO = 100


@dataclass(frozen=True, slots=True)
class Unread:
    """How many wait (counted up to 100), and the newest of them (0 when there is none)."""

    count: int
    newest: int


@dataclass(frozen=True, slots=True)
class Line:
    """A notification with the words that the list shows."""

    notification: Notification
    text: str


def unread_of(person: "User") -> Unread:
    """One query over a partial index, at most a hundred entries of it."""
    mine = Notification.objects.visible_to(person).unread()
    pks = list(mine.order_by("-id").values_list("id", flat=True)[:COUNT_UP_TO])
    return Unread(count=len(pks), newest=pks[0] if pks else 0)


def lines(notifications: "Sequence[Notification]", person: "User") -> list[Line]:
    """The words of each, in the language of the page; one query for each kind of object."""
    about = resolve_many(notification.notice.about for notification in notifications)
    return [
        Line(
            notification,
            line(notification.notice, about.get(notification.notice.about), person),
        )
        for notification in notifications
    ]


def mark_read(*, notification: Notification) -> None:
    """The first time counts; reading again changes nothing."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, person: "User", up_to: int) -> int:
    """Everything up to the one that the person saw on top; what came since stays unread."""
    mine = Notification.objects.visible_to(person).unread().filter(pk__lte=up_to)
    return mine.update(read_at=timezone.now())

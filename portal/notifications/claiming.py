"""Due mails, taken from the queue with everything that writing them needs.

One statement takes a batch and reads it: it runs for every fifty of thirty thousand mails, and
building model instances for each would take longer than sending them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet

from portal.notifications.enums import DeliveryState
from portal.notifications.message_ids import message_id
from portal.notifications.models import Notice
from portal.org.models import Office
from portal.users.models import User

ModelT = TypeVar("ModelT", bound=Model)

_SQL = """
WITH due AS (
    SELECT id FROM notifications_delivery
     WHERE state IN (%(pending)s, %(failed)s) AND next_at <= %(now)s
     ORDER BY next_at, id
     LIMIT %(size)s
       FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery delivery
   SET state = %(claimed)s, next_at = %(until)s
  FROM due, notifications_notification notification, users_user person
 WHERE delivery.id = due.id
   AND notification.id = delivery.notification_id
   AND person.id = notification.person_id
RETURNING delivery.id, delivery.attempts, notification.id, notification.notice_id,
          person.office_id, person.email, person.title, person.first_name, person.last_name,
          person.language, person.is_active
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to write: whose, about what, and how often it was tried."""

    pk: int
    attempts: int
    notification_id: int
    notice: Notice
    office: Office | None
    email: str
    name: str
    language: str
    is_active: bool

    @property
    def message_id(self) -> str:
        return message_id(self.pk, self.notice.created_at)


class Queue:
    """Hands out batches to one worker, and keeps what its mails have in common."""

    def __init__(self) -> None:
        self._notices: dict[int, Notice] = {}
        self._offices: dict[int, Office] = {}

    def claim(self, now: datetime) -> list[Outgoing]:
        """Take up to a batch of due mails for one lease, passing over what others have taken."""
        with connection.cursor() as cursor:
            cursor.execute(
                _SQL,
                {
                    "pending": DeliveryState.PENDING.value,
                    "failed": DeliveryState.FAILED.value,
                    "claimed": DeliveryState.CLAIMED.value,
                    "now": now,
                    "until": now + timedelta(seconds=settings.NOTIFICATIONS_LEASE),
                    "size": settings.NOTIFICATIONS_BATCH,
                },
            )
            rows = sorted(cursor.fetchall())
        notices = Notice.objects.select_related("actor")
        _load(self._notices, notices, {row[3] for row in rows})
        _load(self._offices, Office.objects.all(), {row[4] for row in rows} - {None})
        return [self._outgoing(*row) for row in rows]

    def _outgoing(
        self,
        pk: int,
        attempts: int,
        notification_id: int,
        notice_id: int,
        office_id: int | None,
        email: str,
        title: str,
        first_name: str,
        last_name: str,
        language: str,
        is_active: bool,
    ) -> Outgoing:
        return Outgoing(
            pk=pk,
            attempts=attempts,
            notification_id=notification_id,
            notice=self._notices[notice_id],
            office=None if office_id is None else self._offices[office_id],
            email=email,
            name=_full_name(title, first_name, last_name),
            language=language,
            is_active=is_active,
        )


@dataclass(frozen=True, slots=True)
class _Named:
    title: str
    first_name: str
    last_name: str


def _full_name(*parts: str) -> str:
    """As the person's own model writes it."""
    return User.get_full_name(cast(User, _Named(*parts)))


def _load(kept: dict[int, ModelT], rows: "QuerySet[Any]", pks: Iterable[int]) -> None:
    missing = set(pks) - kept.keys()
    if missing:
        kept.update(rows.in_bulk(missing))

"""One statement that makes the rows of a notice for any number of people."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from portal.core.registry import NotificationKind
from portal.notifications.enums import Channel, DeliveryState
from portal.notifications.models import Delivery, Notice, Notification, Preference
from portal.users.models import User

# Rows are chosen first, with what each person has switched off; who has switched off both, or
# has left, gets none. What was chosen for a kind that is mandatory does not count. A mail needs
# an address.
_SQL = """
WITH chosen AS MATERIALIZED (
    SELECT person.id,
           %(urgent)s OR COALESCE(in_app.is_on, %(in_app_default)s) AS in_app,
           person.email <> '' AND COALESCE(email.is_on, %(email_default)s) AS by_email
      FROM {user} person
      LEFT JOIN {preference} in_app
        ON in_app.person_id = person.id
       AND in_app.kind = %(kind)s AND in_app.channel = %(in_app)s AND NOT %(mandatory)s
      LEFT JOIN {preference} email
        ON email.person_id = person.id
       AND email.kind = %(kind)s AND email.channel = %(email)s AND NOT %(mandatory)s
     WHERE person.is_active AND person.id IN ({people})
), made AS (
    INSERT INTO {notification} (notice_id, person_id, in_app)
    SELECT %(notice)s, id, in_app FROM chosen WHERE in_app OR by_email ORDER BY id
    RETURNING id, person_id
), posted AS (
    INSERT INTO {delivery} (notification_id, channel, state, attempts, reason)
    SELECT made.id, %(email)s, %(pending)s, 0, ''
      FROM made JOIN chosen ON chosen.id = made.person_id
     WHERE chosen.by_email
    RETURNING 1
)
SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM posted)
"""


def fan_out(*, notice: Notice, kind: NotificationKind, people: QuerySet[User]) -> tuple[int, int]:
    """Insert the rows of ``notice`` for ``people``; returns (notifications, mails) made."""
    try:
        query, params = people.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # a query that Django knows to be empty has no SQL
        return 0, 0
    named, values = _named(query, params)
    values |= {
        "urgent": kind.urgent,
        "mandatory": kind.mandatory,
        "in_app_default": Channel.IN_APP in kind.default_channels,
        "email_default": Channel.EMAIL in kind.default_channels,
        "kind": kind.code,
        "notice": notice.pk,
        "in_app": Channel.IN_APP.value,
        "email": Channel.EMAIL.value,
        "pending": DeliveryState.PENDING.value,
    }
    tables = {str(model._meta.model_name): f'"{model._meta.db_table}"' for model in _TABLES}
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(people=named, **tables), values)
        notifications, mails = cursor.fetchone()
    return notifications, mails


_TABLES = (User, Preference, Notification, Delivery)


def _named(query: str, params: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
    """A compiled query with its %s turned into names, so that it fits among named ones."""
    names = [f"people_{number}" for number in range(len(params))]
    query = query.replace("%%", "%%%%")  # a literal % has to survive both replacements
    return query % tuple(f"%({name})s" for name in names), dict(zip(names, params, strict=True))

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import connection, models

if TYPE_CHECKING:
    from portal.users.models import User

# What a person may see of their own; everything else is for readers of the office.
OWN_ACTIONS = ("account.signed_in", "account.signed_out", "account.sign_in_failed")

# Each distinct action by one step through the index, however many rows there are.
DISTINCT_ACTIONS = """
WITH RECURSIVE step AS (
    (SELECT action FROM audit_auditrow ORDER BY action LIMIT 1)
    UNION ALL
    SELECT (SELECT action FROM audit_auditrow WHERE action > step.action ORDER BY action LIMIT 1)
    FROM step WHERE step.action IS NOT NULL
)
SELECT action FROM step WHERE action IS NOT NULL
"""

Reader = Callable[["User"], bool]

_readers: list[Reader] = []


def let_read(reader: Reader) -> None:
    """Have people for whom ``reader`` is true see all rows of their office.

    Roles live above the audit, so ``portal.desk`` brings the predicates down to it.
    """
    if reader not in _readers:
        _readers.append(reader)


def reads_office(user: "User") -> bool:
    """Whether this person reads the rows of the whole office, not only their own sign-ins."""
    return reads_everything(user) or (user.is_active and any(reader(user) for reader in _readers))


def reads_everything(user: "User") -> bool:
    """The administrator of the installation, who belongs to no office and so to all."""
    return user.is_active and user.is_superuser and user.office_id is None


def known_actions() -> list[str]:
    """The codes of all actions that were ever recorded, in order."""
    with connection.cursor() as cursor:
        cursor.execute(DISTINCT_ACTIONS)
        return [action for (action,) in cursor.fetchall()]


class AuditRowQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AuditRowQuerySet":
        """Auditors and system administrators see their office, others their own sign-ins."""
        if reads_everything(user):
            return self.all()
        if reads_office(user) and user.office_id is not None:
            return self.filter(office_id=user.office_id)
        return self.of_person(user.pk).filter(action__in=OWN_ACTIONS)

    def of_person(self, *user_ids: int) -> "AuditRowQuerySet":
        """What these people did, and what was done to their accounts."""
        about = models.Q(about_type="users.user", about_id__in=[str(pk) for pk in user_ids])
        return self.filter(models.Q(actor_id__in=user_ids) | about)

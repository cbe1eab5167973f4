from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from portal.users.models import User

# Actions that a person may see of their own; everything else is for readers of the office.
OWN_ACTIONS = (
    "account.signed_in",
    "account.signed_out",
    "account.sign_in_failed",
    "account.locked_out",
)

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
    return user.is_active and any(reader(user) for reader in _readers)


class AuditRowQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AuditRowQuerySet":
        """Auditors and system administrators see their office, others their own sign-ins."""
        if reads_office(user) and user.office_id is not None:
            return self.filter(office_id=user.office_id)
        return self.filter(actor_id=user.pk, action__in=OWN_ACTIONS)

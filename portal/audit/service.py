"""The only door to the audit: recording, sealing, verifying, reading."""

from typing import TYPE_CHECKING

from portal.audit.denials import record_denial
from portal.audit.labels import (
    action_label,
    detail_name,
    detail_words,
    name_actions,
    name_details,
)
from portal.audit.models import AuditRow
from portal.audit.querysets import AuditRowQuerySet, known_actions, let_read, reads_office
from portal.audit.recording import client_ip, record, session_hash
from portal.audit.sealing import seal
from portal.audit.verifying import Report, verify

if TYPE_CHECKING:
    from portal.users.models import User

__all__ = [
    "Report",
    "action_label",
    "client_ip",
    "detail_name",
    "detail_words",
    "known_actions",
    "let_read",
    "name_actions",
    "name_details",
    "reads_office",
    "record",
    "record_denial",
    "rows_visible_to",
    "seal",
    "session_hash",
    "verify",
]


def rows_visible_to(user: "User") -> AuditRowQuerySet:
    """The rows that ``user`` may read, newest first."""
    return AuditRow.objects.visible_to(user)

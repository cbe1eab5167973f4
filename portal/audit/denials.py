"""Refusals are worth a row too, and only one each."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from portal.audit.models import AuditRow
from portal.audit.recording import record

if TYPE_CHECKING:
    from portal.users.models import User


def record_denial(exception: Exception, *, actor: "User | None") -> None:
    """Write down that ``actor`` was refused something, unless that row is there already.

    An engine records before its caller's transaction ends; when that one rolls back, the row
    goes with it, and the page or task at the boundary calls this once more.
    """
    recorded = getattr(exception, "recorded", None)
    if recorded and AuditRow.objects.filter(pk=recorded).exists():
        return
    tried = getattr(exception, "action", "")
    row = record(
        action="access.denied",
        actor=actor,
        about=getattr(exception, "about", None),
        data={"tried": tried} if tried else {},
    )
    exception.recorded = row.pk  # type: ignore[attr-defined]


def on_denied(
    sender: object, *, exception: Exception, request: HttpRequest | None = None, **_: Any
) -> None:
    """Receiver of ``core.errors.denied``, sent by pages and tasks."""
    user = getattr(request, "user", None)
    known = None if user is None or isinstance(user, AnonymousUser) else user
    record_denial(exception, actor=known)

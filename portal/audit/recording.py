"""Writing one row down, with where the action came from."""

import hashlib
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest

from portal.audit.models import AuditRow
from portal.core.context import origin

if TYPE_CHECKING:
    from portal.users.models import User

MAX_TEXT = 100


def record(
    *,
    action: str,
    actor: "User | None",
    about: models.Model | None = None,
    office_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditRow:
    """Write down, in the caller's transaction, that ``actor`` did ``action`` to ``about``.

    The office is that of ``about``, else of the actor, unless given. ``data`` takes ids,
    states and short codes; longer text is content and raises ValueError.
    """
    here = origin()
    return AuditRow.objects.create(
        action=action,
        actor=actor,
        office_id=office_id or _office_of(about) or getattr(actor, "office_id", None),
        about_type=about._meta.label_lower if about is not None else "",
        about_id=str(about.pk) if about is not None else "",
        data=_short(dict(data or {})),
        ip=client_ip(here.request) if here.request else None,
        request_id=here.request_id,
        session=session_hash(here.request) if here.request else "",
    )


def client_ip(request: HttpRequest) -> str | None:
    """The address of the browser, past as many proxies as are ours (TRUSTED_PROXIES)."""
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = settings.TRUSTED_PROXIES
    if hops and len(passed) >= hops and _is_address(passed[-hops]):
        return passed[-hops]
    return request.META.get("REMOTE_ADDR") or None


def session_hash(request: HttpRequest) -> str:
    """Enough of a hash to tell sessions apart, and useless for taking one over."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _office_of(about: models.Model | None) -> int | None:
    """The office an object belongs to: its own, or that of its unit, or itself."""
    if about is None:
        return None
    if about._meta.label_lower == "org.office":
        return about.pk
    if hasattr(about, "office_id"):
        return about.office_id
    return getattr(getattr(about, "unit", None), "office_id", None)


def _short(value: Any) -> Any:
    """``value`` as JSON takes it, refusing text that is too long to be an id or a code."""
    if isinstance(value, Mapping):
        return {str(key): _short(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_short(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if len(text) > MAX_TEXT:
        raise ValueError("Audit data are ids and codes, not contents")
    return text

"""Which request or task the running code belongs to, for the audit and the logs."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action comes from: a request of a browser, or a task that one started."""

    request_id: str = ""
    request: HttpRequest | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def origin() -> Origin:
    """Where the running code was started from; empty in a shell or a command."""
    return _origin.get()


def new_request_id() -> str:
    return secrets.token_hex(16)


@contextmanager
def originating(*, request_id: str, request: HttpRequest | None = None) -> Iterator[Origin]:
    """Run the block as part of this request; nested blocks give the outer one back."""
    here = Origin(request_id=request_id, request=request)
    token = _origin.set(here)
    try:
        yield here
    finally:
        _origin.reset(token)

"""The one sentence after an action, with a way back where there is one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo:"


def done(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Says that something is done; ``undo_url`` is posted to when the person takes it back."""
    messages.success(request, text, extra_tags=f"{_UNDO}{undo_url}" if undo_url else "")


def undo_url(message: Any) -> str:
    """Where a message's undo button posts to; empty without one."""
    tags = getattr(message, "extra_tags", "") or ""
    return tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""

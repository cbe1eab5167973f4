"""Pictures of a letter as it will be printed, drawn by a task and kept in the cache.

They are only for looking at: what is lost is drawn again, so nothing of it is in the database.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from circulars.enums import LetterState
from circulars.models import Letter
from portal.audit.service import record
from portal.core.sealing import SealLost, seal_bytes, unseal_bytes
from portal.core.tasks import defer
from portal.users.models import User

ORDER_SECONDS = 60
"""An order that was not carried out by then is given again."""


LOOK_SECONDS = 600
"""Within that time, a person's looks at the pages of one letter count as one."""


@dataclass(frozen=True)
class Preview:
    """A drawn version of a letter: ``total`` pages, of which ``pictures`` can be shown."""

    version: str
    total: int
    pictures: int
    width: int
    height: int


@dataclass(frozen=True)
class Drawing:
    """What the task made: the whole PDF, and PNG pictures of its first pages."""

    pdf: bytes
    total: int
    pictures: list[bytes]
    width: int
    height: int


def version_of(letter: Letter) -> str:
    """Names what a preview would show; empty while the sealed document is being made."""
    if letter.pdf_id:
        return f"sealed-{letter.pdf_id}"
    if letter.is_signed:
        return ""
    return f"{letter.state}-{letter.revision}"


def current_preview(letter: Letter) -> Preview | None:
    """The preview of the letter as it is now, if it is drawn already."""
    return cache.get(_key(letter, version_of(letter)))


def last_preview(letter: Letter) -> Preview | None:
    """The newest one that was drawn, to be looked at until the current one is."""
    version = cache.get(_key(letter, "last"))
    return cache.get(_key(letter, version)) if version else None


def order_preview(letter: Letter) -> None:
    """Have the letter drawn as it is now, once however often it is asked for."""
    version = version_of(letter)
    if version and cache.add(_key(letter, version, "ordered"), 1, ORDER_SECONDS):
        defer("circulars.draw_preview", letter.pk)


def keep_preview(letter: Letter, drawing: Drawing) -> None:
    """Called by the task that drew the letter."""
    version = version_of(letter)
    preview = Preview(
        version=version,
        total=drawing.total,
        pictures=len(drawing.pictures),
        width=drawing.width,
        height=drawing.height,
    )
    parts: dict[str, object] = {
        _key(letter, version, f"page-{number}"): _sealed(letter, picture)
        for number, picture in enumerate(drawing.pictures, 1)
    }
    parts[_key(letter, version, "pdf")] = _sealed(letter, drawing.pdf)
    cache.set_many(parts, settings.LETTER_PREVIEW_SECONDS)
    cache.set(_key(letter, version), preview, settings.LETTER_PREVIEW_SECONDS)
    cache.set(_key(letter, "last"), version, settings.LETTER_PREVIEW_SECONDS)
    cache.delete(_key(letter, version, "failed"))


def note_preview_failure(letter: Letter) -> None:
    """Let the page say so; it is tried again with the next order."""
    cache.set(_key(letter, version_of(letter), "failed"), 1, ORDER_SECONDS)


def preview_failed(letter: Letter) -> bool:
    return cache.get(_key(letter, version_of(letter), "failed")) is not None


def preview_page(letter: Letter, version: str, number: int) -> bytes | None:
    """The PNG of one page, ``None`` when it is not kept (any more)."""
    return _opened(letter, cache.get(_key(letter, version, f"page-{number}")))


def preview_pdf(letter: Letter) -> bytes | None:
    """The PDF of the letter as it is now, ``None`` when it is not drawn (any more)."""
    return _opened(letter, cache.get(_key(letter, version_of(letter), "pdf")))


def note_pages_seen(letter: Letter, *, actor: User) -> None:
    """Record that ``actor`` looked at the pages of a secret letter, once in a while.

    One look at a letter asks for many pictures, again and again while it is written.
    """
    seen = _key(letter, f"seen-by-{actor.pk}")
    if letter.is_secret and cache.add(seen, 1, LOOK_SECONDS):
        record(action="letter.see_secret_pages", actor=actor, about=letter)


def waits_for_document(letter: Letter) -> bool:
    """Signed, but the sealed document is not there yet."""
    return letter.state == LetterState.SIGNED_PENDING


def _sealed(letter: Letter, data: bytes) -> bytes:
    """What the cache keeps: it lies on a disk too."""
    return seal_bytes(data) if letter.is_secret else data


def _opened(letter: Letter, kept: bytes | None) -> bytes | None:
    """``None`` also for what was kept before the letter changed between open and secret."""
    try:
        return unseal_bytes(kept) if kept and letter.is_secret else kept
    except SealLost:
        return None


def _key(letter: Letter, *parts: str) -> str:
    return ":".join(["letter-preview", str(letter.pk), *parts])

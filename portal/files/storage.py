"""Bytes on disk: received into a temporary name beside their place, hashed on the way, moved.

A content lives at ``MEDIA_ROOT/blobs/ab/abcd…`` (its SHA-256), once. Whoever adds a row for it
holds a shared advisory lock on the hash until the transaction ends; whoever removes one needs
the exclusive lock. So a sweep never takes a file that is just being stored again.
"""

import errno
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from portal.files.errors import FileRefused

logger = logging.getLogger(__name__)

FOLDER = "blobs"
THUMBNAILS = "thumbnails"
INCOMING_PREFIX = "incoming-"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are on disk under a temporary name."""

    path: Path
    sha256: str
    size: int


def root() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def relative_path(sha256: str) -> str:
    """Where a content lives, relative to ``MEDIA_ROOT``."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def absolute_path(relative: str) -> Path:
    return Path(settings.MEDIA_ROOT) / relative


def thumbnail_path(sha256: str) -> Path:
    """Where the picture of a content's first page lives, if it has one."""
    return Path(settings.MEDIA_ROOT) / THUMBNAILS / sha256[:2] / f"{sha256}.webp"


def write_beside(target: Path, data: bytes) -> None:
    """Write a file that can be made again; nobody ever reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=INCOMING_PREFIX, dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(temporary).chmod(settings.FILE_UPLOAD_PERMISSIONS)
    Path(temporary).replace(target)


@contextmanager
def receiving(chunks: Iterable[bytes], *, name: str, limit: int | None) -> Iterator[Received]:
    """Write ``chunks`` to a temporary file that is gone after the block unless it was placed.

    Raises ``FileRefused`` for more than ``limit`` bytes, and when the disk is full.
    """
    with _full_disk_told(name):
        root().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=INCOMING_PREFIX, dir=root())
    path = Path(temporary)
    try:
        with _full_disk_told(name), os.fdopen(handle, "wb") as file:
            received = _write(file, chunks, path=path, name=name, limit=limit)
        yield received
    finally:
        path.unlink(missing_ok=True)


def place(received: Received, *, name: str) -> str:
    """Give received bytes their final name; returns the path relative to ``MEDIA_ROOT``.

    Bytes that are there already stay; a damaged copy (of another size) is replaced.
    """
    relative = relative_path(received.sha256)
    target = absolute_path(relative)
    if target.exists() and target.stat().st_size == received.size:
        return relative
    with _full_disk_told(name):
        target.parent.mkdir(parents=True, exist_ok=True)
        received.path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        received.path.replace(target)
        sync_folder(target.parent)
    return relative


def share_lock(sha256: str) -> None:
    """Keep sweeps away from this content until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_key(sha256)])


def lock(sha256: str) -> None:
    """Wait until nobody stores this content; keep others from it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_key(sha256)])


def try_lock(sha256: str) -> bool:
    """Take a content for removal in the current transaction; False while someone stores it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(sha256)])
        return bool(cursor.fetchone()[0])


def too_large(name: str, limit: int) -> FileRefused:
    return FileRefused(
        _("“%(name)s” is larger than the %(limit)s MB that are accepted.")
        % {"name": name, "limit": limit // 1_000_000},
        code="too_large",
    )


def disk_full(name: str) -> FileRefused:
    return FileRefused(
        _("There is no space left to store “%(name)s”. Tell the administrator.") % {"name": name},
        code="disk_full",
    )


def is_full(error: OSError) -> bool:
    return error.errno in _NO_SPACE


def _write(
    file: BinaryIO, chunks: Iterable[bytes], *, path: Path, name: str, limit: int | None
) -> Received:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise too_large(name, limit)
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return Received(path=path, sha256=digest.hexdigest(), size=size)


@contextmanager
def _full_disk_told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        logger.exception("No space left under %s", settings.MEDIA_ROOT)
        raise disk_full(name) from error


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock_key(sha256: str) -> int:
    return int.from_bytes(bytes.fromhex(sha256[:16]), signed=True)

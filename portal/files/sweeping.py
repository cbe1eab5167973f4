"""Takes away what nobody needs: uploads left lying, contents without a file, strays on disk."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.files.errors import FileDamaged, FileMissing
from portal.files.models import Blob, StoredFile
from portal.files.sealed import open_blob
from portal.files.storage import (
    INCOMING_PREFIX,
    absolute_path,
    relative_path,
    root,
    thumbnail_path,
    try_lock,
)

logger = logging.getLogger(__name__)

_BATCH = 500
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows and files went."""

    files: int
    blobs: int
    strays: int


def sweep(now: datetime | None = None) -> Swept:
    """Remove what is older than ``FILES_UNATTACHED_HOURS`` and belongs to nothing.

    An attached file without an owner's row stays: ``unowned`` lists those for a person to judge.
    """
    before = (now or timezone.now()) - timedelta(hours=settings.FILES_UNATTACHED_HOURS)
    return Swept(
        files=_sweep_files(before), blobs=_sweep_blobs(before), strays=_sweep_strays(before)
    )


@transaction.atomic
def remove_now(files: Iterable[StoredFile]) -> int:
    """Delete files that nothing points at, with bytes that no other file shares.

    For what the law wants gone at once; everything else is left to ``sweep``.
    """
    wanted = StoredFile.objects.filter(pk__in=[file.pk for file in files]).unreferenced()
    blobs = list(Blob.objects.filter(files__in=wanted).distinct())
    removed = wanted.delete()[0]
    for blob in blobs:
        _remove(blob)
    return removed


def unowned() -> Iterator[StoredFile]:
    """Attached files that no row points at: what an owner forgot to let go."""
    files = StoredFile.objects.unreferenced().filter(is_attached=True)
    return files.select_related("blob").order_by("pk").iterator()


def damaged() -> Iterator[tuple[Blob, str]]:
    """Contents whose bytes are "missing" or "changed", each read in full."""
    for blob in Blob.objects.order_by("pk").iterator():
        try:
            if _hash(blob) != blob.sha256:
                yield blob, "changed"
        except FileMissing:
            yield blob, "missing"
        except FileDamaged:
            yield blob, "changed"


def _sweep_files(before: datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            # Whoever attaches one of them now waits for us, or we skip it.
            pks = list(
                StoredFile.objects.select_for_update(skip_locked=True)
                .filter(is_attached=False, uploaded_at__lt=before)
                .unreferenced()
                .values_list("pk", flat=True)[:_BATCH]
            )
            total += StoredFile.objects.filter(pk__in=pks).delete()[0]
        if len(pks) < _BATCH:
            return total


def _sweep_blobs(before: datetime) -> int:
    orphans = Blob.objects.filter(files=None, created_at__lt=before).order_by("pk")
    return sum(_remove(blob) for blob in orphans.iterator())


@transaction.atomic
def _remove(blob: Blob) -> bool:
    """The row and its bytes, while nobody can be storing the same content again."""
    if not try_lock(blob.sha256) or blob.files.exists():
        return False
    blob.delete()
    absolute_path(blob.path).unlink(missing_ok=True)
    thumbnail_path(blob.sha256).unlink(missing_ok=True)
    return True


def _sweep_strays(before: datetime) -> int:
    """Files on disk that no row knows: of transactions rolled back, of processes killed."""
    total = 0
    for path in root().glob("**/*"):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            total += _remove_stray(path)
    return total


@transaction.atomic
def _remove_stray(path: Path) -> bool:
    if not path.name.startswith(INCOMING_PREFIX):
        relative = str(path.relative_to(settings.MEDIA_ROOT))
        if relative != relative_path(path.name):
            logger.warning("Unknown file among the stored ones: %s", relative)
            return False
        if Blob.objects.filter(sha256=path.name).exists() or not try_lock(path.name):
            return False
        if Blob.objects.filter(sha256=path.name).exists():
            return False
    path.unlink(missing_ok=True)
    return True


def _hash(blob: Blob) -> str:
    with open_blob(blob) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

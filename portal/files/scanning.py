"""Virus scans of stored contents; the state is on the blob and shown with the file."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.audit import service as audit
from portal.core.tasks import defer
from portal.files.clamd import scan
from portal.files.enums import ScanState
from portal.files.errors import FileMissing, ScannerUnavailable
from portal.files.models import Blob
from portal.files.sealed import open_blob
from portal.files.signals import file_infected

logger = logging.getLogger(__name__)

_NOTE_LENGTH = 200
_DECIDED = (ScanState.CLEAN, ScanState.INFECTED)


def scan_blob(blob_id: int) -> None:
    """Have clamd look at a content and keep its verdict; safe to run twice.

    Raises ``ScannerUnavailable``, after noting it, so that the task is tried again.
    """
    blob = Blob.objects.filter(pk=blob_id).exclude(scan_state__in=_DECIDED).first()
    if blob is None or not settings.CLAMD_URL:
        return
    try:
        with open_blob(blob) as file:
            signature = scan(file, url=settings.CLAMD_URL, timeout=settings.CLAMD_TIMEOUT)
    except (ScannerUnavailable, FileMissing, OSError) as error:
        _note(blob, ScanState.FAILED, str(error))
        raise
    if signature:
        _quarantine(blob, signature)
    else:
        with transaction.atomic():
            _note(blob, ScanState.CLEAN, "")
            defer("files.read_blob", blob.pk)


def queue_unscanned() -> int:
    """Queue every content without a verdict, for a scanner that was added later; how many."""
    with transaction.atomic():
        pks = list(
            Blob.objects.select_for_update()
            .exclude(scan_state__in=_DECIDED)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        for pk in pks:
            defer("files.scan_blob", pk)
    return len(pks)


def _quarantine(blob: Blob, signature: str) -> None:
    logger.error("Virus found in stored content #%s", blob.pk)
    with transaction.atomic():
        _note(blob, ScanState.INFECTED, signature)
        for file in blob.files.select_related("office"):
            audit.record(action="file.infected", actor=None, about=file)
        file_infected.send(sender=Blob, blob=blob, signature=signature)


def _note(blob: Blob, state: ScanState, note: str) -> None:
    blob.scan_state = state
    blob.scan_note = note[:_NOTE_LENGTH]
    blob.scanned_at = timezone.now()
    blob.save(update_fields=["scan_state", "scan_note", "scanned_at"])

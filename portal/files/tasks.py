from celery import shared_task

from portal.core.tasks import portal_task
from portal.files import reading, scanning, sealed, sweeping


@portal_task("files.scan_blob")
def scan_blob(blob_id: int) -> None:
    scanning.scan_blob(blob_id)


@portal_task("files.encrypt_blob", lease=600)
def encrypt_blob(blob_id: int) -> None:
    sealed.encrypt_blob(blob_id)


@portal_task("files.read_blob", lease=1800)
def read_blob(blob_id: int) -> None:
    reading.read_blob(blob_id)


@shared_task(name="files.sweep")
def sweep() -> None:
    sweeping.sweep()

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from portal.audit.models import AuditRow
from portal.core.models import DeferredState, DeferredTask
from portal.files import scanning, service
from portal.files.enums import ScanState
from portal.files.errors import FileMissing, ScannerUnavailable
from portal.files.models import Blob
from portal.files.service import file_infected
from portal.files.storage import absolute_path
from portal.files.tasks import scan_blob
from tests.factories import OfficeFactory
from tests.factories.files import stored_file, upload
from tests.servers.clamd import EICAR, FakeClamd


@pytest.fixture
def clamd(settings) -> Iterator[FakeClamd]:
    with FakeClamd() as server:
        settings.CLAMD_URL = server.url
        settings.CLAMD_TIMEOUT = 5
        yield server


def state(blob: Blob) -> tuple[str, str, bool]:
    blob.refresh_from_db()
    return blob.scan_state, blob.scan_note, blob.scanned_at is not None


def test_scan_of_a_clean_file_after_it_was_stored(
    clamd, office, clerk, run_deferred: Callable[..., int]
) -> None:
    file = service.store(upload=upload(b"clean", "a.txt"), office=office, actor=clerk)

    assert run_deferred() == 2  # scanned, then read

    assert state(file.blob) == (ScanState.CLEAN, "", True)
    assert clamd.seen == [b"clean"]


def test_scan_that_finds_a_virus_blocks_the_content_everywhere(
    clamd, office, clerk, client, run_deferred: Callable[..., int]
) -> None:
    other = OfficeFactory()
    mine = service.store(upload=upload(EICAR, "a.txt"), office=office, actor=clerk, attached=False)
    theirs = service.store(upload=upload(EICAR, "b.txt"), office=other, actor=None)
    told: list[tuple[Blob, str]] = []

    def listen(sender: object, blob: Blob, signature: str, **kwargs: object) -> None:
        told.append((blob, signature))

    file_infected.connect(listen)
    try:
        run_deferred()
    finally:
        file_infected.disconnect(listen)

    assert state(mine.blob) == (ScanState.INFECTED, "Eicar-Signature", True)
    assert told == [(mine.blob, "Eicar-Signature")]
    rows = AuditRow.objects.filter(action="file.infected").order_by("pk")
    assert list(rows.values_list("about_id", "office_id")) == [
        (str(mine.pk), office.pk),
        (str(theirs.pk), other.pk),
    ]
    client.force_login(clerk)
    assert client.get(service.url(mine)).status_code == 403
    with pytest.raises(service.FileRefused):
        service.open_stored(mine)


@pytest.mark.parametrize("mode", ["hang", "drop", "babble"])
def test_scan_without_verdict_is_noted_and_tried_again(
    clamd, settings, office, clerk, run_deferred: Callable[..., int], mode: str
) -> None:
    settings.CLAMD_TIMEOUT = 0.2
    clamd.mode = mode
    file = service.store(upload=upload(b"clean", "a.txt"), office=office, actor=clerk)

    run_deferred(propagate=False)

    assert state(file.blob)[0] == ScanState.FAILED
    task = DeferredTask.objects.get(name="files.scan_blob")
    assert (task.state, task.attempts) == (DeferredState.PENDING, 1)

    clamd.mode = "scan"
    run_deferred(later=True)
    assert state(file.blob) == (ScanState.CLEAN, "", True)


def test_scan_of_missing_bytes_is_noted(clamd, office) -> None:
    file = stored_file(office=office)
    absolute_path(file.blob.path).unlink()

    with pytest.raises(FileMissing):
        scanning.scan_blob(file.blob_id)

    assert state(file.blob)[0] == ScanState.FAILED


def test_scan_run_twice_asks_once(clamd, office) -> None:
    file = stored_file(office=office)
    Blob.objects.update(scan_state=ScanState.CLEAN, scanned_at=timezone.now())

    scan_blob(file.blob_id)
    scan_blob(0)

    assert clamd.seen == []


def test_scan_after_the_scanner_was_taken_away_does_nothing(settings, office) -> None:
    settings.CLAMD_URL = ""
    file = stored_file(office=office)

    scanning.scan_blob(file.blob_id)

    assert state(file.blob) == (ScanState.NOT_SCANNED, "", False)


def test_note_of_a_failure_fits_its_column(clamd, office, monkeypatch) -> None:
    def talkative(*args: object, **kwargs: object) -> str:
        raise ScannerUnavailable("x" * 500)

    monkeypatch.setattr(scanning, "scan", talkative)
    file = stored_file(office=office)

    with pytest.raises(ScannerUnavailable):
        scanning.scan_blob(file.blob_id)

    assert state(file.blob)[1] == "x" * 200


# A scanner that comes later


def test_files_scan_queues_what_has_no_verdict(
    clamd, office, run_deferred: Callable[..., int]
) -> None:
    DeferredTask.objects.all().delete()
    states = [ScanState.NOT_SCANNED, ScanState.FAILED, ScanState.CLEAN, ScanState.INFECTED]
    for number, wanted in enumerate(states):
        file = stored_file(office=office, data=bytes([number]))
        Blob.objects.filter(pk=file.blob_id).update(scan_state=wanted)
    DeferredTask.objects.all().delete()
    out = StringIO()

    call_command("files_scan", stdout=out)
    run_deferred()

    assert out.getvalue() == "2 contents queued\n"
    assert clamd.seen == [b"\0", b"\1"]


def test_files_scan_without_a_scanner_says_so(settings, db) -> None:
    settings.CLAMD_URL = ""

    with pytest.raises(CommandError, match="CLAMD_URL is empty: there is no scanner"):
        call_command("files_scan")

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from portal.files import service, sweeping
from portal.files.models import Blob, StoredFile
from portal.files.storage import absolute_path, relative_path, root
from portal.files.sweeping import Swept, sweep
from portal.files.tasks import sweep as sweep_task
from tests.factories import OfficeFactory
from tests.factories.files import stored_file, upload

LONG_AGO = timezone.now() - timedelta(hours=25)


def age(*files: StoredFile) -> None:
    """Make files and their contents a day and an hour old, in the rows and on disk."""
    for file in files:
        StoredFile.objects.filter(pk=file.pk).update(uploaded_at=LONG_AGO)
        Blob.objects.filter(pk=file.blob_id).update(created_at=LONG_AGO)
        os.utime(absolute_path(file.blob.path), (LONG_AGO.timestamp(),) * 2)


def stray(name: str, *, old: bool = True, folder: str = "") -> Path:
    path = root() / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"stray")
    if old:
        os.utime(path, (LONG_AGO.timestamp(),) * 2)
    return path


def test_sweep_takes_what_belongs_to_nothing_and_is_a_day_old(office, on_disk) -> None:
    lying, fresh, attached, pointed_at = (
        stored_file(office=office, data=bytes([n]), attached=n == 2) for n in range(4)
    )
    office.emblem = pointed_at
    office.save()
    age(lying, attached, pointed_at)

    assert sweep() == Swept(files=1, blobs=1, strays=0)

    assert set(StoredFile.objects.all()) == {fresh, attached, pointed_at}
    assert on_disk() == sorted(file.blob.path for file in (fresh, attached, pointed_at))


def test_sweep_keeps_a_content_that_another_file_has(office, on_disk) -> None:
    lying = stored_file(office=office, attached=False)
    kept = stored_file(office=office)
    age(lying, kept)

    assert sweep() == Swept(files=1, blobs=0, strays=0)
    assert on_disk() == [kept.blob.path]


def test_sweep_goes_on_past_one_batch(office, monkeypatch) -> None:
    monkeypatch.setattr(sweeping, "_BATCH", 2)
    files = [stored_file(office=office, data=bytes([n]), attached=False) for n in range(5)]
    age(*files)

    assert sweep() == Swept(files=5, blobs=5, strays=0)


def test_sweep_at_a_given_time(office) -> None:
    stored_file(office=office, attached=False)
    later = timezone.now() + timedelta(hours=25)

    assert sweep(timezone.now()).files == 0
    assert sweep(later).files == 1


def test_sweep_takes_strays_of_rolled_back_transactions_and_killed_processes(
    office, on_disk
) -> None:
    kept = stored_file(office=office)
    age(kept)
    rolled_back = "ab" * 32
    stray(rolled_back, folder="ab")
    stray("incoming-x1")
    stray("incoming-x2", old=False)
    stray("cd" * 32, folder="cd", old=False)
    stray("README")

    assert sweep() == Swept(files=0, blobs=0, strays=2)

    assert on_disk() == sorted(
        [
            kept.blob.path,
            relative_path("cd" * 32),
            "blobs/incoming-x2",
            "blobs/README",
        ]
    )


def test_sweep_without_a_store_does_nothing(db) -> None:
    assert sweep() == Swept(files=0, blobs=0, strays=0)


def test_rolled_back_store_leaves_a_stray_that_is_swept(office, clerk, on_disk) -> None:
    with transaction.atomic():
        service.store(upload=upload(b"text", "a.txt"), office=office, actor=clerk)
        transaction.set_rollback(True)
    assert len(on_disk()) == 1
    for path in root().rglob("*"):
        os.utime(path, (LONG_AGO.timestamp(),) * 2)

    assert sweep() == Swept(files=0, blobs=0, strays=1)
    assert on_disk() == []


class Elsewhere:
    """Another connection that stores something and commits when told to."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._done = threading.Event()
        self._go_on = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._done.wait(10)

    def __exit__(self, *args: object) -> None:
        self._go_on.set()
        self._thread.join(10)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                self._work()
                self._done.set()
                self._go_on.wait(10)
        finally:
            connection.close()


@pytest.mark.parametrize("has_row", [True, False], ids=["row without file", "file without row"])
def test_sweep_leaves_what_is_just_being_stored_again(
    transactional_db, on_disk, has_row: bool
) -> None:
    office = OfficeFactory()
    file = stored_file(office=office, data=b"again")
    age(file)
    file.delete()
    if not has_row:
        file.blob.delete()

    with Elsewhere(lambda: stored_file(office=office, data=b"again")):
        swept = sweep()

    assert (swept.blobs, swept.strays) == (0, 0)
    again = StoredFile.objects.get()
    with service.open_stored(again) as source:
        assert source.read() == b"again"
    assert on_disk() == [again.blob.path]


def test_sweep_leaves_an_upload_that_is_just_being_attached(transactional_db) -> None:
    office = OfficeFactory()
    file = stored_file(office=office, attached=False)
    age(file)

    with Elsewhere(lambda: service.attach([file])):
        assert sweep().files == 0

    assert sweep().files == 0
    assert StoredFile.objects.get().is_attached is True


# Commands and the task


def test_sweep_task_and_command(office) -> None:
    age(stored_file(office=office, attached=False))
    sweep_task()
    assert StoredFile.objects.count() == 0

    unowned = stored_file(office=office, data=b"12345")
    emblem = stored_file(office=office)
    office.emblem = emblem
    office.save()
    out = StringIO()
    call_command("files_sweep", stdout=out)

    assert out.getvalue().splitlines() == [
        "files 0, contents 0, strays 0",
        f"nobody points at file {unowned.uid} (5 bytes); kept",
    ]


def test_files_verify_names_what_is_damaged(office) -> None:
    whole, missing, changed = (stored_file(office=office, data=bytes([n])) for n in range(3))
    out = StringIO()
    call_command("files_verify", stdout=out)
    assert out.getvalue() == "3 contents are whole\n"

    absolute_path(missing.blob.path).unlink()
    absolute_path(changed.blob.path).write_bytes(b"?")
    out = StringIO()
    with pytest.raises(CommandError, match="2 of 3 contents are damaged"):
        call_command("files_verify", stdout=out)

    assert out.getvalue().splitlines() == [
        f"missing: {missing.blob.sha256} (1 files)",
        f"changed: {changed.blob.sha256} (1 files)",
    ]
    assert absolute_path(whole.blob.path).is_file()

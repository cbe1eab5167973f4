"""Contents that lie encrypted: what the disk holds, and what readers get."""

import os
from io import SEEK_CUR, SEEK_END
from pathlib import Path

import pytest
from django.test import Client

from portal.core.models import DeferredTask
from portal.core.sealing import SealLost
from portal.files import service, sweeping
from portal.files.enums import ReadState
from portal.files.errors import FileDamaged
from portal.files.models import Blob, StoredFile
from portal.files.sealed import HEADER, PIECE, encrypt_blob
from portal.files.storage import absolute_path
from tests.factories import OfficeFactory, UserFactory
from tests.factories.files import upload

pytestmark = pytest.mark.django_db

DATA = b"".join(number.to_bytes(4) for number in range(3 * PIECE // 4)) + b"the end"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def file(media: Path) -> StoredFile:
    office = OfficeFactory()
    return service.store_bytes(
        data=DATA, name="a.bin", content_type="application/pdf", office=office, actor=None
    )


@pytest.fixture
def sealed(file: StoredFile) -> StoredFile:
    service.seal_files([file])
    encrypt_blob(file.blob_id)
    return StoredFile.objects.select_related("blob").get(pk=file.pk)


def on_disk(file: StoredFile) -> bytes:
    return absolute_path(file.blob.path).read_bytes()


def test_sealing_orders_the_encryption_and_keeps_the_key_from_the_database(
    file: StoredFile,
) -> None:
    service.seal_files([file])

    file.blob.refresh_from_db()
    assert file.blob.sealed_key
    assert list(
        DeferredTask.objects.filter(name="files.encrypt_blob").values_list("args", flat=True)
    ) == [[file.blob_id]]
    assert on_disk(file) == DATA
    with service.open_stored(file) as source:
        assert source.read() == DATA


def test_no_piece_of_the_content_is_on_disk(sealed: StoredFile, media: Path) -> None:
    disk = b"".join(path.read_bytes() for path in media.rglob("*") if path.is_file())

    assert len(disk) > len(DATA)
    assert not [start for start in range(0, len(DATA), 4096) if DATA[start : start + 64] in disk]


def test_encryption_done_twice_is_done_once(sealed: StoredFile) -> None:
    before = on_disk(sealed)
    encrypt_blob(sealed.blob_id)
    assert on_disk(sealed) == before


def test_encryption_of_what_is_gone_or_open_does_nothing(file: StoredFile) -> None:
    encrypt_blob(0)
    encrypt_blob(file.blob_id)
    assert on_disk(file) == DATA


def test_reading_from_any_place(sealed: StoredFile) -> None:
    with service.open_stored(sealed) as source:
        assert source.read() == DATA
        for start in (0, 5, PIECE - 1, PIECE, 3 * PIECE, len(DATA), len(DATA) + 9):
            source.seek(start)
            assert source.read(10) == DATA[start : start + 10]
        source.seek(-7, SEEK_END)
        assert source.read() == b"the end"
        source.seek(-3, SEEK_CUR)
        assert (source.tell(), source.read()) == (len(DATA) - 3, b"end")


@pytest.mark.parametrize("at", [HEADER, HEADER + PIECE + 16 + 5, -1])
def test_changed_piece_is_noticed(sealed: StoredFile, at: int) -> None:
    changed = bytearray(on_disk(sealed))
    changed[at] ^= 1
    absolute_path(sealed.blob.path).write_bytes(changed)

    with service.open_stored(sealed) as source, pytest.raises(FileDamaged):
        source.read()
    assert [(blob.pk, what) for blob, what in sweeping.damaged()] == [(sealed.blob_id, "changed")]


def test_cut_off_end_is_noticed(sealed: StoredFile) -> None:
    path = absolute_path(sealed.blob.path)
    os.truncate(path, HEADER + 2 * (PIECE + 16))

    with service.open_stored(sealed) as source, pytest.raises(FileDamaged):
        source.read()


def test_missing_bytes_are_told(sealed: StoredFile) -> None:
    absolute_path(sealed.blob.path).unlink()
    assert [what for _blob, what in sweeping.damaged()] == ["missing"]


def test_another_installation_cannot_read_it(sealed: StoredFile, settings) -> None:
    settings.SECRET_KEY = "another installation"
    with pytest.raises(SealLost):
        service.open_stored(sealed)


def test_the_same_content_sent_again_stays_encrypted(sealed: StoredFile) -> None:
    again = service.store_bytes(
        data=DATA, name="b.bin", content_type="application/pdf", office=sealed.office, actor=None
    )

    assert again.blob_id == sealed.blob_id
    assert DATA[:64] not in on_disk(again)
    with service.open_stored(again) as source:
        assert source.read() == DATA


def test_words_that_were_read_are_forgotten(sealed: StoredFile) -> None:
    assert Blob.objects.get().read_state == ReadState.WITHHELD


def test_sealing_again_keeps_the_key(sealed: StoredFile) -> None:
    service.seal_files([sealed])
    assert Blob.objects.get().sealed_key == sealed.blob.sealed_key


def test_download_and_range_give_the_content(sealed: StoredFile, settings, owner) -> None:
    """Also where the web server sends files itself: it could only send the encrypted bytes."""
    settings.FILES_X_ACCEL = "/protected/"
    reader = UserFactory(office=sealed.office)
    owner.allow(reader, sealed)
    client = Client()
    client.force_login(reader)

    whole = client.get(sealed.get_absolute_url())
    part = client.get(sealed.get_absolute_url(), headers={"range": "bytes=65530-65545"})

    assert b"".join(whole) == DATA
    assert (part.status_code, b"".join(part)) == (206, DATA[65530:65546])
    assert "X-Accel-Redirect" not in whole.headers


def test_upload_is_sealed_like_any_file(media: Path) -> None:
    office = OfficeFactory()
    sent = service.store(upload=upload(b"words of a letter", "a.txt"), office=office, actor=None)
    service.seal_files([sent])
    encrypt_blob(sent.blob_id)

    assert b"words" not in on_disk(sent)

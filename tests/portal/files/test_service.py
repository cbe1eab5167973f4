import errno
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection, transaction
from PIL import Image

from portal.core.models import DeferredTask
from portal.files import service
from portal.files.enums import DOCUMENTS, ScanState
from portal.files.errors import FileMissing, FileRefused
from portal.files.models import Blob, StoredFile
from portal.files.rules import UploadRules
from portal.files.storage import absolute_path, relative_path
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory
from tests.factories.files import docx_bytes, image_bytes, pdf_bytes, stored_file, upload

PDF = pdf_bytes()


def nothing_left(on_disk) -> None:
    assert (Blob.objects.count(), StoredFile.objects.count(), on_disk()) == (0, 0, [])


def refused(**kwargs: object) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        service.store(**kwargs)
    return caught.value


# Taking in


def test_store_keeps_bytes_by_their_hash(office, clerk, on_disk) -> None:
    file = service.store(upload=upload(PDF, "หนังสือ.pdf"), office=office, actor=clerk)

    assert (file.name, file.office, file.uploaded_by) == ("หนังสือ.pdf", office, clerk)
    assert (file.size, file.content_type) == (len(PDF), "application/pdf")
    assert file.is_attached is True
    assert file.blob.scan_state == ScanState.NOT_SCANNED
    assert on_disk() == [relative_path(file.blob.sha256)]
    with service.open_stored(file) as source:
        assert source.read() == PDF


def test_store_lets_the_web_server_read_the_file(office, clerk) -> None:
    file = service.store(upload=upload(PDF), office=office, actor=clerk)

    assert absolute_path(file.blob.path).stat().st_mode & 0o777 == 0o644


def test_store_keeps_the_same_bytes_once(office, clerk, on_disk) -> None:
    other = OfficeFactory()
    first = service.store(upload=upload(PDF, "a.pdf"), office=office, actor=clerk)
    second = service.store(upload=upload(PDF, "b.pdf"), office=other, actor=None)

    assert first.blob == second.blob
    assert (first.name, second.name, second.office) == ("a.pdf", "b.pdf", other)
    assert on_disk() == [first.blob.path]


def test_store_of_the_same_bytes_mends_a_missing_or_short_copy(office, clerk, on_disk) -> None:
    file = service.store(upload=upload(PDF), office=office, actor=clerk)
    path = absolute_path(file.blob.path)
    path.unlink()
    service.store(upload=upload(PDF), office=office, actor=clerk)
    assert path.read_bytes() == PDF

    path.write_bytes(PDF[:50])
    service.store(upload=upload(PDF), office=office, actor=clerk)
    assert path.read_bytes() == PDF
    assert on_disk() == [file.blob.path]


def test_store_by_eight_at_once_makes_one_content(transactional_db, on_disk) -> None:
    office = OfficeFactory()

    def store_it(number: int) -> int:
        try:
            return service.store(
                upload=upload(PDF, f"{number}.pdf"), office=office, actor=None
            ).blob_id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        blobs = set(pool.map(store_it, range(8)))

    assert len(blobs) == 1
    assert StoredFile.objects.count() == 8
    assert on_disk() == [Blob.objects.get().path]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/แบบ.pdf", "แบบ.pdf"),
        ("หนังสือ\u202efdp.pdf", "หนังสือfdp.pdf"),
        ("ก" * 300 + ".pdf", "ก" * 83 + ".pdf"),
    ],
    ids=["path", "right-to-left override", "300 characters"],
)
def test_store_handles_hostile_names(office, clerk, sent: str, kept: str) -> None:
    file = service.store(upload=upload(PDF), name=sent, office=office, actor=clerk)

    assert file.name == kept


BAD = {
    "empty": (b"", "a.pdf"),
    "wrong extension": (PDF, "a.docx"),
    "encrypted": (pdf_bytes(user_password="x"), "a.pdf"),
    "zip bomb": (docx_bytes({"word/a.bin": b"\0" * 20_000_000}), "a.docx"),
    "program": (b"MZ" + b"\0" * 100, "a.pdf"),
    "too large": (PDF + b"\n" * 200_000, "a.pdf"),
}


@pytest.mark.parametrize(("data", "name"), BAD.values(), ids=BAD.keys())
def test_store_of_bad_input_leaves_nothing_behind(
    settings, office, clerk, on_disk, data: bytes, name: str
) -> None:
    settings.FILES_MAX_BYTES = 150_000

    refused(upload=upload(data, name), office=office, actor=clerk)

    nothing_left(on_disk)


def test_store_of_a_file_that_is_too_large_says_so(settings, office, clerk) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.FILES_MAX_BYTES = 1_000_000

    error = refused(upload=upload(b"x" * 1_000_001, "a.txt"), office=office, actor=clerk)

    assert (str(error), error.code) == (
        "“a.txt” is larger than the 1 MB that are accepted.",
        "too_large",
    )


def test_store_takes_a_file_of_exactly_the_limit(settings, office, clerk) -> None:
    settings.FILES_MAX_BYTES = 1000

    assert service.store(upload=upload(b"x" * 1000, "a.txt"), office=office, actor=clerk).size == (
        1000
    )


def test_store_refuses_other_kinds_than_asked_for(office, clerk, on_disk) -> None:
    refused(upload=upload(image_bytes(), "a.png"), office=office, actor=clerk, kinds=DOCUMENTS)

    nothing_left(on_disk)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["fsync", "replace", "mkdir"])
def test_store_on_a_full_disk_says_so_and_leaves_nothing(
    settings, office, clerk, on_disk, monkeypatch, number: int, step: str
) -> None:
    settings.LANGUAGE_CODE = "en"

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    target = {"fsync": (os, "fsync"), "replace": (Path, "replace"), "mkdir": (Path, "mkdir")}
    with monkeypatch.context() as patched:
        patched.setattr(*target[step], full)
        error = refused(upload=upload(PDF, "a.pdf"), office=office, actor=clerk)

    assert (str(error), error.code) == (
        "There is no space left to store “a.pdf”. Tell the administrator.",
        "disk_full",
    )
    nothing_left(on_disk)


def test_store_on_another_fault_of_the_disk_raises_it(office, clerk, on_disk, monkeypatch) -> None:
    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="broken"):
            service.store(upload=upload(PDF), office=office, actor=clerk)

    nothing_left(on_disk)


# Pictures without metadata


def phone_picture(kind: str) -> bytes:
    """40 × 20, lying on its side, with a camera's name and a place in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCamera"
    exif[0x9286] = "SecretComment"
    return image_bytes(kind, size=(40, 20), exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_store_strips_metadata_where_asked(office, clerk, on_disk, kind: str) -> None:
    sent = phone_picture(kind)
    assert b"SecretCamera" in sent

    file = service.store(
        upload=upload(sent, f"a.{kind.lower()}"), office=office, actor=clerk, strip_image=True
    )

    with service.open_stored(file) as source:
        kept = source.read()
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (20, 40), {})
    assert kept.count(b"Secret") == 0
    assert (file.size, on_disk()) == (len(kept), [file.blob.path])


def test_store_keeps_the_colour_profile_when_stripping(office, clerk) -> None:
    sent = image_bytes("JPEG", icc_profile=b"a colour profile", comment=b"Secret")

    file = service.store(
        upload=upload(sent, "a.jpg"), office=office, actor=clerk, strip_image=True
    )

    with service.open_stored(file) as source, Image.open(source) as image:
        assert image.info.get("icc_profile") == b"a colour profile"
        assert image.info.get("comment") is None


def test_store_leaves_pictures_and_others_as_they_are_by_default(office, clerk) -> None:
    sent = phone_picture("JPEG")
    picture = service.store(upload=upload(sent, "a.jpg"), office=office, actor=clerk)
    letter = service.store(
        upload=upload(PDF, "a.pdf"), office=office, actor=clerk, strip_image=True
    )

    with service.open_stored(picture) as source:
        assert source.read() == sent
    with service.open_stored(letter) as source:
        assert source.read() == PDF


# What the portal itself made


def test_store_bytes_takes_what_it_is_given(office, on_disk) -> None:
    file = service.store_bytes(
        data=b"\0anything", name="a/b.bin", content_type="x/y", office=office, actor=None
    )

    assert (file.name, file.content_type, file.size) == ("b.bin", "x/y", 9)
    assert on_disk() == [file.blob.path]


def test_open_stored_says_when_the_bytes_are_missing(settings, office) -> None:
    settings.LANGUAGE_CODE = "en"
    file = stored_file(office=office)
    absolute_path(file.blob.path).unlink()

    with pytest.raises(FileMissing) as caught:
        service.open_stored(file)
    assert str(caught.value) == "The content of this file is missing. Tell the administrator."


def test_url_leads_to_the_download(office) -> None:
    file = stored_file(office=office)

    assert service.url(file) == f"/files/{file.uid}/"


# Scanner


def test_store_queues_a_scan_where_there_is_a_scanner(settings, office, clerk) -> None:
    settings.CLAMD_URL = "tcp://localhost:1"

    file = service.store(upload=upload(PDF), office=office, actor=clerk)
    service.store(upload=upload(PDF), office=office, actor=clerk)

    file.blob.refresh_from_db()
    assert file.blob.scan_state == ScanState.WAITING
    assert list(DeferredTask.objects.values_list("name", "args")) == [
        ("files.scan_blob", [file.blob_id])
    ]


def test_store_refuses_bytes_known_to_be_infected(settings, office, clerk) -> None:
    settings.LANGUAGE_CODE = "en"
    service.store(upload=upload(PDF), office=office, actor=clerk)
    Blob.objects.update(scan_state=ScanState.INFECTED)

    error = refused(upload=upload(PDF, "b.pdf"), office=office, actor=clerk)

    assert (str(error), error.code) == (
        "“b.pdf” contains a virus and is not accepted.",
        "infected",
    )
    assert StoredFile.objects.count() == 1


# Attaching


def test_attach_and_detach(office, clerk) -> None:
    files = [stored_file(office=office, attached=False, data=bytes([n])) for n in range(2)]

    service.attach(files)
    assert set(StoredFile.objects.values_list("is_attached", flat=True)) == {True}

    service.detach(files[:1])
    assert list(StoredFile.objects.order_by("pk").values_list("is_attached", flat=True)) == [
        False,
        True,
    ]


def test_attach_of_a_swept_file_is_refused_and_changes_nothing(settings, office) -> None:
    settings.LANGUAGE_CODE = "en"
    kept = stored_file(office=office, attached=False)
    gone = stored_file(office=office, attached=False)
    StoredFile.objects.filter(pk=gone.pk).delete()

    with pytest.raises(FileRefused) as caught, transaction.atomic():
        service.attach([kept, gone])

    assert str(caught.value) == "A file is no longer there. Please upload it again."
    kept.refresh_from_db()
    assert kept.is_attached is False


# Uploads ahead of a form


def test_store_upload_is_unattached_and_follows_the_rules(office, clerk) -> None:
    rules = UploadRules(kinds=DOCUMENTS)

    file = service.store_upload(upload=upload(PDF), actor=clerk, rules=rules)

    assert (file.is_attached, file.office, file.uploaded_by) == (False, office, clerk)
    with pytest.raises(FileRefused):
        service.store_upload(upload=upload(image_bytes(), "a.png"), actor=clerk, rules=rules)


def test_store_upload_refuses_people_without_an_office(settings, db) -> None:
    settings.LANGUAGE_CODE = "en"
    nobody: User = UserFactory(office=None)

    with pytest.raises(FileRefused) as caught:
        service.store_upload(upload=upload(PDF), actor=nobody, rules=UploadRules())

    assert str(caught.value) == "Your account belongs to no office, so it cannot keep files."


def test_store_upload_refuses_too_many_left_lying(settings, office, clerk) -> None:
    settings.FILES_MAX_UNATTACHED = 1
    stored_file(office=office, actor=clerk)
    service.store_upload(upload=upload(PDF), actor=clerk, rules=UploadRules())

    with pytest.raises(FileRefused) as caught:
        service.store_upload(upload=upload(PDF), actor=clerk, rules=UploadRules())

    assert caught.value.code == "too_many"

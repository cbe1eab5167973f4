"""Contents that lie encrypted on disk, each under a key of its own.

The key is sealed in the blob's row by the installation's keys (``portal.core.sealing``), so
neither the database nor the disk alone tells the content. The row has the key first; the bytes
follow in a task, and until then they are read as they are.

On disk: a header that only the key's holder can have written, then pieces of 64 KiB, each with
AES-256-GCM under its own number. A piece that is changed, moved or cut off is noticed.
"""

import hashlib
import hmac
import os
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.core.sealing import seal, unseal
from portal.core.tasks import defer
from portal.files.errors import FileDamaged, FileMissing
from portal.files.models import Blob, StoredFile
from portal.files.reading import forget_readings
from portal.files.storage import INCOMING_PREFIX, absolute_path, lock, root, sync_folder

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEY_BYTES = 32
PIECE = 1 << 16
_TAG = 16
_MAGIC = b"portal sealed 1\n"
HEADER = len(_MAGIC) + hashlib.sha256().digest_size


def seal_files(files: Iterable[StoredFile]) -> None:
    """Have the contents of files encrypted, and forget the words that were read from them.

    In the caller's transaction; a content that other files share is encrypted for all of them.
    """
    files = list(files)
    for blob in Blob.objects.filter(files__in=[file.pk for file in files], sealed_key=""):
        lock(blob.sha256)
        key = seal(b64encode(os.urandom(KEY_BYTES)).decode())
        Blob.objects.filter(pk=blob.pk, sealed_key="").update(sealed_key=key)
        defer("files.encrypt_blob", blob.pk)
    forget_readings(files)


def encrypt_blob(blob_id: int) -> None:
    """Write the bytes of a blob anew under its key; safe to run twice, or to be killed."""
    blob = Blob.objects.filter(pk=blob_id).exclude(sealed_key="").first()
    if blob is None:
        return
    path, key = absolute_path(blob.path), _key(blob)
    with path.open("rb") as source:
        if source.read(HEADER) == _header(key):
            return
        source.seek(0)
        handle, name = tempfile.mkstemp(prefix=INCOMING_PREFIX, dir=root())
        with os.fdopen(handle, "wb") as target:
            _encrypt(source, target, key)
            target.flush()
            os.fsync(target.fileno())
    encrypted = Path(name)
    encrypted.chmod(path.stat().st_mode)
    encrypted.replace(path)
    sync_folder(path.parent)


def open_blob(blob: Blob) -> BufferedReader:
    """The bytes as they came in, to read and to seek in. Raises ``FileMissing``."""
    key = _key(blob) if blob.sealed_key else b""
    try:
        file = absolute_path(blob.path).open("rb")
    except FileNotFoundError as error:
        raise FileMissing from error
    if not key:
        return file
    if file.read(HEADER) != _header(key):
        file.seek(0)  # the task has not come to it yet
        return file
    return BufferedReader(_Opened(file, key, blob.size), PIECE)


class _Opened(RawIOBase):
    """Reads an encrypted file piece by piece."""

    def __init__(self, file: BinaryIO, key: bytes, size: int) -> None:
        self._file = file
        self._box = AESGCM(key)
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        number, within = divmod(self._at, PIECE)
        if self._at >= self._size:
            return 0
        view = memoryview(buffer).cast("B")
        found = self._piece(number)[within : within + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        self._file.seek(HEADER + number * (PIECE + _TAG))
        try:
            return self._box.decrypt(_nonce(number), self._file.read(PIECE + _TAG), None)
        except InvalidTag as error:
            raise FileDamaged from error


def _encrypt(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    box = AESGCM(key)
    target.write(_header(key))
    number = 0
    while piece := source.read(PIECE):
        target.write(box.encrypt(_nonce(number), piece, None))
        number += 1


def _key(blob: Blob) -> bytes:
    return b64decode(unseal(blob.sealed_key))


def _header(key: bytes) -> bytes:
    """No uploaded file can begin like this: nobody outside knows the key."""
    return _MAGIC + hmac.digest(key, _MAGIC, "sha256")


def _nonce(number: int) -> bytes:
    """Each key belongs to one content, so a piece's number is used once with it."""
    return number.to_bytes(12, "big")

"""How Django receives uploads: on disk, counted, and refused politely."""

from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from portal.files.errors import FileRefused
from portal.files.names import clean_name
from portal.files.storage import disk_full, is_full, too_large


class RefusedUpload(UploadedFile):
    """Stands in a form for a file that was not kept; ``store`` raises its ``refusal``."""

    def __init__(self, refusal: FileRefused, name: str | None) -> None:
        super().__init__(file=BytesIO(), name=name, size=0)
        self.refusal = refusal


class LimitedUploadHandler(FileUploadHandler):
    """Drops what comes after ``FILES_MAX_BYTES``, and everything when the disk is full.

    What arrives is written to a file without a name, so that nothing can be left behind. An
    upload that breaks off never becomes a file: Django completes one only when it has seen the
    boundary behind it.
    """

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        """Let go of what is arriving when the connection breaks, which Django leaves open."""
        input_data.read = self._guarded(input_data.read)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._size = 0
        self._refusal: FileRefused | None = None
        self.file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  (closed with the request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._refusal:
            return
        self._size += len(raw_data)
        limit = settings.FILES_MAX_BYTES
        if self._size > limit:
            self._refuse(too_large(self._shown_name(), limit))
            return
        try:
            self.file.write(raw_data)
            self.file.flush()
        except OSError as error:
            if not is_full(error):
                raise
            self._refuse(disk_full(self._shown_name()))

    def file_complete(self, file_size: int) -> UploadedFile:
        if self._refusal:
            return RefusedUpload(self._refusal, self.file_name)
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=self._size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    def _guarded(self, read: Callable[..., bytes]) -> Callable[..., bytes]:
        def guarded(*args: Any) -> bytes:
            try:
                return read(*args)
            except OSError:
                self.upload_interrupted()
                raise

        return guarded

    def _refuse(self, refusal: FileRefused) -> None:
        self._refusal = refusal
        self.file.close()

    def _shown_name(self) -> str:
        return clean_name(self.file_name or "")

"""How Django receives uploads: on disk, counted, and refused politely."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from portal.files.errors import FileRefused
from portal.files.names import clean_name
from portal.files.storage import disk_full, is_full, too_large


class RefusedUpload(UploadedFile):
    """Stands in a form for a file that was not kept; ``store`` raises its ``refusal``."""

    def __init__(self, refusal: FileRefused, **fields: Any) -> None:
        super().__init__(file=None, size=0, **fields)
        self.refusal = refusal


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Drops what comes after ``FILES_MAX_BYTES``, and everything when the disk is full.

    An upload that breaks off never becomes a file: Django completes one only when it has seen
    the boundary behind it.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._received = 0
        self._refusal: FileRefused | None = None
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._received += len(raw_data)
        if self._refusal:
            return
        limit = settings.FILES_MAX_BYTES
        if self._received > limit:
            self._refuse(too_large(self._shown_name(), limit))
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if not is_full(error):
                raise
            self._refuse(disk_full(self._shown_name()))

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self._refusal is None:
            return super().file_complete(file_size)
        return RefusedUpload(
            self._refusal,
            name=self.file_name,
            content_type=self.content_type,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def _refuse(self, refusal: FileRefused) -> None:
        self._refusal = refusal
        self.file.close()

    def _shown_name(self) -> str:
        return clean_name(self.file_name or "")

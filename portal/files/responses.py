"""How stored files leave the portal: whole, in ranges, through the web server, or as a ZIP."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import IO, BinaryIO, cast
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _

from portal.core.pdf.watermark import can_be_marked, watermarked
from portal.files.enums import INLINE_TYPES, ScanState
from portal.files.errors import FileMissing, FileRefused
from portal.files.models import StoredFile
from portal.files.names import clean_name, distinct
from portal.files.ranges import NotSatisfiable, wanted_range
from portal.files.sealed import open_blob

_CHUNK = 1 << 16
_RETRY_AFTER = 5  # seconds
# A page made of an uploaded file may load and run nothing. Chromium shows no PDF in a sandbox.
_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_CSP_SANDBOX = f"{_CSP}; sandbox"


def open_stored(file: StoredFile) -> BinaryIO:
    """The bytes, for reading. Raises ``FileRefused`` for infected ones and ``FileMissing``."""
    _refuse_infected(file)
    return open_blob(file.blob)


def file_response(
    request: HttpRequest, file: StoredFile, as_attachment: bool = True, *, watermark: str = ""
) -> HttpResponseBase:
    """Answer a GET or HEAD with ``file``. Whether the person may read it was checked before.

    Infected files give a page that says so (403), those still being scanned one that asks to
    wait (503). Without ``as_attachment`` pictures and PDFs show inside the page. With words of
    a ``watermark`` these two are copies that have the words across each page, never in ranges.
    """
    if file.blob.scan_state == ScanState.INFECTED:
        return render(request, "files/blocked.html", {"file": file}, status=403)
    if _must_wait(file):
        response = render(request, "files/waiting.html", {"file": file}, status=503)
        response["Retry-After"] = str(_RETRY_AFTER)
        return response
    if watermark and can_be_marked(file.blob.content_type):
        return _marked_copy(file, watermark, as_attachment=as_attachment)
    etag = f'"{file.blob.sha256}"'
    return _with_headers(_answer(request, file, etag), file, etag, as_attachment=as_attachment)


def zip_response(
    files_with_names: Iterable[tuple[StoredFile, str]],
    *,
    name: str = "files.zip",
    watermark: str = "",
) -> StreamingHttpResponse:
    """All files in one archive, made while it is sent. Rights were checked before.

    Pages of PDFs and pictures have the words of ``watermark`` across them.

    Infected, unscanned and missing ones are left out and named in a text file inside.
    """
    pairs = list(files_with_names)
    names = distinct([clean_name(wanted) for _file, wanted in pairs])
    entries = list(zip([file for file, _name in pairs], names, strict=True))
    response = StreamingHttpResponse(_zipped(entries, watermark), content_type="application/zip")
    response["Content-Disposition"] = _disposition(clean_name(name), attachment=True)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _answer(request: HttpRequest, file: StoredFile, etag: str) -> HttpResponseBase:
    if _is_unchanged(request, etag):
        return HttpResponse(status=304)
    if settings.FILES_X_ACCEL and not file.blob.sealed_key:
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.FILES_X_ACCEL + quote(file.blob.path)
        return response
    size = file.blob.size
    try:
        wanted = wanted_range(request, size=size, etag=etag)
    except NotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return _bytes(request, file, wanted)


def _bytes(
    request: HttpRequest, file: StoredFile, wanted: tuple[int, int] | None
) -> HttpResponseBase:
    first, last = wanted or (0, file.blob.size - 1)
    headers = {"Content-Length": str(last - first + 1)}
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{file.blob.size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    source = open_stored(file)
    if not wanted:
        return FileResponse(source, headers=headers)
    return StreamingHttpResponse(
        _Part(source, first, last - first + 1), status=status, headers=headers
    )


def _with_headers(
    response: HttpResponseBase, file: StoredFile, etag: str, *, as_attachment: bool
) -> HttpResponseBase:
    content_type = file.content_type
    inline = not as_attachment and content_type in INLINE_TYPES
    response["Content-Type"] = content_type
    response["Content-Disposition"] = _disposition(file.name, attachment=not inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    is_pdf = content_type == "application/pdf"
    response["Content-Security-Policy"] = _CSP if inline and is_pdf else _CSP_SANDBOX
    if inline:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _is_unchanged(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}


def _must_wait(file: StoredFile) -> bool:
    state = file.blob.scan_state
    if not settings.CLAMD_URL or state == ScanState.CLEAN:
        return False
    return state == ScanState.WAITING or settings.FILES_REQUIRE_SCAN


def _open_to_give(file: StoredFile, watermark: str) -> BinaryIO:
    if _must_wait(file):
        raise FileRefused(_("The virus scan has not finished."))
    if watermark and can_be_marked(file.blob.content_type):
        return BytesIO(_marked(file, watermark))
    return open_stored(file)


def _refuse_infected(file: StoredFile) -> None:
    if file.blob.scan_state == ScanState.INFECTED:
        raise FileRefused(
            _("“%(name)s” contains a virus and is not given out.") % {"name": file.name},
            code="infected",
        )


def _disposition(name: str, *, attachment: bool) -> str:
    """With the name as RFC 5987 has it where it is not plain ASCII."""
    return content_disposition_header(attachment, name) or "inline"


class _Part:
    """A range of a file, read as it is sent; the response closes it."""

    def __init__(self, source: BinaryIO, first: int, length: int) -> None:
        source.seek(first)
        self._source = source
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (chunk := self._source.read(min(_CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._source.close()


class _Outbox:
    """What ``zipfile`` has written and the client not yet got."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Asked for by ``zipfile``; there is nothing between us and ``take``."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _marked_copy(file: StoredFile, words: str, *, as_attachment: bool) -> HttpResponseBase:
    """Made for one person and one moment: nobody keeps it or asks for a part of it."""
    copy = HttpResponse(_marked(file, words))
    response = _with_headers(copy, file, "", as_attachment=as_attachment)
    del response["ETag"], response["Accept-Ranges"]
    response["Cache-Control"] = "private, no-store"
    return response


def _marked(file: StoredFile, words: str) -> bytes:
    with open_stored(file) as source:
        return watermarked(source.read(), file.blob.content_type, words)


def _zipped(entries: list[tuple[StoredFile, str]], watermark: str) -> Iterator[bytes]:
    outbox = _Outbox()
    missing = []
    with zipfile.ZipFile(cast("IO[bytes]", outbox), "w") as archive:
        for file, name in entries:
            try:
                source = _open_to_give(file, watermark)
            except (FileRefused, FileMissing) as error:
                missing.append(f"{name}: {error}")
                continue
            with source:
                yield from _zip_one(archive, outbox, name, source, file.uploaded_at)
        if missing:
            archive.writestr(_("files left out.txt"), "\n".join(missing) + "\n")
    yield outbox.take()


def _zip_one(
    archive: zipfile.ZipFile, outbox: _Outbox, name: str, source: BinaryIO, at: datetime
) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(name, date_time=timezone.localtime(at).timetuple()[:6])
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
            yield outbox.take()

"""ZIP files and the office documents that are ZIP files inside."""

import zipfile
import zlib
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from portal.files.enums import FileKind
from portal.files.errors import FileRefused
from portal.files.names import split_name

MAX_MEMBERS = 10_000
# A member under this many bytes may be packed as tightly as it likes: blank sheets are.
RATIO_FREE_BYTES = 10_000_000
MAX_RATIO = 200
_CHUNK = 1 << 16
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED_BIT = 0x1

_PARTS = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
}
_PROGRAMS = frozenset(
    {"bat", "cmd", "com", "cpl", "exe", "hta", "jar", "js", "jse", "lnk", "msi", "msp", "pif"}
    | {"ps1", "reg", "scr", "vbe", "vbs", "wsf"}
)


def check_archive(file: BinaryIO) -> FileKind:
    """The kind of a ZIP file, by what is in it.

    Refuses damage, passwords, macros, programs, paths that leave the archive, overlapping
    members, and content that unpacks to more than ``FILES_MAX_UNPACKED_BYTES`` or 200 times
    its size; sizes are counted by unpacking, as those written in the file may lie.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            _check_unpacking(file, members)
            return _kind(archive, members)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
        raise FileRefused(_("The file is damaged and cannot be opened.")) from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise FileRefused(_("The archive is empty."))
    if len(members) > MAX_MEMBERS:
        raise _bomb()
    for member in members:
        if member.flag_bits & _ENCRYPTED_BIT:
            raise FileRefused(
                _("The file is protected by a password. Save it without one and try again.")
            )
        if ".." in member.filename.split("/") or member.filename.startswith("/"):
            raise FileRefused(_("The archive holds paths that lead out of it."))
        if split_name(member.filename)[1].lower() in _PROGRAMS:
            raise FileRefused(_("The archive holds a program, which is not accepted."))


def _check_unpacking(file: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    left = settings.FILES_MAX_UNPACKED_BYTES
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise _bomb()
        start = _data_offset(file, member)
        end = start + member.compress_size
        size = _unpacked_size(file, member, start, limit=left)
        if size > RATIO_FREE_BYTES and size > member.compress_size * MAX_RATIO:
            raise _bomb()
        left -= size


def _data_offset(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile(member.filename)
    name_size = int.from_bytes(header[26:28], "little")
    extra_size = int.from_bytes(header[28:30], "little")
    return member.header_offset + _LOCAL_HEADER_BYTES + name_size + extra_size


def _unpacked_size(file: BinaryIO, member: zipfile.ZipInfo, start: int, *, limit: int) -> int:
    """The true size in bytes; raises ``FileRefused`` as soon as it passes ``limit``."""
    if member.compress_type == zipfile.ZIP_STORED:
        size = member.compress_size
        if size > limit:
            raise _bomb()
        return size
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(member.filename)
    return _inflated_size(file, start, member.compress_size, limit=limit)


def _inflated_size(file: BinaryIO, start: int, packed: int, *, limit: int) -> int:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    file.seek(start)
    size = 0
    while not inflater.eof:
        piece = inflater.unconsumed_tail
        if not piece:
            piece = file.read(min(_CHUNK, packed))
            packed -= len(piece)
        if not piece:
            raise EOFError
        size += len(inflater.decompress(piece, _CHUNK * 16))
        if size > limit:
            raise _bomb()
    return size


def _kind(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> FileKind:
    names = {member.filename for member in members}
    if members[0].filename == "mimetype":
        with archive.open("mimetype") as mimetype:
            return _MIMETYPES.get(mimetype.read(100).strip(), FileKind.ZIP)
    if "[Content_Types].xml" not in names:
        return FileKind.ZIP
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRefused(_("The document contains macros. Save it without them and try again."))
    return next((kind for part, kind in _PARTS.items() if part in names), FileKind.ZIP)


def _bomb() -> FileRefused:
    return FileRefused(_("The file unpacks to far more than it may; it is not accepted."))

"""Files as people send them, sound and broken; all made here, in memory."""

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter

from portal.files.models import StoredFile
from portal.files.service import store_bytes
from portal.org.models import Office
from portal.users.models import User

DOCX_TYPES = "<Types/>"


def pdf_bytes(*, pages: int = 1, user_password: str | None = None, owner: str = "") -> bytes:
    """A PDF of empty pages; with ``user_password`` it is encrypted."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    if user_password is not None:
        writer.encrypt(user_password, owner or user_password, algorithm="AES-256")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def image_bytes(
    kind: str = "PNG", *, size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: object
) -> bytes:
    target = BytesIO()
    Image.new(mode, size, "navy").save(target, kind, **options)
    return target.getvalue()


def huge_png_bytes(width: int, height: int) -> bytes:
    """A black PNG of any size in a few kilobytes, made row by row."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\0" * ((width + 7) // 8)
    packed = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def zip_bytes(members: Mapping[str, bytes | str], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP of members; those named in ``stored`` are not compressed."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, compress_type=how)
    return target.getvalue()


def docx_bytes(members: Mapping[str, bytes | str] | None = None) -> bytes:
    return office_bytes("word/document.xml", members)


def office_bytes(part: str, members: Mapping[str, bytes | str] | None = None) -> bytes:
    return zip_bytes({"[Content_Types].xml": DOCX_TYPES, part: "<x/>", **(members or {})})


def odf_bytes(mimetype: str) -> bytes:
    members = {"mimetype": mimetype, "content.xml": "<x/>"}
    return zip_bytes(members, stored=("mimetype",))


def upload(data: bytes, name: str = "แบบฟอร์ม.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


def stored_file(
    *,
    office: Office,
    actor: User | None = None,
    data: bytes = b"hello",
    name: str = "บันทึก.txt",
    content_type: str = "text/plain; charset=utf-8",
    attached: bool = True,
) -> StoredFile:
    """A file in the store, whatever its content."""
    file = store_bytes(data=data, name=name, content_type=content_type, office=office, actor=actor)
    if not attached:
        file.is_attached = False
        file.save(update_fields=["is_attached"])
    return file


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

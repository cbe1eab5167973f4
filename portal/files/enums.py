from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """What a file is by its content; the value is the extension that its name gets."""

    PDF = "pdf", _("PDF")
    JPEG = "jpg", _("JPEG picture")
    PNG = "png", _("PNG picture")
    WEBP = "webp", _("WebP picture")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    PPTX = "pptx", _("PowerPoint slides")
    ODT = "odt", _("OpenDocument text")
    ODS = "ods", _("OpenDocument sheet")
    TXT = "txt", _("Plain text")
    CSV = "csv", _("CSV table")
    ZIP = "zip", _("ZIP archive")


class ScanState(models.TextChoices):
    """What the virus scanner said of the bytes."""

    NOT_SCANNED = "not_scanned", _("Not scanned")
    WAITING = "waiting", _("Waiting for the virus scan")
    CLEAN = "clean", _("No virus found")
    INFECTED = "infected", _("Virus found")
    FAILED = "failed", _("Could not be scanned")


class ReadState(models.TextChoices):
    """How far the words of a content are known to the search."""

    WAITING = "waiting", _("Not read yet")
    READ = "read", _("Can be searched")
    SCANNED = "scanned", _("Read from a scan")
    WORDLESS = "wordless", _("Holds no words")
    NEEDS_OCR = "needs_ocr", _("A scan that cannot be searched: no program for reading scans")
    FAILED = "failed", _("Could not be read")
    WITHHELD = "withheld", _("Secret, not read")


IMAGES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
DOCUMENTS = frozenset(
    {
        FileKind.PDF,
        FileKind.DOCX,
        FileKind.XLSX,
        FileKind.PPTX,
        FileKind.ODT,
        FileKind.ODS,
        FileKind.TXT,
        FileKind.CSV,
    }
)
ATTACHMENTS = IMAGES | DOCUMENTS | {FileKind.ZIP}

CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.TXT: "text/plain; charset=utf-8",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.ZIP: "application/zip",
}
ALIASES = {"jpeg": FileKind.JPEG, "jpe": FileKind.JPEG, "jfif": FileKind.JPEG}

# Shown inside a page when asked for with ?inline=1; anything else is only ever downloaded.
INLINE_TYPES = frozenset(CONTENT_TYPES[kind] for kind in IMAGES | {FileKind.PDF})


def kind_of_extension(extension: str) -> FileKind | None:
    """The kind a name's extension (without dot, any case) claims; None when it is not ours."""
    extension = extension.lower()
    if extension in ALIASES:
        return ALIASES[extension]
    return FileKind(extension) if extension in FileKind.values else None

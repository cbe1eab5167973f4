from typing import BinaryIO

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from portal.files.enums import FileKind
from portal.files.errors import FileRefused

# What pypdf lets through from a file that is damaged in a way it did not foresee.
_DAMAGE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


def check_pdf(file: BinaryIO) -> FileKind:
    """Refuses a PDF that does not open, has no page, or asks for a password to be read.

    One that is only locked against changes opens with an empty password and is taken.
    """
    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused(_protected())
        pages = len(reader.pages)
    except (DependencyError, FileNotDecryptedError) as error:
        raise FileRefused(_protected()) from error
    except _DAMAGE as error:
        raise FileRefused(_("The PDF is damaged and cannot be opened.")) from error
    if not pages:
        raise FileRefused(_("The PDF has no page."))
    return FileKind.PDF


def _protected() -> str:
    return _("The PDF asks for a password. Save it without one and try again.")

from collections.abc import Callable, Collection
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _

from portal.files.checks.archives import check_archive
from portal.files.checks.images import check_image
from portal.files.checks.pdfs import check_pdf
from portal.files.checks.texts import is_text
from portal.files.enums import IMAGES, FileKind, kind_of_extension
from portal.files.errors import FileRefused
from portal.files.names import split_name, with_extension

HEAD_BYTES = 4096

Check = Callable[[BinaryIO], FileKind]


def check(file: BinaryIO, *, name: str, kinds: Collection[str]) -> tuple[FileKind, str]:
    """The kind of a whole file and the name it may carry.

    ``kinds`` are the values of ``FileKind`` that the purpose allows. A picture with the
    extension of another picture, and a name without one, get the right one; any other
    disagreement of name and content is refused. Raises ``FileRefused``.
    """
    kind = _kind_by_content(file, name)
    if kind not in kinds:
        raise FileRefused(
            _("“%(name)s” is a file of the kind “%(kind)s”, which is not accepted here.")
            % {"name": name, "kind": kind.label}
        )
    return kind, _agreeing_name(name, kind)


def _kind_by_content(file: BinaryIO, name: str) -> FileKind:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise FileRefused(_("“%(name)s” is empty.") % {"name": name})
    guesses = _guesses(head)
    for extensions, inspect in _CHECKS:
        if guesses & extensions:
            return inspect(file)
    if b"%PDF-" in head[:1024]:
        return check_pdf(file)
    claimed = kind_of_extension(split_name(name)[1])
    if (not guesses or claimed in _TEXTS) and is_text(file):
        return FileKind.CSV if claimed is FileKind.CSV else FileKind.TXT
    raise FileRefused(
        _("“%(name)s” is not a kind of file that is accepted. Save it as PDF and try again.")
        % {"name": name}
    )


def _guesses(head: bytes) -> set[str]:
    """The extensions that the first bytes may stand for, as in {"pdf", "fdf"}."""
    try:
        return {match.extension.removeprefix(".") for match in puremagic.magic_string(head)} - {""}
    except puremagic.PureError:
        return set()


def _agreeing_name(name: str, kind: FileKind) -> str:
    extension = split_name(name)[1]
    claimed = kind_of_extension(extension)
    if claimed is kind:
        return name
    if not extension or (claimed in IMAGES and kind in IMAGES):
        return with_extension(name, kind.value)
    raise FileRefused(
        _("The name “%(name)s” does not fit its content, which is of the kind “%(kind)s”.")
        % {"name": name, "kind": kind.label}
    )


_TEXTS = (FileKind.TXT, FileKind.CSV)
_CHECKS: tuple[tuple[set[str], Check], ...] = (
    ({"pdf"}, check_pdf),
    ({"png", "jpg", "webp"}, check_image),
    ({"zip", "docx"}, check_archive),
)

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from portal.files.enums import FileKind
from portal.files.errors import FileRefused

_READERS = ["JPEG", "PNG", "WEBP"]
# Phones write "MPO": a JPEG with a second picture behind it.
_KINDS = {
    "JPEG": FileKind.JPEG,
    "MPO": FileKind.JPEG,
    "PNG": FileKind.PNG,
    "WEBP": FileKind.WEBP,
}
_SAVE_OPTIONS: dict[FileKind, dict[str, Any]] = {
    FileKind.JPEG: {"format": "JPEG", "quality": 90, "progressive": True},
    FileKind.PNG: {"format": "PNG"},
    FileKind.WEBP: {"format": "WEBP", "quality": 90},
}
_switch = Lock()
# What Pillow raises for files that are cut off or made to hurt it.
_DAMAGE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError)


def check_image(file: BinaryIO) -> FileKind:
    """Refuses a picture that does not decode to its end or has too many pixels.

    The pixels are counted from the header, before any memory is taken for them.
    """
    try:
        with _opened(file) as image, _to_the_end():
            image.load()
            return _KINDS[str(image.format)]
    except _DAMAGE as error:
        raise FileRefused(_("The picture is damaged and cannot be opened.")) from error


def reencode(source: BinaryIO, target: BinaryIO) -> None:
    """Writes the picture again, upright and without EXIF, position, comments or thumbnails.

    The colour profile stays, so that colours do not shift. ``source`` was checked before.
    """
    with _opened(source) as image:
        kind = _KINDS[str(image.format)]
        clean = ImageOps.exif_transpose(image)
        profile = image.info.get("icc_profile")
    clean.info = {}
    options = dict(_SAVE_OPTIONS[kind])
    if profile:
        options["icc_profile"] = profile
    clean.save(target, **options)


@contextmanager
def _to_the_end() -> Iterator[None]:
    """Have Pillow refuse what is cut off; WeasyPrint switches that off for the whole process."""
    with _switch:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _opened(file: BinaryIO) -> Image.Image:
    file.seek(0)
    limit = settings.FILES_MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(file, formats=_READERS)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(limit) from error
    if image.width * image.height > limit:
        raise _too_many_pixels(limit)
    return image


def _too_many_pixels(limit: int) -> FileRefused:
    return FileRefused(
        _("The picture is too large: at most %(limit)s million pixels are accepted.")
        % {"limit": limit // 1_000_000}
    )

"""File names as people sent them, made safe for headers, pages, archives and other systems."""

import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

# ext4 and most others hold 255 bytes; a Thai letter takes three of them.
MAX_BYTES = 255
_FORBIDDEN = '<>:"|?*'


def clean_name(name: str) -> str:
    """The last part of ``name`` without paths, control, bidi and zero-width characters.

    At most 255 bytes of UTF-8, cut before the extension and between whole characters.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(ch for ch in name if ch == " " or ch.isprintable())
    name = "".join("_" if ch in _FORBIDDEN else ch for ch in name)
    name = " ".join(name.split()).strip(". ")
    return _shorten(name) if name else _("file")


def split_name(name: str) -> tuple[str, str]:
    """(stem, extension without the dot), as in ("บันทึก", "pdf")."""
    path = PurePosixPath(name)
    return path.stem, path.suffix.removeprefix(".")


def with_extension(name: str, extension: str) -> str:
    """``name`` with its extension replaced, or one added when it has none."""
    return _shorten(f"{split_name(name)[0]}.{extension}")


def distinct(names: list[str]) -> list[str]:
    """The same names, with " (2)", " (3)" … added to those that come again."""
    taken: set[str] = set()
    result = []
    for name in names:
        stem, extension = split_name(name)
        candidate, number = name, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{stem} ({number})" + (f".{extension}" if extension else "")
        taken.add(candidate.casefold())
        result.append(candidate)
    return result


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, extension = split_name(name)
    if not extension or len(extension) > 10:
        stem, tail = name, ""
    else:
        tail = f".{extension}"
    while len((stem + tail).encode()) > MAX_BYTES:
        stem = stem[:-1]
    # A vowel or tone mark belongs to the consonant before it, which may have been its last.
    return stem.rstrip() + tail

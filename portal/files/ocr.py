"""Reads words from pictures with Tesseract, a program of the system (``tesseract-ocr-tha``)."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from PIL import Image

PAGE_SECONDS = 90
SURE = 75
"""Percent; a page that reads worse may stand on its head."""
HOPELESS = 45
"""Percent; a page that reads worse either way may lie on its side."""
FEWEST_WORDS = 3
_LANGUAGES = ("tha", "eng")
_SPACE_IN_THAI = re.compile(r"(?<=[\u0e01-\u0e4e]) (?=[\u0e01-\u0e4e])")


class OcrMissing(Exception):
    """Tesseract or its Thai model is not installed here."""


@dataclass(frozen=True)
class Recognised:
    """Words as the program guesses them, and how sure it is of them in percent."""

    text: str
    confidence: int
    words: int = 0


def is_available() -> bool:
    return bool(_languages())


def recognise(picture: Image.Image) -> Recognised:
    """The words of a page, whichever way it lies. Raises ``OcrMissing``."""
    if not is_available():
        raise OcrMissing
    best = _read(picture)
    if _is_doubtful(best, SURE):
        best = max(best, _read(picture.rotate(180)), key=_merit)
    if _is_doubtful(best, HOPELESS):
        turned = (_read(picture.rotate(angle, expand=True)) for angle in (90, 270))
        best = max(best, *turned, key=_merit)
    return best


def _is_doubtful(found: Recognised, limit: int) -> bool:
    return found.words < FEWEST_WORDS or found.confidence < limit


def _merit(found: Recognised) -> tuple[bool, int]:
    return found.words >= FEWEST_WORDS, found.confidence


def _languages() -> str:
    return _installed_languages(settings.TESSERACT)


@cache
def _installed_languages(program: str) -> str:
    """For the program's ``-l``; empty where Thai cannot be read."""
    path = shutil.which(program)
    if path is None:
        return ""
    listed = subprocess.run(  # noqa: S603  (a program of the system, no input of anybody)
        [path, "--list-langs"], capture_output=True, text=True, check=False, timeout=PAGE_SECONDS
    )
    there = [name for name in _LANGUAGES if name in listed.stdout.split()]
    return "+".join(there) if "tha" in there else ""


def _read(picture: Image.Image) -> Recognised:
    source = BytesIO()
    picture.save(source, "PNG", compress_level=1)
    with TemporaryDirectory(prefix="portal-ocr-") as folder:
        base = Path(folder) / "page"
        command = [shutil.which(settings.TESSERACT) or settings.TESSERACT, "-", str(base)]
        command += ["-l", _languages(), "--psm", "3", "--dpi", "300"]
        command += ["-c", "preserve_interword_spaces=1", "txt", "tsv"]
        subprocess.run(  # noqa: S603  (the picture goes in as bytes, no name of anybody's)
            command,
            input=source.getvalue(),
            capture_output=True,
            check=True,
            timeout=PAGE_SECONDS,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
        )
        text = base.with_suffix(".txt").read_text(encoding="utf-8")
        table = base.with_suffix(".tsv").read_text(encoding="utf-8")
    confidence, words = _confidence(table)
    return Recognised(_SPACE_IN_THAI.sub("", text).strip(), confidence, words)


def _confidence(table: str) -> tuple[int, int]:
    """The mean over all characters, and how many words there are."""
    total = weight = words = 0.0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            size = len(cells[11].strip())
            total += max(float(cells[10]), 0) * size
            weight += size
            words += 1
    return round(total / weight) if weight else 0, int(words)

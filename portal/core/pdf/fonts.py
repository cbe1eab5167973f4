"""The font of every PDF: Sarabun from npm, rebuilt so that its Thai can be copied and searched.

`manage.py build_fonts` makes the faces during set-up; none is kept in the repository.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotReady
from portal.core.pdf.cluster_font import build_cluster_font

FAMILY = "Portal Sarabun"
_PACKAGE = "@expo-google-fonts/sarabun"
_STAMP = "built.json"
_BUILDERS = ("cluster_font.py", "clusters.py", "substitutions.py")


class FontsMissing(NotReady):
    """The PDF fonts, or what they are built from, are not there. The message says what to run."""

    code = "fonts_missing"


@dataclass(frozen=True)
class Face:
    """One face of the family; ``source`` is its file inside the npm package."""

    style: str
    weight: int
    italic: bool
    source: str

    @property
    def path(self) -> Path:
        return Path(settings.FONTS_DIR) / f"PortalSarabun-{self.style}.ttf"

    @property
    def source_path(self) -> Path:
        return Path(settings.NODE_MODULES) / _PACKAGE / self.source


FACES = (
    Face("Regular", 400, False, "400Regular/Sarabun_400Regular.ttf"),
    Face("Italic", 400, True, "400Regular_Italic/Sarabun_400Regular_Italic.ttf"),
    Face("SemiBold", 600, False, "600SemiBold/Sarabun_600SemiBold.ttf"),
    Face("Bold", 700, False, "700Bold/Sarabun_700Bold.ttf"),
    Face("BoldItalic", 700, True, "700Bold_Italic/Sarabun_700Bold_Italic.ttf"),
)


def build_fonts(*, force: bool = False) -> list[Path]:
    """Build the faces that are missing or out of date; returns the files written.

    About half a second a face. A face is replaced in one step, so a process that renders
    meanwhile sees the old or the new one. Raises FontsMissing when the npm package is not
    installed.
    """
    folder = Path(settings.FONTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    built = {} if force else _read_stamp(folder)
    wanted = {face: _digest(face) for face in FACES}
    stale = [
        face
        for face, digest in wanted.items()
        if built.get(face.path.name) != digest or not face.path.exists()
    ]
    for face in stale:
        _build(face)
    if stale:
        stamp = {face.path.name: digest for face, digest in wanted.items()}
        _replace(folder / _STAMP, json.dumps(stamp, indent=1).encode())
    return [face.path for face in stale]


def face_path(*, weight: int = 400, italic: bool = False) -> Path:
    """The built file of a face. Raises FontsMissing before it is built, KeyError for no face."""
    face = {(face.weight, face.italic): face for face in FACES}[weight, italic]
    if not face.path.exists():
        raise FontsMissing(
            _("The fonts for PDF files are not built yet. Run “manage.py build_fonts”.")
        )
    return face.path


def font_face_css() -> str:
    """The ``@font-face`` rules of all faces. Raises FontsMissing before they are built."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {face.weight};'
        f" font-style: {'italic' if face.italic else 'normal'};"
        f" src: url({face_path(weight=face.weight, italic=face.italic).as_uri()}); }}"
        for face in FACES
    )


def _digest(face: Face) -> str:
    """Changes when the original or the way of building changes."""
    try:
        original = face.source_path.read_bytes()
    except FileNotFoundError as error:
        raise FontsMissing(
            _("%(file)s is missing. Run “npm ci”, then build the fonts again.")
            % {"file": face.source_path}
        ) from error
    builder = b"".join(Path(__file__).with_name(name).read_bytes() for name in _BUILDERS)
    return hashlib.sha256(original + builder + FAMILY.encode()).hexdigest()


def _build(face: Face) -> None:
    with TemporaryDirectory(dir=face.path.parent, prefix=".building-") as folder:
        made = Path(folder) / face.path.name
        build_cluster_font(face.source_path, made, family=FAMILY)
        made.replace(face.path)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _read_stamp(folder: Path) -> dict[str, str]:
    try:
        return json.loads((folder / _STAMP).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}

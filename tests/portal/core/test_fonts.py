import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import uharfbuzz
from django.core.management import CommandError, call_command
from django.utils import translation
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from portal.core.pdf.clusters import CONSONANTS, Shaper, thai_clusters
from portal.core.pdf.fonts import (
    FACES,
    FontsMissing,
    build_fonts,
    face_path,
    font_face_css,
)

STYLES = [face.style for face in FACES]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(params=FACES, ids=STYLES)
def face(request: pytest.FixtureRequest):
    assert request.param.path.exists()
    return request.param


@pytest.fixture
def own_folder(settings, tmp_path: Path) -> Path:
    settings.FONTS_DIR = tmp_path / "fonts"
    return settings.FONTS_DIR


@pytest.fixture
def built_folder(settings, tmp_path: Path) -> Path:
    """A folder of its own with all faces as the session built them."""
    folder = shutil.copytree(settings.FONTS_DIR, tmp_path / "fonts")
    settings.FONTS_DIR = folder
    return folder


def glyph_texts(font: uharfbuzz.Font, text: str) -> list[tuple[int, str]]:
    """(glyph, the characters it stands for) as a PDF writer maps them."""
    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.script, buffer.direction, buffer.language = "thai", "ltr", "th"
    uharfbuzz.shape(font, buffer)
    starts = [info.cluster for info in buffer.glyph_infos]
    ends = [*starts[1:], len(text)]
    assert all(p.x_offset == p.y_offset == 0 for p in buffer.glyph_positions)
    return [
        (info.codepoint, text[start:end])
        for info, start, end in zip(buffer.glyph_infos, starts, ends, strict=True)
    ]


def test_each_glyph_has_exactly_one_text(face) -> None:
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.path))))
    texts: dict[int, str] = {}
    doubled = set()
    for cluster in [*CONSONANTS, "า", "ำ", *thai_clusters()]:
        for glyph, text in glyph_texts(font, cluster):
            if texts.setdefault(glyph, text) != text or not text:
                doubled.add((glyph, text))
    assert doubled == set()


def test_clusters_look_as_in_the_original(face) -> None:
    built, original = _Drawer(face.path), _Drawer(face.source_path)
    different = [
        text
        for text in thai_clusters()
        if any(
            abs(ours - theirs) > 1
            for ours, theirs in zip(built.box(text), original.box(text), strict=True)
        )
    ]
    assert different == []


class _Drawer:
    """Measures drawn text: its ink and its advance, in font units."""

    def __init__(self, path: Path) -> None:
        font = TTFont(path)
        self._glyphs = font.getGlyphSet()
        self._names = font.getGlyphOrder()
        self._shaper = Shaper(path, self._names)

    def box(self, text: str) -> tuple[float, ...]:
        shaped = self._shaper.shape(text)
        left, bottom, right, top = 9e9, 9e9, -9e9, -9e9
        for glyph in shaped:
            pen = BoundsPen(self._glyphs)
            self._glyphs[glyph.glyph].draw(pen)
            if pen.bounds is None:
                continue
            x, y = glyph.pen + glyph.x_offset, glyph.y_offset
            left, right = min(left, pen.bounds[0] + x), max(right, pen.bounds[2] + x)
            bottom, top = min(bottom, pen.bounds[1] + y), max(top, pen.bounds[3] + y)
        return left, bottom, right, top, sum(glyph.advance for glyph in shaped)


def test_face_has_its_own_family_name(face) -> None:
    names = TTFont(face.path)["name"]
    assert names.getBestFamilyName().split()[:2] == ["Portal", "Sarabun"]
    assert names.getDebugName(6) == f"PortalSarabun-{face.style}"
    assert names.getDebugName(13) == TTFont(face.source_path)["name"].getDebugName(13)


def test_face_encodes_all_of_the_original_and_a_box(face) -> None:
    built, original = TTFont(face.path), TTFont(face.source_path)
    assert set(built.getBestCmap()) == set(original.getBestCmap()) | {0xFFFD}


def test_face_draws_the_box_by_itself(face) -> None:
    font = TTFont(face.path)
    box = font["glyf"][font.getBestCmap()[0xFFFD]]
    assert (box.isComposite(), box.numberOfContours > 0) == (False, True)


def test_build_fonts_writes_all_alike_then_nothing(settings, tmp_path: Path) -> None:
    built_before = Path(settings.FONTS_DIR)
    settings.FONTS_DIR = own_folder = tmp_path / "fonts"
    written = build_fonts()
    assert [path.name for path in written] == [f"PortalSarabun-{style}.ttf" for style in STYLES]
    assert sorted(path.name for path in own_folder.iterdir()) == sorted(
        ["built.json", *(path.name for path in written)]
    )
    assert [path.read_bytes() for path in written] == [
        (built_before / path.name).read_bytes() for path in written
    ]
    assert build_fonts() == []


def test_build_fonts_mends_what_is_lost(built_folder: Path) -> None:
    lost = built_folder / "PortalSarabun-Bold.ttf"
    lost.unlink()
    assert build_fonts() == [lost]


def test_build_fonts_rebuilds_what_changed(built_folder: Path) -> None:
    stamp = built_folder / "built.json"
    digests = json.loads(stamp.read_text())
    stamp.write_text(json.dumps(digests | {"PortalSarabun-Italic.ttf": "of an older font"}))
    assert build_fonts() == [built_folder / "PortalSarabun-Italic.ttf"]
    assert json.loads(stamp.read_text()) == digests


def test_build_fonts_rebuilds_all_after_damaged_stamp(built_folder: Path) -> None:
    (built_folder / "built.json").write_text("{")
    assert len(build_fonts()) == len(FACES)


def test_build_fonts_without_npm_package(own_folder: Path, settings, tmp_path: Path) -> None:
    settings.NODE_MODULES = tmp_path / "node_modules"
    with pytest.raises(FontsMissing) as caught:
        build_fonts()
    missing = tmp_path / "node_modules/@expo-google-fonts/sarabun/400Regular"
    assert str(missing / "Sarabun_400Regular.ttf") in str(caught.value)
    assert "npm ci" in str(caught.value)


def test_face_path_before_building(own_folder: Path) -> None:
    with pytest.raises(FontsMissing, match="build_fonts"):
        face_path()


def test_face_path_unknown_face() -> None:
    with pytest.raises(KeyError):
        face_path(weight=900)


def test_font_face_css_names_every_file() -> None:
    css = font_face_css()
    assert [css.count(face.path.as_uri()) for face in FACES] == [1] * len(FACES)
    assert css.count('font-family: "Portal Sarabun"') == len(FACES)


def test_build_fonts_command_says_what_it_did(built_folder: Path) -> None:
    forced, idle = io.StringIO(), io.StringIO()
    call_command("build_fonts", force=True, stdout=forced)
    call_command("build_fonts", stdout=idle)
    built = [f"built {built_folder / f'PortalSarabun-{style}.ttf'}\n" for style in STYLES]
    assert (forced.getvalue(), idle.getvalue()) == ("".join(built), "fonts are up to date\n")


def test_build_fonts_command_without_npm_package(
    own_folder: Path, settings, tmp_path: Path
) -> None:
    settings.NODE_MODULES = tmp_path
    with pytest.raises(CommandError, match="npm ci"):
        call_command("build_fonts")

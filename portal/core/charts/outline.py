"""Text of a drawing as glyph outlines: WeasyPrint sets SVG text code point by code point."""

import xml.etree.ElementTree as ET
from functools import cache, lru_cache

import uharfbuzz as hb
from django.conf import settings
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen

SVG = "{http://www.w3.org/2000/svg}"
_FACES = {
    400: "400Regular/Sarabun_400Regular.ttf",
    700: "700Bold/Sarabun_700Bold.ttf",
}
_TEXT_ONLY = ("font", "text-anchor", "x", "y", "dx", "dy")


class NoGlyph(ValueError):
    """The font has no glyph for a character: the chart would show a box."""


@cache
def _font(weight: int) -> tuple[hb.Font, int]:
    path = settings.NODE_MODULES / "@expo-google-fonts/sarabun" / _FACES[weight]
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    return hb.Font(face), face.upem


@lru_cache(8192)
def shape(text: str, weight: int, size: float) -> tuple[str, float]:
    """Path data with its origin at the pen, y downwards, and the advance; both in px.

    Raises NoGlyph for a character that Sarabun lacks.
    """
    font, upem = _font(weight)
    buffer = hb.Buffer()
    buffer.add_str(text)
    # Never guessed: a label of digits alone would be taken for Latin.
    buffer.direction, buffer.script, buffer.language = "ltr", "thai", "th"
    hb.shape(font, buffer)
    scale = size / upem
    pen = SVGPathPen(None, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
    x = 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == 0:
            raise NoGlyph(text)
        here = (scale, 0, 0, -scale, (x + place.x_offset) * scale, -place.y_offset * scale)
        font.draw_glyph_with_pen(info.codepoint, TransformPen(pen, here))
        x += place.x_advance
    return pen.getCommands(), x * scale


def outline(root: ET.Element) -> None:
    """Replace every ``<text>`` below ``root`` by a group with its outlines, in place."""
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag == f"{SVG}text":
                parent[place] = _drawn(child)


def _drawn(text: ET.Element) -> ET.Element:
    kept = {name: value for name, value in text.attrib.items() if not name.startswith(_TEXT_ONLY)}
    group = ET.Element(f"{SVG}g", kept)
    words = (text.text or "").strip()
    if words:
        weight = 700 if text.get("font-weight") == "bold" else 400
        size = float(text.get("font-size", "13").removesuffix("px"))
        path, advance = shape(words, weight, size)
        drawn = ET.SubElement(group, f"{SVG}path", {"d": path})
        before = {"middle": advance / 2, "end": advance}.get(text.get("text-anchor", ""), 0)
        if before:
            drawn.set("transform", f"translate({-before:.2f},0)")
    return group

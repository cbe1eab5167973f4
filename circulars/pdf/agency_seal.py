"""ตราชื่อส่วนราชการ: the agency's round seal in red, for sealed letters (clause 72, form 27).

Its letters are drawn as outlines: WeasyPrint sets text along a circle only without the marks
above and below, and the name stands in the letter's own text anyway.
"""

import base64
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz
from django.contrib.staticfiles import finders
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from PIL import Image

from portal.core.pdf.fonts import FACES

RED = "#c00000"
OUTER, INNER = 45.0, 35.0  # mm, across (clause 72)
EMBLEM = 30.0  # mm, high (clause 71.1)
_BASELINE = 21.6  # mm from the middle; the letters point inwards along the lower rim
_SIZE = 4.2  # mm
_LONGEST = 300.0  # degrees of the rim; the ends of a longer name would meet above
_PLACEHOLDER = "img/garuda-placeholder.svg"


@dataclass(frozen=True)
class _Cluster:
    """A letter with its marks: outline in font units, and how far it goes on."""

    path: str
    width: float


def seal_drawing(name: str, emblem: bytes | None) -> bytes:
    """The seal of the agency ``name`` as SVG, 45 mm across, its emblem in red."""
    half = OUTER / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{OUTER:g}mm" height="{OUTER:g}mm" '
        f'viewBox="{-half:g} {-half:g} {OUTER:g} {OUTER:g}">'
        f"{_circle(OUTER)}{_circle(INNER)}{_emblem(emblem)}{''.join(_rim(name))}</svg>"
    ).encode()


def _circle(across: float) -> str:
    line = 0.35
    return (
        f'<circle cx="0" cy="0" r="{(across - line) / 2:g}" fill="none" '
        f'stroke="{RED}" stroke-width="{line:g}"/>'
    )


def _rim(name: str) -> Iterator[str]:
    """The name along the lower rim, read from the left to the right."""
    clusters, unit = _clusters(name)
    scale = _SIZE / unit
    degrees = math.degrees(sum(cluster.width for cluster in clusters) * scale / _BASELINE)
    scale *= min(1.0, _LONGEST / degrees) if degrees else 1.0
    per_unit = math.degrees(scale / _BASELINE)
    angle = sum(cluster.width for cluster in clusters) * per_unit / 2
    for cluster in clusters:
        middle = angle - cluster.width * per_unit / 2
        yield (
            f'<path transform="rotate({middle:.3f}) translate(0 {_BASELINE:g}) '
            f'scale({scale:.6f} {-scale:.6f}) translate({-cluster.width / 2:g} 0)" '
            f'fill="{RED}" d="{cluster.path}"/>'
        )
        angle -= cluster.width * per_unit


def _clusters(text: str) -> tuple[list[_Cluster], int]:
    """The outlines of ``text``, and the font's units to its size."""
    path = next(face.path for face in FACES if face.style == "SemiBold")
    font, shaped_by = _font(str(path))
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    if not text:
        return [], font["head"].unitsPerEm
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(shaped_by, buffer)
    pens: dict[int, tuple[SVGPathPen, float]] = {}
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen, width = pens.get(info.cluster, (SVGPathPen(glyphs), 0.0))
        move = (1, 0, 0, 1, width + position.x_offset, position.y_offset)
        glyphs[order[info.codepoint]].draw(TransformPen(pen, move))
        pens[info.cluster] = (pen, width + position.x_advance)
    clusters = [_Cluster(pen.getCommands(), width) for pen, width in pens.values()]
    return clusters, font["head"].unitsPerEm


@cache
def _font(path: str) -> tuple[TTFont, uharfbuzz.Font]:
    return TTFont(path), uharfbuzz.Font(uharfbuzz.Face(Path(path).read_bytes()))


def _emblem(data: bytes | None) -> str:
    """The office's emblem, or the placeholder, in red and 3 cm high in the middle."""
    if data is None:
        return _placeholder()
    picture = _in_red(data)
    high = EMBLEM
    wide = high * picture.width / picture.height
    target = io.BytesIO()
    picture.save(target, "PNG")
    encoded = base64.b64encode(target.getvalue()).decode()
    return (
        f'<image x="{-wide / 2:g}" y="{-high / 2:g}" width="{wide:g}" height="{high:g}" '
        f'href="data:image/png;base64,{encoded}"/>'
    )


def _in_red(data: bytes) -> Image.Image:
    """Every dark dot red, what is light transparent, as a stamp prints it."""
    with Image.open(io.BytesIO(data)) as source:
        shown = Image.new("RGBA", source.size, "white")
        shown.alpha_composite(source.convert("RGBA"))
    ink = shown.convert("L").point(lambda light: 255 - light)
    picture = Image.new("RGBA", shown.size, RED)
    picture.putalpha(ink)
    return picture


def _placeholder() -> str:
    found = finders.find(_PLACEHOLDER)
    assert isinstance(found, str)  # noqa: S101  (a static file of the project)
    source = Path(found).read_text()
    box = re.search(r'viewBox="([^"]+)"', source)
    assert box is not None  # noqa: S101
    left, top, width, height = map(float, box[1].split())
    scale = EMBLEM / height
    inner = source[source.index(">") + 1 : source.rindex("</svg>")]
    inner = re.sub(r"<title>.*?</title>", "", inner)
    return (
        f'<g fill="{RED}" transform="scale({scale:.5f}) '
        f'translate({-left - width / 2:g} {-top - height / 2:g})">{inner}</g>'
    )

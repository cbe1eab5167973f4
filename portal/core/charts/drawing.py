"""Draws a chart once and dresses it for the page or for paper."""

import hashlib
import json
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as kept
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from portal.core.charts.data import ChartData, ChartKind
from portal.core.charts.outline import SVG, outline
from portal.core.charts.spec import COLOURS, VL_VERSION, build, unspell

KEPT_SECONDS = 24 * 60 * 60
_MARKS = {"bar", "point", "circle"}
_COLOUR = re.compile(r'"(#fe00[01][0-9a-f])"')

ET.register_namespace("", SVG.strip("{}"))


@dataclass(frozen=True)
class Chart:
    """A drawn chart; ``data`` is what the table beside it shows."""

    data: ChartData
    drawing: str

    def web(self) -> SafeString:
        """Inline SVG in the colours of the page's variables; dark mode follows by itself."""
        root = self._root()
        label = hashlib.sha256(self.drawing.encode()).hexdigest()[:10]
        root.set("aria-labelledby", f"chart-{label}-title")
        root.set("aria-describedby", f"chart-{label}-text")
        self._name(root, f"chart-{label}")
        return mark_safe(_coloured(root, {m: f"var({name})" for m, (name, _) in COLOURS.items()}))

    def paper(self) -> SafeString:
        """SVG in light colours whose text is outlines, for a PDF."""
        root = self._root()
        outline(root)
        self._name(root, "")
        return mark_safe(_coloured(root, {m: colour for m, (_, colour) in COLOURS.items()}))

    @property
    def table(self) -> list[tuple[str, list[float | None]]]:
        return self.data.rows

    def _root(self) -> ET.Element:
        root = ET.fromstring(self.drawing)  # noqa: S314  (drawn by ourselves a moment ago)
        root.set("role", "img")
        root.set("class", "chart-drawing")
        return root

    def _name(self, root: ET.Element, label: str) -> None:
        title = ET.Element(f"{SVG}title", {"id": f"{label}-title"} if label else {})
        title.text = self.data.title
        desc = ET.Element(f"{SVG}desc", {"id": f"{label}-text"} if label else {})
        desc.text = " · ".join(filter(None, [self.data.unit, self.data.source]))
        root[:0] = [title, desc]


def chart(kind: ChartKind, data: ChartData) -> Chart:
    """The chart of ``data``; the same data are drawn once a day in the whole office.

    Nothing is loaded from anywhere. Call it in the process that answers, never before a fork.
    """
    spec = build(kind, data)
    key = f"chart:{hashlib.sha256(json.dumps(spec).encode()).hexdigest()}"
    drawing = kept.get(key)
    if drawing is None:
        drawing = _clean(_draw(spec))
        kept.set(key, drawing, KEPT_SECONDS)
    return Chart(data, drawing)


def _draw(spec: dict[str, Any]) -> str:
    converter = _converter(os.getpid())
    return converter.vegalite_to_svg(spec, vl_version=VL_VERSION, allowed_base_urls=[])


@cache  # its engine hangs in a child forked after its first use
def _converter(process: int) -> Any:
    import vl_convert

    for face in ("400Regular", "700Bold"):
        folder = settings.NODE_MODULES / "@expo-google-fonts/sarabun" / face
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def _clean(svg: str) -> str:
    """The drawing without roles and sizes of its own, each mark named by its ``<title>``."""
    root = ET.fromstring(unspell(svg))  # noqa: S314  (drawn by the library from our own data)
    for element in root.iter():
        label = element.attrib.pop("aria-label", "")
        kind = element.attrib.pop("aria-roledescription", "")
        for name in ("role", "aria-hidden", "pointer-events", "class"):
            element.attrib.pop(name, None)
        if kind in _MARKS:
            ET.SubElement(element, f"{SVG}title").text = label
        if element.get("opacity") == "1":
            del element.attrib["opacity"]
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    _prune(root)
    return ET.tostring(root, encoding="unicode")


def _prune(element: ET.Element) -> None:
    """Take out what draws nothing: empty paths and groups."""
    for child in list(element):
        _prune(child)
        is_path = child.tag == f"{SVG}path" and child.get("fill") is None
        draws_nothing = is_path and child.get("stroke") is None
        if draws_nothing or (child.tag == f"{SVG}g" and not len(child)):
            element.remove(child)


def _coloured(root: ET.Element, colours: dict[str, str]) -> str:
    svg = ET.tostring(root, encoding="unicode")
    return _COLOUR.sub(lambda found: f'"{escape(colours[found[1]])}"', svg)

"""A DOCX page in the layout of the regulation: A4, its margins, Sarabun 16 pt."""

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "Sarabun"
SIZE = 16
RED = RGBColor(0xC0, 0, 0)
TEXT_WIDTH = 160  # mm


class Paper:
    """Adds paragraphs in the order in which they are read."""

    def __init__(self, title: str) -> None:
        self.document = Document()
        self.document.core_properties.title = title
        self.document.core_properties.language = "th-TH"
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(30), Mm(20)
        section.top_margin, section.bottom_margin = Mm(25), Mm(20)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(SIZE)
        normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.line_spacing = 1.0
        _complex(normal.element.get_or_add_rPr(), SIZE)

    def line(
        self, text: str = "", *, before: float = 0, left: float = 0, first: float = 0,
        middle: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph: ``before`` in points, ``left`` and ``first`` (line) in millimetres."""
        paragraph = self.document.add_paragraph()
        if text:
            self.run(paragraph, text)
        _place(paragraph, before=before, left=left, first=first)
        if middle:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    def run(
        self, paragraph: Paragraph, text: str, *, size: float = SIZE, bold: bool = False,
        red: bool = False,
    ) -> Run:  # fmt: skip
        run = paragraph.add_run(text)
        run.bold = bold or None
        run.font.size = Pt(size)
        if red:
            run.font.color.rgb = RED
        _complex(run._element.get_or_add_rPr(), size, bold=bold)
        return run

    def field(self, label: str, items: Iterable[str], *, before: float = 6) -> None:
        """A label and what follows it; further items hang below the first."""
        for index, text in enumerate(items):
            paragraph = self.line(before=0 if index else before, left=25, first=-25)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(25))
            self.run(paragraph, f"{'' if index else label}\t{text}")

    def dotted(self, *pairs: tuple[str, str]) -> None:
        """One line of a memo: labels in 20 pt bold, dotted leaders behind what is written."""
        paragraph = self.line()
        stops = paragraph.paragraph_format.tab_stops
        for index, (label, text) in enumerate(pairs, 1):
            self.run(paragraph, f"{label} ", size=20, bold=True)
            self.run(paragraph, f"{text}\t")
            stops.add_tab_stop(
                Mm(TEXT_WIDTH * index / len(pairs)), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS
            )

    def picture(self, png: bytes, *, high: float, middle: bool = True) -> Paragraph:
        """A picture ``high`` mm high."""
        paragraph = self.line(middle=middle)
        paragraph.add_run().add_picture(io.BytesIO(png), height=Mm(high))
        return paragraph

    def table(self, rows: int, columns: int) -> Table:
        return self.document.add_table(rows, columns, style="Table Grid")

    def saved(self) -> bytes:
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()


def _place(paragraph: Paragraph, *, before: float, left: float, first: float) -> None:
    shape = paragraph.paragraph_format
    shape.space_before = Pt(before)
    shape.left_indent = Mm(left) if left else None
    shape.first_line_indent = Mm(first) if first else None


def _complex(properties: Any, size: float, *, bold: bool = False) -> None:
    """Thai is a complex script: Word takes its font, size and weight from settings apart."""
    fonts = properties.get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    for tag, value in (("w:szCs", str(round(size * 2))), ("w:bCs", "1" if bold else "0")):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        element = OxmlElement(tag)
        element.set(qn("w:val"), value)
        properties.append(element)

"""The text of a letter as paragraphs, lists and tables of a DOCX."""

from html.parser import HTMLParser

from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from circulars.docx.paper import Paper

_INDENT = 25  # mm, of a paragraph's first line
_STYLES = {"strong": "bold", "em": "italic", "u": "underline"}


class BodyWriter(HTMLParser):
    """Writes a cleaned body (``circulars.body``) onto a paper."""

    def __init__(self, paper: Paper, figures: "Figures") -> None:
        super().__init__()
        self._paper = paper
        self._figures = figures
        self._open: list[str] = []
        self._lists: list[list[int]] = []
        self._paragraph: Paragraph | None = None
        self._rows: list[list[list[str]]] | None = None

    def write(self, body: str) -> None:
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag == "table":
            self._rows = []
        elif self._rows is not None:
            self._start_in_table(tag)
        elif tag in ("ol", "ul"):
            self._lists.append([0 if tag == "ol" else -1])
        elif tag == "li":
            self._start_item()
        elif tag == "p" and not (self._lists and self._is_bare()):
            self._paragraph = self._paper.line(before=6, first=_INDENT)
        elif tag == "br" and self._paragraph is not None:
            self._paragraph.add_run().add_break()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            continue
        if tag in ("ol", "ul"):
            self._lists.pop()
        elif tag == "table" and self._rows is not None:
            rows, self._rows = self._rows, None
            self._write_table(rows)
        elif tag in ("p", "li"):
            self._paragraph = None

    def handle_data(self, data: str) -> None:
        if self._rows is not None:
            if self._rows and self._rows[-1]:
                self._rows[-1][-1].append(data)
            return
        if not data.strip() and self._paragraph is None:
            return
        if self._paragraph is None:
            self._paragraph = self._paper.line(before=6, first=_INDENT)
        run = self._paper.run(self._paragraph, data, bold="strong" in self._open)
        run.italic = "em" in self._open or None
        run.underline = "u" in self._open or None

    def _start_item(self) -> None:
        counter = self._lists[-1]
        mark = "-"
        if counter[0] >= 0:
            counter[0] += 1
            mark = self._figures(f"{counter[0]}.")
        left = _INDENT + 9 * len(self._lists)
        self._paragraph = self._paper.line(f"{mark} ", left=left, first=-9)

    def _is_bare(self) -> bool:
        """The item has its mark only: its first paragraph goes on in the same line."""
        return self._paragraph is not None and len(self._paragraph.runs) == 1

    def _start_in_table(self, tag: str) -> None:
        assert self._rows is not None  # noqa: S101  (called inside a table only)
        if tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append([])

    def _write_table(self, rows: list[list[list[str]]]) -> None:
        width = max((len(row) for row in rows), default=0)
        if not width:
            return
        table: Table = self._paper.table(len(rows), width)
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, pieces in zip(row.cells, cells, strict=False):
                self._fill(cell, "".join(pieces))

    def _fill(self, cell: _Cell, text: str) -> None:
        self._paper.run(cell.paragraphs[0], " ".join(text.split()))


class Figures:
    """The office's choice of digits for what the portal numbers itself."""

    def __init__(self, *, thai: bool) -> None:
        self._thai = thai

    def __call__(self, text: str) -> str:
        return text.translate(_THAI) if self._thai else text


_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

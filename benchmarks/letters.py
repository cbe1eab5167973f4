"""Letters as PDF, against WeasyPrint with the same HTML, pictures and kept fonts; and memory."""

import gc
from functools import partial
from itertools import cycle, islice

import psutil
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.report import Figure
from benchmarks.timing import interleaved, seconds
from circulars.models import Letter
from circulars.pdf import document
from circulars.pdf.content import sheet_of
from portal.core.pdf import fonts, render
from portal.core.pdf.fetcher import LocalFetcher
from portal.org.models import Office

REACH = 0.9
DIFFERENT = 12
"""So many letters are rendered in turn; their texts are of different lengths."""
WARM = 50
"""After so many letters a process has all that it keeps."""
MAX_GROWTH = 5.0  # MiB
MIB = 2**20


def measure(office: Office, pdfs: int, pdfs_for_memory: int) -> Figure:
    """PDFs a second, without the seal, and what memory ``pdfs_for_memory`` of them cost."""
    letters = list(
        Letter.objects.filter(unit__office=office)
        .select_related("unit__office")
        .order_by("pk")[:DIFFERENT]
    )
    growth = _growth(letters, pdfs_for_memory)
    rates = interleaved(
        max(1, pdfs // DIFFERENT),
        work=partial(_by_portal, letters),
        ceiling=partial(_by_weasyprint, [_Bare(letter) for letter in letters], *typesetting()),
    )
    return Figure(
        name="letter PDF",
        size=f"{pdfs:,} letters",
        unit="PDFs",
        work=rates.work,
        ceiling=rates.ceiling,
        reach=REACH,
        held=growth < MAX_GROWTH,
        note=f"memory {growth:+.1f} MiB over {pdfs_for_memory:,} after the first {WARM}"
        f" (below {MAX_GROWTH:.0f})",
    )


class _Bare:
    """The HTML of a letter and the pictures it names, ready for WeasyPrint."""

    def __init__(self, letter: Letter) -> None:
        self.html = document.letter_html(letter)
        self.images = document._images(sheet_of(letter))


def _by_portal(letters: list[Letter]) -> float:
    return len(letters) / seconds(lambda: [document.letter_pdf(letter) for letter in letters])


def _by_weasyprint(letters: list[_Bare], configuration: FontConfiguration, css: CSS) -> float:
    def write(letter: _Bare) -> bytes:
        page = HTML(
            string=letter.html,
            base_url="file:///relative/",
            url_fetcher=LocalFetcher(letter.images),
        )
        return page.write_pdf(font_config=configuration, stylesheets=[css])

    return len(letters) / seconds(lambda: [write(letter) for letter in letters])


def typesetting() -> tuple[FontConfiguration, CSS]:
    """A font configuration of its own with the portal's fonts, made once."""
    configuration = FontConfiguration()
    css = CSS(
        string=fonts.font_face_css() + render._BASE_CSS,
        font_config=configuration,
        url_fetcher=LocalFetcher({}),
    )
    return configuration, css


def _growth(letters: list[Letter], count: int) -> float:
    """MiB that the process grows by while it renders ``count`` letters, the first ones apart."""
    turns = cycle(letters)
    for letter in islice(turns, WARM):
        document.letter_pdf(letter)
    before = _resident()
    for letter in islice(turns, count - WARM):
        document.letter_pdf(letter)
    return (_resident() - before) / MIB


def _resident() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss

"""HTML to PDF with the portal's Thai fonts.

WeasyPrint leaks when its font configuration is made anew per document, and is slower: there
is one per process, with the style sheet of the fonts read into it.
"""

import os
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from portal.core.errors import PortalError
from portal.core.pdf import fonts
from portal.core.pdf.fetcher import LocalFetcher

# Left-aligned, because some readers take the gaps of justified text for columns. The font's own
# line height (1.3) is the "single line" of word processors; at 1 the tones touch the line above.
_BASE_CSS = f"""
html {{ font-family: "{fonts.FAMILY}"; font-size: 16pt; line-height: normal; text-align: left; }}
"""

# A relative address leads to nothing, which is noticed; without a base it would be passed over.
_NOWHERE = "file:///relative/"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Pango's font map belongs to one thread at a time.
_lock = threading.Lock()


class PdfFailed(PortalError):
    """The document could not be made as it was asked for; nothing was."""

    code = "pdf_failed"
    status = 500
    default_message = _("The PDF could not be made. Please try again later.")


def render_pdf(
    html: str,
    *,
    title: str,
    lang: str = "th",
    images: Mapping[str, bytes] | None = None,
    folders: tuple[Path, ...] = (),
    variant: str | None = None,
    tagged: bool = False,
) -> bytes:
    """The document as PDF, titled ``title``, in the family "Portal Sarabun" at 16 pt.

    Thai text extracts exactly as written, provided it was normalised before. A character that
    no font has is printed as a box and extracts as U+FFFD: left as it is, it would make all of
    the text unreadable to two of four PDF readers. ``images`` are
    found at ``image:<name>``, static files at ``static:<path>``; ``folders`` opens folders
    for ``file:`` addresses. Page size and margins are the document's own ``@page``; it must not
    bring ``@font-face`` rules, which the shared configuration would keep for ever.

    ``variant`` is WeasyPrint's name of an archival form ("pdf/a-3b", "pdf/ua-1"); ``tagged``
    adds the structure that screen readers use. Fonts are always cut to the glyphs used.

    Raises PdfFailed when the document asks for anything that it may not load or that is not
    there, so that no letter leaves without its emblem, and FontsMissing before the fonts are
    built. One document at a time is rendered in a process.
    """
    fetcher = LocalFetcher(images or {}, folders)
    options = {"pdf_variant": variant, "pdf_tags": tagged}
    with _lock:
        data, unknown = _typeset(html, title, lang, fetcher, options)
        if unknown:
            readable = html.translate(dict.fromkeys(unknown, _REPLACEMENT))
            data, _still_unknown = _typeset(readable, title, lang, fetcher, options)
    if fetcher.refused:
        raise PdfFailed(
            _("The PDF could not be made: %(what)s is missing.") % {"what": fetcher.refused[0]}
        )
    return data


def render_template_pdf(template_name: str, context: dict[str, Any], **options: Any) -> bytes:
    """A template as PDF. ``context["title"]`` is the document's title; options as `render_pdf`.

    A PDF template is tested as HTML first, then by what its text extracts to.
    """
    html = render_to_string(template_name, context)
    return render_pdf(html, title=str(context["title"]), **options)


def _typeset(
    html: str, title: str, lang: str, fetcher: LocalFetcher, options: dict[str, Any]
) -> tuple[bytes, set[int]]:
    """The PDF, and the code points that no font on this machine can draw."""
    configuration, css = _typesetting(os.getpid())
    document = HTML(string=html, base_url=_NOWHERE, url_fetcher=fetcher)
    document.etree_element.attrib.setdefault("lang", lang)
    laid_out = document.render(configuration, stylesheets=[css], **options)
    laid_out.metadata.title = title
    data = laid_out.write_pdf(**options)
    return data, {code for font in laid_out.fonts.values() for code in font.missing}


@cache  # a forked child must not drop (and so delete) what its parent made
def _typesetting(process: int) -> tuple[FontConfiguration, CSS]:
    """The font configuration of this process and the style sheet that fills it."""
    configuration = FontConfiguration()
    css = CSS(
        string=fonts.font_face_css() + _BASE_CSS,
        font_config=configuration,
        url_fetcher=LocalFetcher({}),
    )
    return configuration, css

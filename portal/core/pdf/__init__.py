"""PDF files whose Thai text can be copied and searched.

`render_pdf` and `render_template_pdf` are the only ways in; `fonts` builds and names the faces.
"""

from portal.core.pdf.fonts import FontsMissing
from portal.core.pdf.render import PdfFailed, render_pdf, render_template_pdf

__all__ = ["FontsMissing", "PdfFailed", "render_pdf", "render_template_pdf"]

"""The official letter as PDF: a draft for looking at, and the sealed one that is kept."""

from circulars.pdf.document import letter_html, letter_pdf, preview_drawing, sealed_letter

__all__ = ["letter_html", "letter_pdf", "preview_drawing", "sealed_letter"]

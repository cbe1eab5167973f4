"""The letter as a Word file (DOCX), with the same fields as the PDF, for further work outside."""

from circulars.docx.document import letter_docx

__all__ = ["letter_docx"]

"""How different readers read the text of a PDF."""

import io
import shutil
import subprocess
from collections.abc import Callable

import pypdf
import pytest
from pdfminer.high_level import extract_text


def pdftotext(data: bytes) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (Debian package poppler-utils) is not installed")
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def pypdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def pdfminer_text(data: bytes) -> str:
    return extract_text(io.BytesIO(data))


Reader = Callable[[bytes], str]
READERS: tuple[Reader, ...] = (pdftotext, pypdf_text, pdfminer_text)


def without_space(text: str) -> str:
    """``text`` without white space, which readers put where lines and pages end."""
    return "".join(text.split())

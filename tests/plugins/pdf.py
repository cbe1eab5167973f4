"""Fixtures for tests that make PDF files; loaded by tests/conftest.py for all of them."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from portal.core.pdf.fonts import FontsMissing, build_fonts


@pytest.fixture(scope="session", autouse=True)
def _pdf_fonts() -> None:
    """Build the fonts once; without the npm package, tests that render say what is missing."""
    try:
        build_fonts()
    except FontsMissing as error:
        logging.getLogger(__name__).warning("%s", error)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self.expected = False

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def _weasyprint_log() -> Iterator[_Collector]:
    """Fails a test in which WeasyPrint logged an ERROR: a picture or address did not load."""
    collector = _Collector()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(collector)
    yield collector
    logger.removeHandler(collector)
    if not collector.expected:
        assert collector.messages == []


@pytest.fixture
def weasyprint_errors(_weasyprint_log: _Collector) -> list[str]:
    """What WeasyPrint complained of; a test that asks for it may, and has to check it."""
    _weasyprint_log.expected = True
    return _weasyprint_log.messages


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; skips the test where it is missing."""
    folder = Path(settings.BASE_DIR).parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data of {folder} is not there")
    return folder

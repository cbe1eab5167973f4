"""The demo office has letters on paper with their stamps, once."""

import io

import pytest

from circulars.demo_incoming import AGENCIES, PAPERS, PaperDemo
from circulars.enums import Channel
from circulars.models import Letter, ReceiptStamp
from circulars.services.reading import read_file
from portal.core import registry
from portal.org.models import Unit

pytestmark = pytest.mark.django_db


def test_demo_papers_are_registered_stamped_and_readable() -> None:
    for code in ("org", "accounts"):
        registry.demo_loaders.get(code).load(io.StringIO())
    for _run in range(2):
        PaperDemo().load(io.StringIO())

    letters = Letter.objects.filter(channel=Channel.PAPER).select_related(
        "unit__office", "pdf__blob"
    )
    assert letters.count() == len(PAPERS)
    assert Unit.objects.outside().count() == len(AGENCIES)
    assert [stamp.is_drawn for stamp in ReceiptStamp.objects.all()] == [True] * len(PAPERS)
    for letter in letters:
        assert letter.pdf is not None
        reading = read_file(letter.pdf, office=letter.unit.office)
        assert reading is not None
        assert (reading.subject, reading.reference, reading.dated, reading.sender) == (
            letter.subject, letter.number_text, letter.letter_date, letter.unit.name,
        )  # fmt: skip

"""File names of letters as appendix 7, 4.3 (amendment 4) wants them.

BE year _ agency code in Roman letters with the unit's number _ register number
[_ attachment number], Arabic digits, nothing but letters, digits and ``_``.
"""

import re
from pathlib import PurePosixPath

from circulars.models import Letter
from portal.core.thai.digits import to_arabic
from portal.files.models import StoredFile


def letter_file_name(letter: Letter) -> str:
    """``2569_MOE04108_123.pdf``. Raises ValueError for a letter without a number."""
    return f"{_stem(letter)}.pdf"


def attachment_file_name(letter: Letter, index: int, stored_name: str) -> str:
    """``2569_MOE04108_123_1.pdf`` for the first attachment (``index`` 1).

    The ending is that of ``stored_name``. Raises ValueError for a letter without a number.
    """
    return f"{_stem(letter)}_{index}{PurePosixPath(stored_name).suffix.lower()}"


def named_files(letter: Letter) -> list[tuple[StoredFile, str]]:
    """The signed PDF and the attachments with their legal names, in order."""
    files = [(letter.pdf, letter_file_name(letter))] if letter.pdf else []
    attachments = letter.attachments.select_related("file__blob")
    return files + [
        (attachment.file, attachment_file_name(letter, index, attachment.file.name))
        for index, attachment in enumerate(attachments, 1)
    ]


def agency_code(letter: Letter) -> str:
    """The Roman code: the office's, or for a school its own number after the same letters."""
    office = letter.unit.office
    if not (letter.unit.is_school and letter.unit.letter_code):
        return _plain(office.roman_code)
    letters = re.match(r"[A-Za-z]*", office.roman_code)
    number = re.sub(r"^\D+", "", to_arabic(letter.unit.letter_code))
    return _plain(f"{letters[0] if letters else ''}{number}")


def _stem(letter: Letter) -> str:
    if letter.entry is None:
        raise ValueError("a letter without a number has no legal file name")
    return f"{letter.entry.register.year}_{agency_code(letter)}_{letter.entry.number}"


def _plain(code: str) -> str:
    """Only letters and digits, with ``_`` for what stands between them."""
    return re.sub(r"[^0-9A-Za-z]+", "_", to_arabic(code)).strip("_")

"""Reads the cells of one row of a spreadsheet, collecting in plain words what is wrong."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.thai.dates import parse_be
from portal.core.thai.text import normalize

T = TypeVar("T")


class Cells:
    """One row by column; ``errors`` holds the messages by column."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.errors: dict[str, list[str]] = {}

    def has(self, column: str) -> bool:
        """Whether the file has the column at all: an absent one leaves things as they are."""
        return column in self._row

    def error(self, column: str, message: str) -> None:
        self.errors.setdefault(column, []).append(message)

    def text(self, column: str, *, required: bool = False) -> str:
        """The cell as clean text; a number that a spreadsheet made of a code is one again."""
        value = self._row.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "" if value is None else normalize(str(value))
        if required and not text:
            self.error(column, _("This must not be empty."))
        return text

    def day(self, column: str) -> date | None:
        """A date cell, or a date typed in the Buddhist era."""
        value = self._row.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self.text(column)
        try:
            return parse_be(text) if text else None
        except ValueError as error:
            self.error(column, str(error))
            return None

    def number(self, column: str) -> float | None:
        text = self.text(column)
        try:
            number = float(text) if text else None
        except ValueError:
            number = math.nan
        if number is not None and not math.isfinite(number):
            self.error(column, _("%(value)s is not a number.") % {"value": text})
            return None
        return number

    def one_of(self, column: str, known: Mapping[str, set[T]], message: str) -> T | None:
        """What the cell names among ``known`` (by ``key_of``); empty names nothing."""
        text = self.text(column)
        if not text:
            return None
        found = known.get(key_of(text), set())
        if len(found) == 1:
            return next(iter(found))
        self.error(column, _("Several have this name; write the code.") if found else message)
        return None


def key_of(text: str) -> str:
    """``text`` as names are compared: without spaces, hyphens and capitals."""
    return "".join(normalize(text).split()).replace("-", "").replace("_", "").casefold()


def choices_by_word(choices: Sequence[tuple[str, str | Promise]]) -> dict[str, set[str]]:
    """The values of ``choices`` by themselves and by their label in each language."""
    words: dict[str, set[str]] = {key_of(value): {value} for value, _label in choices}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for value, label in choices:
                words.setdefault(key_of(str(label)), set()).add(value)
    return words

"""Dictionary order of the Royal Society, as a stored key.

The database has no Thai collation, so a column keeps `sort_key` of the name and sorts by it.
Rules (dictionary of the Royal Society, how words are arranged; CLDR `th` agrees):
by the written consonants ก … ร ฤ ล ฦ ว … ฮ, then by the written vowels ะ ั า ำ ิ ี ึ ื ุ ู เ แ โ ใ ไ;
a leading vowel counts after its consonant; no vowel comes before any vowel; tone marks, ็ and ์
count only between words that are otherwise equal, in the order ์ ็ ่ ้ ๊ ๋. Here a space comes
before all else, so that names sort by given name, then family name; digits before letters;
Thai before Latin letters; other marks and capitals decide last.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import product

from portal.core.thai.text import normalize

KEY_LENGTH = 400

# A weight is written as a digit and a letter: every collation compares such pairs in the same
# way, because none has a contraction across them ("aa" in Danish, "ch" in Czech).
_CODES = [digit + letter for digit, letter in product("0123456789", "abcdefghjklmnop")]

_SEPARATOR = 0
_PRIMARY_ORDER = (
    " 0123456789กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮํะัาำิีึืุูเแโใไฺabcdefghijklmnopqrstuvwxyz"
)
_PRIMARY = {character: weight for weight, character in enumerate(_PRIMARY_ORDER, start=1)}
_OTHER_LETTER = len(_PRIMARY_ORDER) + 1

_OTHER_MARK = 1
_MARKS = {mark: weight for weight, mark in enumerate("๎์็่้๊๋", start=2)}

_VARIANTS = dict(zip("ๅ๐๑๒๓๔๕๖๗๘๙", "า0123456789", strict=True))
_CAPITAL, _VARIANT, _PUNCTUATION = 1, 2, 3

_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")


def sort_key(text: str, *, length: int = KEY_LENGTH) -> str:
    """An ASCII key of at most ``length`` characters that sorts as ``text`` in a dictionary.

    Keys compare rightly under every PostgreSQL collation, C included. Two characters per
    letter, four per tone mark; a longer key is cut, which can only make late letters equal.
    """
    key = _Key()
    for character in _arranged(text):
        key.take(character)
    return key.text()[: length - length % 2]


def _arranged(text: str) -> str:
    """One line, marks apart from Latin letters, each leading vowel after its consonant."""
    line = " ".join(normalize(text).split())
    return _LEADING_VOWEL.sub(r"\2\1", unicodedata.normalize("NFD", line))


class _Key:
    """The weights of a text on three levels: letters, marks, the way of writing.

    Marks and ways of writing carry their place, counted from the end of the scale, so that
    an earlier one weighs more: แหง, แหง่, แห่ง.
    """

    def __init__(self) -> None:
        self._letters: list[int] = []
        self._letter_count = 0
        self._marks: list[int] = []
        self._ways: list[int] = []

    def take(self, character: str) -> None:
        if character in _PRIMARY:
            self._letter(_PRIMARY[character])
        elif character.lower() in _PRIMARY:
            self._letter(_PRIMARY[character.lower()], way=_CAPITAL)
        elif character in _VARIANTS:
            self._letter(_PRIMARY[_VARIANTS[character]], way=_VARIANT)
        else:
            self._take_other(character)

    def text(self) -> str:
        levels = [self._letters, self._marks, self._ways]
        while levels and not levels[-1]:
            levels.pop()
        return _CODES[_SEPARATOR].join("".join(_CODES[w] for w in level) for level in levels)

    def _take_other(self, character: str) -> None:
        category = unicodedata.category(character)
        if category[0] == "M":
            self._marks += [self._place(), _MARKS.get(character, _OTHER_MARK)]
        elif category[0] in "LN":
            self._letter(_OTHER_LETTER, *_digits_of(ord(character)))
        else:
            self._ways += [self._place(), _PUNCTUATION]

    def _letter(self, *weights: int, way: int = 0) -> None:
        self._letters += weights
        self._letter_count += 1
        if way:
            self._ways += [self._place(), way]

    def _place(self) -> int:
        return max(1, len(_CODES) - 1 - self._letter_count)


def _digits_of(code_point: int) -> Iterable[int]:
    """``code_point`` in three digits of the base that one weight can hold."""
    high, low = divmod(code_point, len(_CODES))
    return *divmod(high, len(_CODES)), low

"""The details of a letter as they are printed."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.core.thai.dates import long
from portal.users.models import User

_LISTS = ("present", "absent", "attending")
_FIGURES = ("edition", "meeting_number", "began_at", "ended_at")
_LEADING_VOWELS = "เแโใไ"


def printed_details(details: Mapping[str, Any], figures: Callable[[str], str]) -> dict[str, Any]:
    """Numbers, days and times in the office's digits, lists of people line by line.

    What people wrote stays as they wrote it.
    """
    printed = dict(details)
    for name in _FIGURES:
        if details.get(name):
            printed[name] = figures(str(details[name]).replace(":", "."))
    if held := details.get("held_on"):
        printed["held_on"] = figures(long(date.fromisoformat(held)))
    for name in _LISTS:
        lines = [line.strip() for line in str(details.get(name, "")).splitlines()]
        printed[name] = [
            (figures(f"{number}."), line) for number, line in enumerate(filter(None, lines), 1)
        ]
    return printed


def initials(person: User) -> str:
    """ลายมือชื่อย่อ beside a seal: the first consonants of first name and surname, ส.จ."""
    names = (person.first_name, person.last_name)
    letters = [name.strip().lstrip(_LEADING_VOWELS)[:1] for name in names]
    return "".join(f"{letter}." for letter in letters if letter)

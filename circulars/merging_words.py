"""Blanks in a text: ``{name}`` stands for what is written in the column ``name`` of a list."""

import re
from collections.abc import Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{([^{}<>\n]{1,60})\}")


def filled(text: str, row: Mapping[str, str]) -> str:
    """``text`` with the blanks that ``row`` knows; others stay."""
    return PLACEHOLDER.sub(lambda match: row.get(match[1].strip(), match[0]), text)


def filled_details(details: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: filled(value, row) if isinstance(value, str) else value
        for name, value in details.items()
    }

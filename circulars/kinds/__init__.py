"""The kinds of letter of clause 10: one table that numbering, forms, PDF and linter ask."""

from circulars.kinds.table import (
    GROUPS,
    KINDS,
    Kind,
    Numbering,
    Part,
    Recipients,
    kind_of,
    without_recipients,
)

__all__ = [
    "GROUPS",
    "KINDS",
    "Kind",
    "Numbering",
    "Part",
    "Recipients",
    "kind_of",
    "without_recipients",
]

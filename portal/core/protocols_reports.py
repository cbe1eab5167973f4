"""The shapes of what apps tell of themselves for reports: evidence, and the work of persons.

Registered and imported as those of :mod:`portal.core.protocols`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from django.utils.functional import Promise

if TYPE_CHECKING:
    from portal.org.models import Office
    from portal.users.models import User

Text: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence: what, when, how many, and where it can be looked at.

    A sample is one of the counted things, shown by name; it adds nothing to the counts.
    """

    title: Text
    on: date
    count: int = 1
    url: str = ""
    is_sample: bool = False


@runtime_checkable
class EvidenceSource(Protocol):
    """Evidence for a point of the OBEC office standard or of OIT; ``points`` names them.

    Only what any outsider may read: no secret letter, nobody's name.
    """

    code: str
    order: int = 100
    label: Text
    points: frozenset[str]

    def items(self, office: "Office", start: date, end: date) -> Iterable[EvidenceItem]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted thing with its unit."""

    label: Text
    value: int
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class DoneItem:
    """One thing a person did: ``what`` ("Signed"), to what, when, and where it is."""

    what: Text
    title: str
    at: datetime
    url: str = ""


@runtime_checkable
class PersonStatistics(Protocol):
    """What a person did from ``start`` to ``end``, for the report on persons.

    ``viewer`` is who reads it, None anybody at all: what they may not know of is not counted,
    and what they may not see is not listed. Both days are included.
    """

    code: str
    order: int = 100
    label: Text

    def figures(
        self, user: "User", start: date, end: date, *, viewer: "User | None"
    ) -> Iterable[Figure]: ...

    def by_day(
        self, user: "User", start: date, end: date, *, viewer: "User | None"
    ) -> Mapping[date, int]:
        """How many things on each day; days without any may be left out."""
        return {}

    def items(
        self, user: "User", start: date, end: date, *, viewer: "User | None", limit: int
    ) -> Sequence[DoneItem]:
        """The newest of them that ``viewer`` may see, at most ``limit``."""
        return ()

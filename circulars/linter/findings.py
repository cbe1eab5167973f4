"""What a rule finds, and what it looks at."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils import timezone

from circulars.body import body_text
from circulars.kinds import Kind, kind_of
from circulars.models import Letter, MergeRun, Reference
from portal.core.thai.digits import to_arabic


class Severity(StrEnum):
    """An error keeps a letter from going up the chain; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``part`` is the field of the letter that it is about, empty when about all of it."""

    rule: str
    severity: Severity
    clause: str
    message: str
    part: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class Draft:
    """A letter as the rules see it; what several of them need is read once."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.kind: Kind = kind_of(letter)
        self.today: date = timezone.localdate()

    @cached_property
    def text(self) -> str:
        """The words of the text, with Arabic digits."""
        return to_arabic(body_text(self.letter.body))

    @cached_property
    def written(self) -> dict[str, str]:
        """Everything that people typed and that is printed, by part."""
        details = {
            name: value for name, value in self.letter.details.items() if isinstance(value, str)
        }
        own = {name: getattr(self.letter, name) for name in ("subject", "addressee", "copies_to")}
        return {**own, "body": body_text(self.letter.body), **details}

    @cached_property
    def references(self) -> list[Reference]:
        return list(self.letter.references.select_related("earlier__unit__office"))

    @cached_property
    def attachments(self) -> list[str]:
        return list(self.letter.attachments.values_list("title", flat=True))

    @cached_property
    def recipients(self) -> frozenset[int]:
        return frozenset(self.letter.recipients.values_list("unit_id", flat=True))

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names that the letter's list of people fills; none without a list."""
        runs = MergeRun.objects.filter(letter=self.letter).values_list("columns", flat=True)
        return frozenset(name for columns in runs for name in columns)

    def value(self, name: str) -> object:
        """What stands in a part: a field of the letter, or one of its details."""
        if hasattr(self.letter, name):
            return getattr(self.letter, name)
        return self.letter.details.get(name, "")

    def error(self, rule: str, message: str, part: str = "", clause: str = "") -> Finding:
        return self._finding(Severity.ERROR, rule, message, part, clause)

    def warning(self, rule: str, message: str, part: str = "", clause: str = "") -> Finding:
        return self._finding(Severity.WARNING, rule, message, part, clause)

    def _finding(
        self, severity: Severity, rule: str, message: str, part: str, clause: str
    ) -> Finding:
        return Finding(rule, severity, clause or self.kind.clause_of(part), message, part)

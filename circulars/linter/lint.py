"""Every rule, over one letter."""

from collections.abc import Callable, Iterator

from circulars.linter import addressing, content, earlier, numbers
from circulars.linter.findings import Draft, Finding
from circulars.models import Letter

Rule = Callable[[Draft], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    content.missing_parts,
    addressing.missing_recipients,
    addressing.salutation_and_closing,
    addressing.rank_of_addressee,
    addressing.outside_the_house,
    addressing.closed_recipients,
    addressing.secret_to_everybody,
    earlier.unknown_to_receiver,
    earlier.more_than_the_last,
    earlier.without_date,
    earlier.not_in_text,
    content.named_but_not_attached,
    content.attached_but_not_named,
    content.placeholders,
    content.dots,
    content.christian_years,
    content.articles_of_rules,
    content.matters_under_seal,
    content.times_of_meeting,
    numbers.date_and_register,
    numbers.year_in_text,
    numbers.next_number_given,
    numbers.edition_given,
    numbers.due_date,
)


def findings(letter: Letter) -> list[Finding]:
    """What the rules say about ``letter`` as it is stored, errors first."""
    draft = Draft(letter)
    found = [finding for rule in RULES for finding in rule(draft)]
    return sorted(found, key=lambda finding: not finding.is_error)


def errors(letter: Letter) -> list[Finding]:
    """What keeps the letter from being submitted."""
    return [finding for finding in findings(letter) if finding.is_error]

"""Rules about letters that are referred to."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from circulars.linter.findings import Draft, Finding
from circulars.models import Delivery, Letter
from portal.core.thai.dates import MONTHS, SHORT_MONTHS
from portal.core.thai.digits import to_arabic
from portal.org.enums import OFFICE_KINDS
from portal.org.models import Unit
from portal.org.service import central_registry

_MONTH = "|".join(map(re.escape, (*MONTHS, *SHORT_MONTHS)))
_DATED = re.compile(
    rf"\d{{1,2}}\s*(?:{_MONTH})\s*(?:พ\.?\s?ศ\.?\s*)?\d{{2,4}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}"
)
_SHOWN = 3


def unknown_to_receiver(draft: Draft) -> Iterator[Finding]:
    """Only letters are referred to that the receiver has had before (11.6)."""
    for reference in draft.references:
        if reference.earlier is None or not draft.recipients:
            continue
        strangers = draft.recipients - _had(reference.earlier)
        if strangers:
            units = Unit.objects.filter(pk__in=sorted(strangers)[:_SHOWN])
            names = ", ".join(str(unit) for unit in units.order_by("sort_key"))
            more = f" (+{len(strangers) - _SHOWN})" if len(strangers) > _SHOWN else ""
            words = _("%(names)s never got “%(reference)s”.")
            yield draft.warning(
                "reference_unknown",
                words % {"names": names + more, "reference": reference.text},
                "references",
                clause="11.6",
            )


def more_than_the_last(draft: Draft) -> Iterator[Finding]:
    """Only the last letter of the matter is referred to (11.6)."""
    if len(draft.references) > 1:
        words = _("Refer to the last letter alone, unless another matter has to be considered.")
        yield draft.warning("references_many", words, "references", clause="11.6")


def without_date(draft: Draft) -> Iterator[Finding]:
    """A reference has agency, number and date (11.6)."""
    for reference in draft.references:
        if not _DATED.search(to_arabic(reference.text)):
            words = _("“%(reference)s” does not say of what date the letter is.")
            yield draft.warning(
                "reference_date", words % {"reference": reference.text}, "references",
                clause="11.6",
            )  # fmt: skip


def not_in_text(draft: Draft) -> Iterator[Finding]:
    """Forms without the line อ้างถึง name the earlier letter in their text (12.6)."""
    if draft.kind.part("references") is None or draft.kind.part("closing") is not None:
        return
    for reference in draft.references:
        number = reference.earlier.number_text if reference.earlier else reference.text
        if to_arabic(number) not in draft.text:
            words = _("The text does not name “%(reference)s”, to which the letter refers.")
            yield draft.warning("reference_in_text", words % {"reference": reference.text}, "body")


def _had(letter: Letter) -> frozenset[int]:
    """Units that wrote or received a letter; what the central registry has, its house has."""
    had = {letter.unit_id, *Delivery.objects.filter(letter=letter).values_list("unit", flat=True)}
    office = letter.unit.office
    if letter.unit.writes_as_office or central_registry(office).pk in had:
        house = Unit.objects.filter(office=office, kind__in=OFFICE_KINDS)
        had.update(house.values_list("pk", flat=True))
    return frozenset(had)

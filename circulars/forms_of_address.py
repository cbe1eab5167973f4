"""Salutation and closing by addressee (regulation on official correspondence, appendix 2).

The words are fixed Thai and are printed as they stand here, whatever the page's language.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FormOfAddress:
    code: str
    addressee: Promise
    salutation: str
    closing: str


FORMS_OF_ADDRESS = (
    FormOfAddress("person", _("Officials and the public"), "เรียน", "ขอแสดงความนับถือ"),
    FormOfAddress(
        "high_office", _("Prime Minister and offices of that rank"), "กราบเรียน",
        "ขอแสดงความนับถืออย่างยิ่ง",
    ),
    FormOfAddress("monk", _("Monks"), "นมัสการ", "ขอนมัสการด้วยความเคารพ"),
    FormOfAddress(
        "titled_monk", _("Phra Rachakhana"), "นมัสการ", "ขอนมัสการด้วยความเคารพอย่างสูง"
    ),
    FormOfAddress(
        "senior_monk", _("Somdet Phra Rachakhana"), "นมัสการ", "ขอนมัสการด้วยความเคารพอย่างยิ่ง"
    ),
)  # fmt: skip
USUAL = FORMS_OF_ADDRESS[0]


def by_code(code: str) -> FormOfAddress:
    """Raises ``KeyError`` for a code that is not in the table."""
    return {form.code: form for form in FORMS_OF_ADDRESS}[code]


def of_words(salutation: str, closing: str) -> FormOfAddress:
    """The row of the table that a letter uses; the usual one for a letter just begun.

    Memos have no closing: of them the first row with their salutation.
    """
    for form in FORMS_OF_ADDRESS:
        if form.salutation == salutation and closing in ("", form.closing):
            return form
    return USUAL

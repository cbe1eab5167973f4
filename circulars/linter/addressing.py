"""Rules about who gets a letter and how they are addressed."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from circulars.enums import LetterKind
from circulars.forms_of_address import FORMS_OF_ADDRESS
from circulars.kinds import Recipients
from circulars.linter.findings import Draft, Finding
from portal.org.enums import UnitKind
from portal.org.models import Unit

_MONK = re.compile(r"^(พระ(?!ราช(?!ญาณ))|สมเด็จพระ|เจ้าอาวาส|เจ้าคณะ)")
_HIGH = re.compile(
    r"^(ประธานองคมนตรี|นายกรัฐมนตรี|ประธานรัฐสภา|ประธานสภาผู้แทนราษฎร|ประธานวุฒิสภา|ประธานศาลฎีกา|รัฐบุรุษ)"
)
_SHOWN = 3


def missing_recipients(draft: Draft) -> Iterator[Finding]:
    """A letter goes to somebody (11.5, 14.2)."""
    if draft.kind.wants_recipients and not draft.recipients:
        yield draft.error("no_recipients", _("Choose at least one recipient."), "recipients",
                          clause=draft.kind.clause_of("addressee"))  # fmt: skip


def salutation_and_closing(draft: Draft) -> Iterator[Finding]:
    """They come from the same row of appendix 2."""
    salutation, closing = draft.letter.salutation, draft.letter.closing
    if not draft.kind.part("closing") or not (salutation and closing):
        return
    if (salutation, closing) not in {(form.salutation, form.closing) for form in FORMS_OF_ADDRESS}:
        words = _("“%(closing)s” does not go with “%(salutation)s” (appendix 2).")
        yield draft.error(
            "address_pair", words % {"closing": closing, "salutation": salutation}, "closing"
        )


def rank_of_addressee(draft: Draft) -> Iterator[Finding]:
    """Monks and the highest offices have salutations of their own (appendix 2)."""
    if not draft.kind.part("salutation"):
        return
    salutation, addressee = draft.letter.salutation, draft.letter.addressee
    for pattern, wanted in ((_MONK, "นมัสการ"), (_HIGH, "กราบเรียน")):
        if pattern.match(addressee) and salutation and salutation != wanted:
            words = _("“%(addressee)s” is addressed with “%(wanted)s” (appendix 2).")
            yield draft.warning(
                "address_rank", words % {"addressee": addressee, "wanted": wanted}, "salutation"
            )


def outside_the_house(draft: Draft) -> Iterator[Finding]:
    """Memos stay inside: a school's in the school, the office's among its units (12, 26)."""
    if draft.kind.recipients is not Recipients.INSIDE or not draft.recipients:
        return
    outside = Unit.objects.filter(pk__in=draft.recipients)
    if not draft.letter.unit.is_school:
        outside = outside.filter(kind__in=(UnitKind.SCHOOL, UnitKind.OUTSIDE))
    if names := _names(list(outside)):
        words = _("This form is for inside only; write a letter to %(names)s.")
        yield draft.error("not_inside", words % {"names": names}, "recipients",
                          clause=draft.kind.clause)  # fmt: skip


def closed_recipients(draft: Draft) -> Iterator[Finding]:
    """Units that are closed get nothing; those merged get it through their successor (29)."""
    chosen = Unit.objects.filter(pk__in=draft.recipients, closed_on__lt=draft.today)
    if names := _names(list(chosen)):
        words = _("Closed since they were chosen: %(names)s.")
        yield draft.warning(
            "closed_recipient", words % {"names": names}, "recipients", clause="29"
        )


def secret_to_everybody(draft: Draft) -> Iterator[Finding]:
    """What is secret is neither published nor sent round (28, 29)."""
    if not draft.letter.is_secret:
        return
    if draft.kind.is_public:
        words = _("This kind of letter is published; it cannot be secret.")
        yield draft.error("secret_public", words, "secrecy", clause=draft.kind.clause)
    elif draft.letter.kind == LetterKind.CIRCULAR and len(draft.recipients) > 1:
        words = _("A secret letter goes to %(count)s recipients; is that meant?")
        yield draft.warning(
            "secret_circular", words % {"count": len(draft.recipients)}, "secrecy", clause="29"
        )


def _names(units: list[Unit]) -> str:
    """The first of them by name, and how many more there are."""
    names = ", ".join(str(unit) for unit in units[:_SHOWN])
    more = len(units) - _SHOWN
    return f"{names} (+{more})" if more > 0 else names

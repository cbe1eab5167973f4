"""The form of a draft by its kind: just the fields of its form, and the details it keeps."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from circulars.enums import LetterKind
from circulars.forms_of_address import FORMS_OF_ADDRESS
from circulars.kinds import GROUPS, Kind
from circulars.models import Letter
from circulars.parts import LABELS
from circulars.services.routes import ENDS_AT
from portal.core.forms import ThaiDateField
from portal.core.thai.digits import to_arabic
from portal.org.enums import Role

FIELD_OF_PART = {
    "salutation": "address_form",
    "closing": "address_form",
    "references": "references_text",
    "attachments": "enclosures",
}
"""Parts of a letter that are written in a field of another name."""

_SENT = ["secrecy", "due_on", "answer_wanted", "names_person", "send_when_signed"]

Sections = list[tuple[Promise | str, list[str]]]


class ThaiTimeField(forms.TimeField):
    """A time of day as people type it: 13.30, 13:30, 13.30 น., in Thai digits too."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H.%M", attrs={"placeholder": "13.30"})
        super().__init__(input_formats=["%H.%M", "%H:%M"], widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime.time | None:
        if isinstance(value, str):
            value = to_arabic(value).replace("น.", "").strip()
        return super().to_python(value)


def _lines(name: str, rows: int = 4) -> forms.Field:
    return forms.CharField(
        label=LABELS[name],
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=_("One on each line: name, position, in whose stead."),
    )


def _words(name: str, length: int = 200, help_text: Any = "") -> forms.Field:
    return forms.CharField(label=LABELS[name], max_length=length, help_text=help_text)


DETAIL_FIELDS: dict[str, Callable[[], forms.Field]] = {
    "issuer": lambda: _words("issuer"),
    "effective": lambda: _words(
        "effective", 120, _("Printed after “ทั้งนี้ ตั้งแต่”: a date, or from now on.")
    ),
    "edition": lambda: forms.IntegerField(label=LABELS["edition"], min_value=1, max_value=999),
    "certified": lambda: _words("certified", 200, _("With title, first name and surname.")),
    "certified_position": lambda: _words("certified_position"),
    "certified_affiliation": lambda: _words("certified_affiliation"),
    "with_photo": lambda: forms.BooleanField(label=LABELS["with_photo"]),
    "meeting_number": lambda: _words("meeting_number", 20),
    "held_on": lambda: ThaiDateField(label=LABELS["held_on"]),
    "place": lambda: _words("place"),
    "present": lambda: _lines("present", 6),
    "absent": lambda: _lines("absent", 3),
    "attending": lambda: _lines("attending", 3),
    "began_at": lambda: ThaiTimeField(label=LABELS["began_at"]),
    "ended_at": lambda: ThaiTimeField(label=LABELS["ended_at"]),
    "taken_by": lambda: _words("taken_by"),
}
"""A fresh form field for each detail. Nothing is compulsory in a draft."""


def kind_choices() -> list[tuple[Any, Any]]:
    """The kinds under the six types of clause 10."""
    return [
        (label, [(kind.value, LetterKind(kind).label) for kind in kinds])
        for label, kinds in GROUPS
    ]


def shape(form: forms.Form, kind: Kind, letter: Letter) -> Sections:
    """Leave ``form`` just the fields of ``kind`` and give it those of its details.

    Returns the form's sections.
    """
    parts = [_place(form, kind, part.name, letter) for part in kind.parts]
    written = list(dict.fromkeys(name for name in parts if name != "enclosures"))
    handling = [*(["speed"] if kind.is_sent_by_speed else []), *_SENT]
    if not kind.wants_recipients:
        handling = [name for name in handling if name not in ("due_on", "answer_wanted")]
    if field := _ends_at(kind, letter):
        form.fields[ENDS_AT] = field
        handling.append(ENDS_AT)
    keep = {*written, *handling, "enclosures", "revision"}
    for name in [name for name in form.fields if name not in keep]:
        del form.fields[name]
    return [
        (LetterKind(kind.value).label, written),
        (_("Attachments"), ["enclosures"]),
        (_("Handling"), handling),
    ]


def details_of(form: forms.Form, letter: Letter) -> dict[str, Any]:
    """The letter's details as they were typed, beside what is kept there for other reasons."""
    typed = {
        name: _stored(form.cleaned_data.get(name))
        for name in (*DETAIL_FIELDS, ENDS_AT)
        if name in form.fields
    }
    kept = {name: value for name, value in letter.details.items() if name not in typed}
    return {**kept, **{name: value for name, value in typed.items() if value not in ("", None)}}


def _place(form: forms.Form, kind: Kind, name: str, letter: Letter) -> str:
    """Make the field of a part ready, and return its name."""
    part, field_name = kind.part(name), FIELD_OF_PART.get(name, name)
    if name in DETAIL_FIELDS:
        form.fields[name] = DETAIL_FIELDS[name]()
        form.fields[name].required = False
        form.initial[name] = _typed(form.fields[name], letter.details.get(name))
    if name == "salutation" and kind.part("closing") is None:
        form.fields[field_name] = forms.ChoiceField(
            label=_("Salutation"), choices=list(_salutations().items())
        )
    field: Any = form.fields[field_name]
    if part and part.label:
        field.label = part.label
    if part and part.help_text:
        field.help_text = part.help_text
    return field_name


def _salutations() -> dict[str, str]:
    """Each salutation once, under the first form of address that has it."""
    found: dict[str, str] = {}
    for form in FORMS_OF_ADDRESS:
        if form.salutation not in found.values():
            found[form.code] = form.salutation
    return found


def _ends_at(kind: Kind, letter: Letter) -> forms.Field | None:
    """Where the way up may end, for kinds that need not go to the head of the office."""
    roles = [role for role in kind.signers if role != Role.PRINCIPAL]
    if letter.unit.is_school or Role.GROUP_DIRECTOR not in roles:
        return None
    field = forms.ChoiceField(
        label=LABELS[ENDS_AT], choices=[(role.value, role.label) for role in roles]
    )
    field.initial = letter.details.get(ENDS_AT) or roles[0].value
    return field


def _typed(field: forms.Field, value: Any) -> Any:
    """The reverse of ``_stored``: dates and times as their fields show them."""
    if value and isinstance(field, ThaiDateField):
        return datetime.date.fromisoformat(value)
    if value and isinstance(field, ThaiTimeField):
        return datetime.time.fromisoformat(value)
    return value


def _stored(value: Any) -> Any:
    """As JSON keeps it: dates and times in ISO form."""
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, datetime.date) else value

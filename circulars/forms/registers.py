"""Forms of the registers: a line, a reservation, an old book, a pack, numbers written by hand."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from circulars.books import kept_units
from circulars.enums import INCOMING_REGISTERS, RegisterKind
from circulars.models import RegisterEntry, Reservation
from circulars.services.continuity import PACKED, Handwritten
from circulars.services.register_imports import MOST_ROWS
from circulars.services.registers import Line, kept_books
from circulars.services.reservations import MOST, people_for, usable_numbers
from portal.core.forms import PortalForm, ThaiDateField, model_choice
from portal.core.thai.dates import be_year, short
from portal.org.models import Unit
from portal.users.models import User

NEXT = ""
"""The choice of the next number of the register."""


class NumberField(forms.ChoiceField):
    """The next number of a register, or one that was reserved.

    Its value is ``""`` or ``<entry>`` or ``<entry>:today``: a reserved number is dated on the
    day of its reservation, or today while its year lasts.
    """

    def __init__(self, entries: Sequence[RegisterEntry] = (), **options: Any) -> None:
        self.entries = {entry.pk: entry for entry in entries}
        with_dates = options.pop("with_dates", False)
        choices = [
            (NEXT, _("The next number of the register")),
            *number_choices(entries, with_dates=with_dates),
        ]
        super().__init__(
            label=_("Number"), required=False, choices=choices,
            help_text=_("Reserved numbers keep the day on which they were reserved."),
            **options,
        )  # fmt: skip

    def chosen(self, value: str) -> dict[str, Any]:
        """``reserved`` and ``dated`` for a service; empty for the next number."""
        if value == NEXT:
            return {}
        pk, _colon, when = value.partition(":")
        found: dict[str, Any] = {"reserved": self.entries[int(pk)]}
        if when:
            found["dated"] = timezone.localdate()
        return found


def number_choices(
    entries: Iterable[RegisterEntry], *, with_dates: bool = False
) -> list[tuple[str, str]]:
    """Reserved numbers to choose from; of each, also dated today where that can be."""
    today, choices = timezone.localdate(), []
    for entry in entries:
        taken_on = timezone.localdate(entry.registered_at)
        words = {
            "number": entry,
            "day": short(taken_on),
            "purpose": entry.reservation.purpose if entry.reservation else "",
        }
        choices.append((str(entry.pk), _now("%(number)s of %(day)s – %(purpose)s") % words))
        if with_dates and taken_on != today and be_year(today) == entry.register.year:
            text = _now("%(number)s, dated today – %(purpose)s") % words
            choices.append((f"{entry.pk}:today", text))
    return choices


class BookForm(PortalForm):
    """A form that begins with the choice of a book: a unit and a kind of register."""

    book = forms.ChoiceField(label=_("Register book"))
    only: tuple[RegisterKind, ...] = tuple(RegisterKind)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.books = {
            book_key(unit.pk, kind): (unit, kind)
            for unit, kind in kept_books(user)
            if kind in self.only
        }
        several = len({unit.pk for unit, _kind in self.books.values()}) > 1
        self.fields["book"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (key, f"{kind.label} · {unit}" if several else kind.label)
            for key, (unit, kind) in self.books.items()
        ]

    def chosen_book(self) -> tuple[Unit, RegisterKind]:
        return self.books[self.cleaned_data["book"]]


class LineForm(BookForm):
    """One line of form 13 or 14, for a paper that the portal does not hold."""

    marks_optional = False

    number = forms.CharField(required=False)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=500,
        required=False,
        help_text=_("Leave it out in a secret register."),
    )
    sender = forms.CharField(label=_("From"), max_length=200)
    receiver = forms.CharField(label=_("To"), max_length=200)
    reference = forms.CharField(
        label=_("Number of the letter"),
        max_length=80,
        required=False,
        help_text=_("Of what goes out it is made from the register number when left empty."),
    )
    dated = ThaiDateField(
        label=_("Dated"),
        required=False,
        help_text=_("What goes out is dated today, or as its reserved number is."),
    )
    action = forms.CharField(label=_("Action taken"), max_length=500, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, user: User, book: str = "", **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.initial.setdefault("book", book)
        chosen = self.books.get(str(self.data.get("book", "")) or book)
        reserved = usable_numbers(unit=chosen[0], kind=chosen[1]) if chosen else []
        self.fields["number"] = NumberField(reserved)
        if not reserved:
            del self.fields["number"]

    def inputs(self) -> dict[str, Any]:
        """What ``registers.enter`` takes."""
        unit, kind = self.chosen_book()
        names = ("subject", "reference", "dated", "sender", "receiver", "action", "note")
        field = self.fields.get("number")
        chosen = field.chosen(self.cleaned_data["number"]) if field else {}  # type: ignore[attr-defined]
        return {
            "unit": unit,
            "kind": kind,
            "line": Line(**{name: self.cleaned_data[name] for name in names}),
            **chosen,
        }


class ReserveForm(BookForm):
    """จองเลข: how many, what for, for whom, until when."""

    count = forms.IntegerField(label=_("How many numbers"), min_value=1, max_value=MOST, initial=1)
    purpose = forms.CharField(label=_("What for"), max_length=300)
    person = forms.ModelChoiceField(label=_("For whom"), queryset=User.objects.none())
    expires_on = ThaiDateField(label=_("Until"))

    def __init__(self, *args: Any, user: User, book: str = "", **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.initial.setdefault("book", book)
        self.initial.setdefault("person", user.pk)
        self.initial.setdefault("expires_on", timezone.localdate() + timedelta(days=30))
        people = User.objects.none()
        for unit in {unit for unit, _kind in self.books.values()}:
            people = people | people_for(unit=unit)
        model_choice(self, "person").queryset = people.distinct()

    def inputs(self) -> dict[str, Any]:
        unit, kind = self.chosen_book()
        names = ("count", "purpose", "person", "expires_on")
        return {
            "unit": unit, "kind": kind, **{name: self.cleaned_data[name] for name in names},
        }  # fmt: skip


class ReleaseForm(PortalForm):
    """Give up unused numbers of a reservation."""

    numbers = forms.TypedMultipleChoiceField(
        label=_("Numbers"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The number stays in the register as void and is never given again."),
    )

    def __init__(self, *args: Any, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(number, str(number)) for number in numbers]
        self.fields["numbers"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if len(choices) == 1:
            self.initial["numbers"] = [choices[0][0]]


class VoidLineForm(PortalForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The number stays in the register as void and is never given again."),
    )


class ImportForm(BookForm):
    """An old register book in Excel."""

    year = forms.IntegerField(
        label=_("year (BE)"), help_text=_("The calendar year of the book, for example 2568.")
    )
    last_number = forms.IntegerField(
        label=_("last number in the book"),
        min_value=1,
        max_value=MOST_ROWS,
        help_text=_("Read it off the book: so a file that was cut short is noticed."),
    )
    gap_reason = forms.CharField(
        label=_("reason for missing numbers"),
        required=False,
        max_length=300,
        help_text=_(
            "Numbers that are missing in the file are errors. With a reason here they are "
            "entered as void instead."
        ),
    )
    file = forms.FileField(
        label=_("Excel file (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )

    def inputs(self) -> dict[str, Any]:
        unit, kind = self.chosen_book()
        names = ("year", "last_number", "gap_reason")
        return {
            "unit": unit, "kind": kind, **{name: self.cleaned_data[name] for name in names},
        }  # fmt: skip


class PackForm(PortalForm):
    """What is taken along for days without network."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    kinds = forms.MultipleChoiceField(
        label=_("Register books"),
        choices=[(kind.value, kind.label) for kind in PACKED],
        widget=forms.CheckboxSelectMultiple,
        initial=[RegisterKind.INCOMING, RegisterKind.OUTGOING],
    )
    count = forms.IntegerField(
        label=_("Numbers of each book"), min_value=1, max_value=MOST, initial=20
    )
    purpose = forms.CharField(label=_("What for"), max_length=300)
    expires_on = ThaiDateField(label=_("Until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(pk__in=kept_units(user, RegisterKind.INCOMING)).open()
        model_choice(self, "unit").queryset = units
        self.initial.setdefault("unit", units.first())
        self.initial.setdefault("expires_on", timezone.localdate() + timedelta(days=7))

    def inputs(self) -> dict[str, Any]:
        kinds = [RegisterKind(kind) for kind in self.cleaned_data["kinds"]]
        return {**self.cleaned_data, "kinds": kinds}


class Outcome(forms.ChoiceField):
    """What became of a number of the block."""

    LEFT, USED, SPOILT = "", "used", "void"

    def __init__(self) -> None:
        choices = [(self.LEFT, _("left")), (self.USED, _("used")), (self.SPOILT, _("void"))]
        super().__init__(label=_("What became of it"), choices=choices, required=False)


class HandwrittenForm(PortalForm):
    """One number of a block: used, spoilt or left."""

    outcome = Outcome()
    written_on = ThaiDateField(label=_("Written on"), required=False)
    reference = forms.CharField(label=_("Number of the letter"), max_length=80, required=False)
    dated = ThaiDateField(label=_("Dated"), required=False)
    sender = forms.CharField(label=_("From"), max_length=200, required=False)
    receiver = forms.CharField(label=_("To"), max_length=200, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=500, required=False)
    void_reason = forms.CharField(label=_("Reason for voiding"), max_length=500, required=False)

    def __init__(self, *args: Any, number: int, block: Reservation, **kwargs: Any) -> None:
        super().__init__(*args, prefix=str(number), **kwargs)
        self.number = number
        if block.register.kind not in INCOMING_REGISTERS:
            del self.fields["dated"]  # what goes out is dated on the day it was written

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == Outcome.USED:
            for name in ("written_on", "sender", "receiver"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in for a number that was used."))
        return cleaned

    def handwritten(self) -> Handwritten | None:
        """What to key in; ``None`` for a number that is left."""
        data = self.cleaned_data
        if data["outcome"] == Outcome.SPOILT:
            return Handwritten(void_reason=data["void_reason"])
        if data["outcome"] != Outcome.USED:
            return None
        names = ("subject", "reference", "sender", "receiver")
        dated: date | None = data.get("dated")
        line = Line(dated=dated, **{name: data[name] for name in names})
        return Handwritten(written_on=data["written_on"], line=line)


def book_key(unit_id: int, kind: str) -> str:
    """The value of a book in ``BookForm.book``."""
    return f"{unit_id}-{kind}"
